package httpx

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// scripted is a listener to which clients connect from given addresses, in that order.
type scripted struct {
	net.Listener
	from []string
	cut  []string // addresses whose connections were closed
}

type from struct {
	net.Conn
	listener *scripted
	address  string
}

func (s *scripted) Accept() (net.Conn, error) {
	if len(s.from) == 0 {
		return nil, net.ErrClosed
	}
	next := s.from[0]
	s.from = s.from[1:]
	return &from{listener: s, address: next}, nil
}

func (f *from) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(f.address))
}

func (f *from) Close() error {
	f.listener.cut = append(f.listener.cut, f.address)
	return nil
}

// Of one address, and of all together, so many connections are open; more are closed at once. Each
// that ends makes room. This machine and trusted proxies are bounded by the total alone.
func TestConnectionsAreBounded(t *testing.T) {
	clients := &scripted{}
	addresses := Addresses{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	c := LimitConnections(clients, 8, 2, addresses)
	connect := func(from ...string) (open []net.Conn) {
		t.Helper()
		clients.from, clients.cut = from, nil
		for {
			conn, err := c.Accept()
			if errors.Is(err, net.ErrClosed) {
				return open
			}
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, conn)
		}
	}
	expectCut := func(want ...string) {
		t.Helper()
		if got := strings.Join(clients.cut, " "); got != strings.Join(want, " ") {
			t.Errorf("closed %q, want %q", got, want)
		}
	}
	one := connect("203.0.113.1:1", "203.0.113.1:2", "[::ffff:203.0.113.1]:3")
	expectCut("[::ffff:203.0.113.1]:3")
	network := connect("[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1")
	expectCut("[2001:db8::3]:1")
	shared := connect("127.0.0.1:1", "10.1.2.3:1", "10.1.2.3:2", "10.1.2.3:3", "10.1.2.3:4")
	expectCut("10.1.2.3:4") // the ninth of all

	for range 2 { // the second time it is closed already
		_ = one[0].Close()
	}
	again := connect("203.0.113.1:4", "203.0.113.1:5", "203.0.113.2:1")
	expectCut("203.0.113.1:5", "203.0.113.2:1")
	for _, open := range [][]net.Conn{one, network, shared, again} {
		for _, conn := range open {
			_ = conn.Close()
		}
	}
	if c.open != 0 || len(c.of) != 0 {
		t.Errorf("%d connections and %d addresses are counted after all are closed", c.open, len(c.of))
	}
}
