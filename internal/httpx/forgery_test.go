package httpx

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// forgeries are X-Forwarded-For headers that a client sends to count as somebody else or
// as nobody.
var forgeries = []struct {
	name  string
	lines []string
}{
	{"another client", []string{"198.51.100.1"}},
	{"several clients", []string{"198.51.100.1, 198.51.100.2, 198.51.100.3"}},
	{"another client, IPv6", []string{"2001:db8:1::1"}},
	{"the client itself", []string{"203.0.113.7"}},
	{"a neighbour", []string{"203.0.113.8"}},
	{"a proxy", []string{"10.0.0.1"}},
	{"a chain of proxies", []string{"198.51.100.1, 10.0.0.2, 10.0.0.1"}},
	{"a proxy, IPv6", []string{"2001:db8:ffff::1"}},
	{"a proxy, IPv4 as IPv6", []string{"::ffff:10.0.0.1"}},
	{"this machine", []string{"127.0.0.1"}},
	{"this machine, IPv6", []string{"::1"}},
	{"any address", []string{"0.0.0.0"}},

	{"two lines", []string{"198.51.100.1", "198.51.100.2"}},
	{"many lines", slices.Repeat([]string{"198.51.100.1"}, 200)},
	{"a proxy in the last line", []string{"198.51.100.1", "10.0.0.1"}},
	{"an empty last line", []string{"198.51.100.1", ""}},

	{"a port", []string{"198.51.100.1:443"}},
	{"IPv6 in brackets", []string{"[2001:db8:1::1]"}},
	{"IPv6 and a port", []string{"[2001:db8:1::1]:443"}},
	{"IPv6 and a zone", []string{"fe80::1%eth0"}},
	{"a port alone", []string{":443"}},
	{"an open bracket", []string{"["}},

	{"nothing", []string{""}},
	{"a comma", []string{","}},
	{"commas", []string{",,,,"}},
	{"a comma in front", []string{",198.51.100.1"}},
	{"a comma at the end", []string{"198.51.100.1,"}},
	{"spaces", []string{"   198.51.100.1   "}},
	{"tabs", []string{"\t198.51.100.1\t,\t"}},
	{"spaces for commas", []string{"198.51.100.1 198.51.100.2"}},
	{"semicolons for commas", []string{"198.51.100.1; 10.0.0.1"}},

	{"unknown", []string{"unknown"}},
	{"a hidden name", []string{"_SEVKISEK"}},
	{"a host name", []string{"tracker.example.org"}},
	{"a script", []string{"<script>alert(1)</script>"}},
	{"a quote", []string{`"198.51.100.1`}},
	{"SQL", []string{"1' OR '1'='1"}},
	{"a percent", []string{"%00"}},
	{"bytes that are no text", []string{"\xff\xfe\x80"}},
	{"a comma of another script", []string{"198.51.100.1，10.0.0.1"}},
	{"octal", []string{"0313.0161.0.7"}},
	{"a number", []string{"3405803783"}},
	{"the syntax of Forwarded", []string{"for=198.51.100.1;proto=https"}},

	{"a long list", []string{strings.Repeat("198.51.100.1, ", 1000) + "198.51.100.1"}},
	{"a long list of proxies", []string{strings.Repeat("10.0.0.1,", 1500) + "10.0.0.1"}},
	{"a long word", []string{strings.Repeat("x", 15_000)}},
	{"a long zone", []string{"fe80::1%" + strings.Repeat("x", 15_000)}},
}

// relay is a proxy: its address, and how it adds the client's address.
type relay struct {
	addr   string
	extend func(lines []string, client string) []string
}

// appendToList and the functions after it are ways in which proxies add an address to the
// lines that they received.
func appendToList(lines []string, client string) []string {
	if len(lines) == 0 {
		return []string{client}
	}
	return []string{strings.Join(lines, ", ") + ", " + client}
}

func appendLine(lines []string, client string) []string {
	return append(slices.Clone(lines), client)
}

func appendWithPort(lines []string, client string) []string {
	return appendToList(lines, netip.AddrPortFrom(netip.MustParseAddr(client), 50123).String())
}

