package httpx

import (
	"net"
	"net/netip"
	"sync"
)

const (
	// MaxConnections is how many connections are open at once: twice as many as 250 people need
	// who have 20 pages open each. An open one without a request takes some 20 KB.
	MaxConnections = 10_000
	// MaxConnectionsOfAddress is how many of them one client has: an office behind one address
	// needs a few for each person.
	MaxConnectionsOfAddress = 500
)

// Connections is a listener that closes at once what is too much: connections beyond those that
// all clients together may have, or one address. Proxies that are trusted, and this machine, have
// as many as there are. An IPv6 client is counted by its /64 network, as LimitKey has it.
type Connections struct {
	net.Listener
	most, ofAddress int
	isShared        func(netip.Addr) bool

	mu   sync.Mutex
	open int
	of   map[string]int // addresses that have any
}

// LimitConnections makes such a listener.
func LimitConnections(listener net.Listener, most, ofAddress int, addresses Addresses) *Connections {
	isShared := func(addr netip.Addr) bool { return addr.IsLoopback() || addresses.trusts(addr) }
	return &Connections{Listener: listener, most: most, ofAddress: ofAddress, isShared: isShared, of: map[string]int{}}
}

// Accept returns the next connection that may stay open.
func (c *Connections) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		client := c.keyOf(conn)
		if c.add(client) {
			return &counted{Conn: conn, leave: func() { c.remove(client) }}, nil
		}
		_ = conn.Close() // it was not taken
	}
}

// keyOf returns "" for a client that has as many connections as there are.
func (c *Connections) keyOf(conn net.Conn) string {
	peer, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil || c.isShared(canonical(peer.Addr())) {
		return ""
	}
	return LimitKey(peer.Addr())
}

func (c *Connections) add(client string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open >= c.most || client != "" && c.of[client] >= c.ofAddress {
		return false
	}
	c.open++
	if client != "" {
		c.of[client]++
	}
	return true
}

func (c *Connections) remove(client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	if client == "" {
		return
	}
	if c.of[client]--; c.of[client] == 0 {
		delete(c.of, client)
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close closes the connection; the second time it returns net.ErrClosed.
func (c *counted) Close() error {
	err := net.ErrClosed
	c.once.Do(func() {
		err = c.Conn.Close()
		c.leave()
	})
	return err
}
