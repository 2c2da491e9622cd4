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
// It is the zero Addr when the peer has none.
func (a Addresses) Of(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := peer.Addr().Unmap().WithZone("") // a prefix contains no address with a zone
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && a.trusts(client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = hop.Unmap().WithZone("")
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

// LimitKey is the address as limits count it: an IPv6 client owns its whole /64.
func LimitKey(addr netip.Addr) string {
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}
