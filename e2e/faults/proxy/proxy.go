// Package proxy stands between the program and PostgreSQL, passes their bytes on, and breaks what
// passes as a test tells it to. It knows of PostgreSQL's protocol only where an answer ends, and
// which answer is that of a COMMIT. So it needs connections without TLS.
package proxy

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Proxy is one way to one server. Its zero fault is to pass everything on.
type Proxy struct {
	address string // where the program connects
	target  string // where the server listens
	working sync.WaitGroup

	mu          sync.Mutex
	listener    net.Listener // nil while connections are refused
	connections map[*connection]struct{}
	opened      chan struct{} // closed while bytes may pass
	drops       bool          // a new connection is a black hole
	halfCloses  bool          // a new connection is half closed
	delay       time.Duration // before each answer
	toLose      int           // so many answers of COMMITs are swallowed
	loseSilent  bool          // and the connection then hangs; else it is cut
	lost        int           // so many answers were swallowed
}

// Start makes a proxy in front of the server of a database, until the test ends. It returns
// the database's address by way of the proxy.
func Start(t testing.TB, databaseURL string) (p *Proxy, throughProxy string) {
	t.Helper()
	parsed, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	p = &Proxy{address: "127.0.0.1:0", target: parsed.Host, connections: make(map[*connection]struct{}), opened: make(chan struct{})}
	close(p.opened)
	p.listen(t)
	t.Cleanup(func() {
		p.Refuse()
		p.working.Wait()
	})
	parsed.Host = p.address
	return p, parsed.String()
}

// listen takes connections, at the same address each time.
func (p *Proxy) listen(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.listener, p.address = listener, listener.Addr().String()
	p.mu.Unlock()
	p.working.Go(func() {
		for {
			program, err := listener.Accept()
			if err != nil {
				return // the listener is closed
			}
			p.working.Go(func() { p.serve(program.(*net.TCPConn)) })
		}
	})
}

// Pass ends all faults. What Stall held back goes on; what Drop has swallowed is lost, and its
// connections stay as they are.
func (p *Proxy) Pass(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	p.drops, p.halfCloses, p.delay, p.toLose = false, false, 0, 0
	select {
	case <-p.opened:
	default:
		close(p.opened)
	}
	refuses := p.listener == nil
	p.mu.Unlock()
	if refuses {
		p.listen(t)
	}
}

// Refuse cuts all connections and refuses new ones, as when nobody listens.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	if p.listener != nil {
		_ = p.listener.Close() // closing is all that is left to do with it
		p.listener = nil
	}
	p.mu.Unlock()
	p.Cut()
}

// Cut resets all connections. New ones are taken.
func (p *Proxy) Cut() {
	for _, c := range p.all() {
		c.cut()
	}
}

// Drop swallows whatever is sent from now on, in both directions, as a firewall does that has
// forgotten the connections. Who connects is never answered.
func (p *Proxy) Drop() {
	p.mu.Lock()
	p.drops = true
	p.mu.Unlock()
	for _, c := range p.all() {
		c.hole.Store(true)
	}
}

// Stall holds everything back until Pass. So a COMMIT may arrive long after the program has given
// it up.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = make(chan struct{})
}

// HalfClose ends the direction from the server to the program on every connection, also on new
// ones. The other direction goes on.
func (p *Proxy) HalfClose() {
	p.mu.Lock()
	p.halfCloses = true
	p.mu.Unlock()
	for _, c := range p.all() {
		c.halfClose()
	}
}

// Delay holds each answer of the server back for a while.
func (p *Proxy) Delay(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = by
}

// LoseCommits swallows the answers of the next n COMMITs: the server has committed, and the
// program does not hear of it. The connection is then cut or, if silent, hangs.
func (p *Proxy) LoseCommits(n int, silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.toLose, p.loseSilent = n, silent
}

// Lost returns how many answers of COMMITs were swallowed.
func (p *Proxy) Lost() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// losesThis reports whether the answer of a COMMIT is to be swallowed, and whether the connection
// then hangs.
func (p *Proxy) losesThis() (lost, silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.toLose == 0 {
		return false, false
	}
	p.toLose--
	p.lost++
	return true, p.loseSilent
}

// isOpen returns a channel that is closed while bytes may pass.
func (p *Proxy) isOpen() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

func (p *Proxy) answerDelay() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.delay
}

func (p *Proxy) all() []*connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]*connection, 0, len(p.connections))
	for c := range p.connections {
		all = append(all, c)
	}
	return all
}
