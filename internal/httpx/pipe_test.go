package httpx

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
)

// pipes is a network in memory. In a synctest bubble the deadlines of its connections use
// the bubble's clock, so no test depends on how busy the machine is.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial() (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.dialed <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialed:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "in memory", Net: "pipe"} }

// serve runs a server with these limits on a network of its own until the test ends.
func serve(t *testing.T, handler http.Handler, limits Limits) *pipes {
	t.Helper()
	network := &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})}
	server := NewServer(handler, slog.New(slog.DiscardHandler), limits)
	served := make(chan error, 1)
	go func() { served <- server.Serve(network) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return network
}
