package httpx

import (
	"net/http"
	"net/netip"
	"strings"
)

// Addresses finds out who a request comes from.
type Addresses struct {
	Trusted []netip.Prefix // proxies whose X-Forwarded-For counts
}

// Of is the client's address: the peer's, unless the peer is a trusted proxy;
// then the right-most address of X-Forwarded-For that is not one (SPEC section 6).
// What lies left of that address was written by who has it, and is not looked at.
// A part that is no address ends the search with the proxy that wrote it. The
// result is the zero Addr when the peer has none.
func (a Addresses) Of(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := canonical(peer.Addr())
	lines := r.Header["X-Forwarded-For"] // several lines are one list
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; {
			if !a.trusts(client) {
				return client
			}
			var hop string
			rest, hop, more = cutLast(rest)
			addr, ok := parseHop(hop)
			if !ok {
				return client
			}
			client = addr
		}
	}
	return client
}

func (a Addresses) trusts(addr netip.Addr) bool {
	for _, p := range a.Trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// cutLast is a list without its last part, and that part; more says whether the
// list has parts left.
func cutLast(list string) (rest, last string, more bool) {
	i := strings.LastIndexByte(list, ',')
	if i < 0 {
		return "", list, false
	}
	return list[:i], list[i+1:], true
}

// longestHop has room for an IPv6 address with a zone and a port.
const longestHop = 80

// parseHop is the address of one part of X-Forwarded-For. Some proxies add the
// client's port, and brackets around an IPv6 address.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.Trim(text, " \t")
	if len(text) > longestHop {
		return netip.Addr{}, false
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		return canonical(addr), true
	}
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return canonical(withPort.Addr()), true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(inner, "]") {
		addr, err := netip.ParseAddr(inner[:len(inner)-1])
		return canonical(addr), err == nil && addr.Is6()
	}
	return netip.Addr{}, false
}

// canonical gives an address one form: without a zone, which no prefix contains,
// and IPv4 as such.
func canonical(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// LimitKey is the address as limits count it: an IPv6 client owns its whole /64.
func LimitKey(addr netip.Addr) string {
	addr = canonical(addr)
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}
