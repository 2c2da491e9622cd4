package httpx

import (
	"net/http"
	"net/netip"
	"testing"
)

// FuzzForwardedFor reads any X-Forwarded-For. From a stranger it changes nothing; in front of
// what a trusted proxy adds it changes nothing either, whatever it is.
func FuzzForwardedFor(f *testing.F) {
	for _, seed := range []string{
		"", "198.51.100.7", "203.0.113.9, 198.51.100.7", "198.51.100.7:443", "[2001:db8::1]:443", "[2001:db8::1]", "2001:db8::1%eth0",
		"::ffff:198.51.100.7", "unknown", "_hidden", ",,,", "198.51.100.7,", "10.0.0.1, 10.0.0.2", "\t1.2.3.4 ", "1.2.3.4, \x00",
	} {
		f.Add(seed)
	}
	addresses := Addresses{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f.Fuzz(func(t *testing.T, sent string) {
		of := func(peer string, lines ...string) netip.Addr {
			return addresses.Of(&http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": lines}})
		}
		if got := of("198.51.100.7:1", sent).String(); got != "198.51.100.7" {
			t.Errorf("from a stranger: %s", got)
		}
		for _, lines := range [][]string{{sent, "198.51.100.7"}, {sent + ", 198.51.100.7"}, {sent + ",198.51.100.7:80", "10.1.1.1"}} {
			if got := of("10.0.0.1:1", lines...).String(); got != "198.51.100.7" {
				t.Errorf("%q: %s", lines, got)
			}
		}
		got := of("10.0.0.1:1", sent)
		if !got.IsValid() || got.Is4In6() || got.Zone() != "" {
			t.Errorf("by a proxy alone: %s is no canonical address", got)
		}
		if key, again := LimitKey(got), LimitKey(canonical(got)); key == "" || key != again {
			t.Errorf("counted as %q and %q", key, again)
		}
	})
}