// chains are ways from a client to the server, with the proxy next to the client first.
// The server sees the client unless an untrusted proxy stands in front of it.
var chains = []struct {
	name string
	via  []relay
	seen string // instead of the client
}{
	{"direct", nil, ""},
	{"one proxy", []relay{{"10.0.0.1", appendToList}}, ""},
	{"one proxy that adds a line", []relay{{"10.0.0.1", appendLine}}, ""},
	{"one proxy that adds the port", []relay{{"10.0.0.1", appendWithPort}}, ""},
	{"one IPv6 proxy", []relay{{"2001:db8:ffff::1", appendToList}}, ""},
	{"two proxies", []relay{{"10.0.0.2", appendToList}, {"10.0.0.1", appendToList}}, ""},
	{"two proxies that add lines", []relay{{"10.0.0.2", appendLine}, {"10.0.0.1", appendLine}}, ""},
	{"two proxies, IPv6 first", []relay{{"2001:db8:ffff::1", appendWithPort}, {"10.0.0.1", appendLine}}, ""},
	{"a proxy that nobody trusts", []relay{{"192.0.2.1", appendToList}}, "192.0.2.1"},
	{"the same behind a trusted one", []relay{{"192.0.2.1", appendLine}, {"10.0.0.1", appendToList}}, "192.0.2.1"},
}

// keyThrough returns the key under which a request counts that client sends with these
// lines through the chain.
func keyThrough(chain []relay, client string, lines []string) string {
	for _, proxy := range chain {
		lines = proxy.extend(lines, client)
		client = proxy.addr
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(client), 40000).String()
	r.Header["X-Forwarded-For"] = lines
	addresses := Addresses{Trusted: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48"),
	}}
	return LimitKey(addresses.Of(r))
}

// clients have each the key under which they count.
var clients = map[string]string{
	"203.0.113.7":    "203.0.113.7",
	"192.168.1.7":    "192.168.1.7",
	"2001:db8:7:7::": "2001:db8:7:7::/64",
}

// Whatever a client sends, it counts as itself.
func TestForgedAddresses(t *testing.T) {
	for _, chain := range chains {
		for client, key := range clients {
			if chain.seen != "" {
				key = chain.seen
			}
			if got := keyThrough(chain.via, client, nil); got != key {
				t.Errorf("%s, %s without a forgery: key %s, want %s", chain.name, client, got, key)
			}
			for _, forgery := range forgeries {
				t.Run(chain.name+"/"+client+"/"+forgery.name, func(t *testing.T) {
					if got := keyThrough(chain.via, client, forgery.lines); got != key {
						t.Errorf("key %s, want %s", got, key)
					}
				})
			}
		}
	}
}

// The same for random headers.
func TestForgedAddressesAtRandom(t *testing.T) {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{
			"10.0.0.1", "198.51.100.1", "2001:db8:ffff::1", "[2001:db8::1]:443", "::ffff:10.0.0.1", "", " ", "\t", ",", "[", "]", "%", ":", "unknown",
		}),
		rapid.StringMatching(`[0-9a-f:.\[\]%, \t]{0,40}`),
		rapid.String(),
	)
	line := rapid.Custom(func(t *rapid.T) string {
		separator := rapid.SampledFrom([]string{",", ", ", " ", ""}).Draw(t, "separator")
		return strings.Join(rapid.SliceOfN(part, 0, 8).Draw(t, "parts"), separator)
	})
	rapid.Check(t, func(t *rapid.T) {
		chain := chains[rapid.IntRange(0, len(chains)-1).Draw(t, "chain")]
		client := rapid.SampledFrom([]string{"203.0.113.7", "2001:db8:7:7::1"}).Draw(t, "client")
		forged := rapid.SliceOfN(line, 0, 5).Draw(t, "forged")
		if got, want := keyThrough(chain.via, client, forged), keyThrough(chain.via, client, nil); got != want {
			t.Errorf("%s: key %s with %q, want %s", chain.name, got, forged, want)
		}
	})
}
