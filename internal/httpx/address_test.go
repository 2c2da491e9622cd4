package httpx

import (
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// A header of a proxy is told of when its peer is not a trusted proxy, and only then.
func TestIgnoredHeaders(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via", ""} {
		for peer, isTrusted := range map[string]bool{"10.0.0.1:40000": true, "192.0.2.1:40000": false, "[::ffff:192.0.2.1]:40000": false} {
			var told []string
			addresses := Addresses{
				Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
				Ignored: func(peer netip.Addr, header string) { told = append(told, peer.String()+" "+header) },
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = peer
			if header != "" {
				r.Header.Set(header, "198.51.100.1")
			}
			addresses.Of(r)
			var want []string
			if !isTrusted && header != "" && header != "Via" {
				want = []string{"192.0.2.1 " + header}
			}
			if !slices.Equal(told, want) {
				t.Errorf("%s of %s: told %q, want %q", header, peer, told, want)
			}
		}
	}
}

// The client is the peer, unless the peer is a trusted proxy; then it is the right-most
// untrusted address of X-Forwarded-For.
func TestAddressesOf(t *testing.T) {
	addresses := Addresses{Trusted: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48"), netip.MustParsePrefix("fe80::/10"),
	}}
	const (
		proxy  = "10.0.0.1:40000"
		client = "203.0.113.7"
	)
	tests := []struct {
		name, peer string
		forwarded  []string // one for each header line
		want       string
	}{
		{"direct", "203.0.113.7:5000", nil, client},
		{"direct, header forged", "203.0.113.7:5000", []string{"198.51.100.1"}, client},
		{"direct, a proxy's address forged", "203.0.113.7:5000", []string{"10.0.0.1"}, client},
		{"direct, IPv6", "[2001:db8::7]:5000", nil, "2001:db8::7"},

		{"one proxy", proxy, []string{"203.0.113.7"}, client},
		{"two proxies", proxy, []string{"203.0.113.7, 10.0.0.2"}, client},
		{"two proxies, left-most forged", proxy, []string{"198.51.100.1, 203.0.113.7, 10.0.0.2"}, client},
		{"a proxy's address forged as left-most", proxy, []string{"10.9.9.9, 203.0.113.7"}, client},
		{"nonsense forged as left-most", proxy, []string{"<script>, 203.0.113.7"}, client},
		{"nothing forged as left-most", proxy, []string{", 203.0.113.7"}, client},
		{"several lines are one list", proxy, []string{"198.51.100.1", "203.0.113.7", "10.0.0.2"}, client},
		{"spaces", proxy, []string{"  198.51.100.1 ,203.0.113.7 \t,  10.0.0.2  "}, client},
		{"nothing but proxies", proxy, []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"an untrusted proxy counts as the client", "192.0.2.1:443", []string{"203.0.113.7"}, "192.0.2.1"},

		// The search ends at a part that is not an address, with the proxy that sent it.
		{"a proxy that says nothing", proxy, nil, "10.0.0.1"},
		{"a proxy that says nothing, in a header", proxy, []string{""}, "10.0.0.1"},
		{"an empty last part", proxy, []string{"203.0.113.7, "}, "10.0.0.1"},
		{"unknown", proxy, []string{"unknown"}, "10.0.0.1"},
		{"_hidden", proxy, []string{"_hidden"}, "10.0.0.1"},
		{"a name", proxy, []string{"localhost"}, "10.0.0.1"},
		{"a number", proxy, []string{"3405803783"}, "10.0.0.1"},
		{"half an address", proxy, []string{"203.0.113"}, "10.0.0.1"},
		{"zeros in front", proxy, []string{"203.0.113.007"}, "10.0.0.1"},
		{"a port that is none", proxy, []string{"203.0.113.7:http"}, "10.0.0.1"},
		{"a port too large", proxy, []string{"203.0.113.7:65536"}, "10.0.0.1"},
		{"two ports", proxy, []string{"203.0.113.7:1:2"}, "10.0.0.1"},
		{"brackets around IPv4", proxy, []string{"[203.0.113.7]"}, "10.0.0.1"},
		{"brackets around nothing", proxy, []string{"[]"}, "10.0.0.1"},
		{"one bracket", proxy, []string{"[2001:db8::7"}, "10.0.0.1"},
		{"quotes", proxy, []string{`"203.0.113.7"`}, "10.0.0.1"},
		{"a prefix", proxy, []string{"203.0.113.7/32"}, "10.0.0.1"},
		{"a space that is none", proxy, []string{"203.0.113.7\u00a0"}, "10.0.0.1"},
		{"an endless zone", proxy, []string{"2001:db8::7%" + strings.Repeat("z", 10_000)}, "10.0.0.1"},
		{"a second proxy that hides its client", proxy, []string{"203.0.113.7, unknown, 10.0.0.2"}, "10.0.0.2"},

		{"IPv6 through IPv6", "[2001:db8:ffff::1]:443", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv6 with a zone", "[2001:db8:ffff::1]:443", []string{"2001:db8::7%eth0"}, "2001:db8::7"},
		{"an IPv6 proxy with a zone", "[fe80::1%eth0]:443", []string{"203.0.113.7"}, client},
		{"an IPv4 proxy seen as IPv6", "[::ffff:10.0.0.1]:443", []string{"203.0.113.7"}, client},
		{"an IPv4 client seen as IPv6", proxy, []string{"::ffff:203.0.113.7"}, client},
		{"a proxy behind, seen as IPv6", proxy, []string{"203.0.113.7, ::ffff:10.0.0.2"}, client},

		{"with a port", proxy, []string{"203.0.113.7:443"}, client},
		{"with a port, a proxy behind", proxy, []string{"203.0.113.7:443, 10.0.0.2:80"}, client},
		{"IPv6 with a port", proxy, []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		{"IPv6 in brackets", proxy, []string{"[2001:db8::7]"}, "2001:db8::7"},
		{"IPv6 in brackets, with a zone", proxy, []string{"[2001:db8::7%eth0]"}, "2001:db8::7"},
		{"IPv4 as IPv6, in brackets, with a port", proxy, []string{"[::ffff:203.0.113.7]:443"}, client},

		{"no peer address", "@", []string{"203.0.113.7"}, "invalid IP"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = test.peer
			for _, line := range test.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			if got := addresses.Of(r).String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// IPv6 clients are limited by /64.
func TestLimitKey(t *testing.T) {
	tests := []struct {
		name, one, other string
		same             bool
	}{
		{"IPv4", "203.0.113.7", "203.0.113.7", true},
		{"IPv4 neighbours", "203.0.113.7", "203.0.113.8", false},
		{"IPv6 in one /64", "2001:db8:0:1::7", "2001:db8:0:1:ffff:ffff:ffff:ffff", true},
		{"IPv6 in two /64", "2001:db8:0:1::7", "2001:db8:0:2::7", false},
		{"IPv4 seen as IPv6", "::ffff:203.0.113.7", "203.0.113.7", true},
		{"IPv4 neighbours seen as IPv6", "::ffff:203.0.113.7", "::ffff:203.0.113.8", false},
		{"IPv6 with a zone", "fe80::1%eth0", "fe80::2", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			one, other := LimitKey(netip.MustParseAddr(test.one)), LimitKey(netip.MustParseAddr(test.other))
			if (one == other) != test.same {
				t.Errorf("keys %q and %q", one, other)
			}
		})
	}
}
