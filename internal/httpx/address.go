package httpx

import (
	"net/http"
	"net/netip"
	"strings"
)

// Addresses finds out which client sent a request.
type Addresses struct {
	Trusted []netip.Prefix // proxies whose X-Forwarded-For counts
	// Ignored, unless it is nil, is told of each request with a header of a proxy whose peer is
	// not trusted. Either a proxy is missing in Trusted, or a client wrote the header itself.
	Ignored func(peer netip.Addr, header string)
}

// Of returns the client's address: the address of the peer, unless the peer is a trusted
// proxy; then the right-most address of X-Forwarded-For that is not a trusted proxy.
// Whatever stands left of that address was written by the client and is ignored. The
// search ends at a part that is not an address, with the proxy that wrote it. The result
// is the zero Addr when the peer has no address.
func (a Addresses) Of(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := canonical(peer.Addr())
	if header := forwarding(r.Header); header != "" && a.Ignored != nil && !a.trusts(client) {
		a.Ignored(client, header)
	}
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

// forwarding returns the name of a header by which a proxy tells for whom it asks, or "".
func forwarding(h http.Header) string {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded"} {
		if h.Get(name) != "" {
			return name
		}
	}
	return ""
}

func (a Addresses) trusts(addr netip.Addr) bool {
	for _, p := range a.Trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// cutLast splits off the last part of a list; more says whether the list has parts left.
func cutLast(list string) (rest, last string, more bool) {
	i := strings.LastIndexByte(list, ',')
	if i < 0 {
		return "", list, false
	}
	return list[:i], list[i+1:], true
}

// longestHop is enough for an IPv6 address with a zone and a port.
const longestHop = 80

// parseHop reads one part of X-Forwarded-For. Some proxies add the client's port, and
// brackets around an IPv6 address.
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

// canonical returns the one form of an address: without a zone, because no prefix
// contains one, and IPv4 addresses as IPv4.
func canonical(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// LimitKey returns the address as limits count it. An IPv6 client owns its whole /64, so
// that counts as one.
func LimitKey(addr netip.Addr) string {
	addr = canonical(addr)
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}
