package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// EndSilent makes new connections end when their server says nothing for silentAtMost although a
// query waits for it. The way to the server may have forgotten one connection while others work, and
// nothing would ever tell.
func EndSilent(config *pgx.ConnConfig) {
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &heardConn{Conn: c, isSet: true}, nil // until the connection is made
	}
}

// heardConn is a connection on which nobody waits longer than silentAtMost, unless a deadline is set.
type heardConn struct {
	net.Conn

	mu    sync.Mutex
	isSet bool // a deadline, by pgx or ReplaceBroken
}

// SetDeadline implements net.Conn.
func (c *heardConn) SetDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isSet = !at.IsZero()
	return c.Conn.SetDeadline(at)
}

// Read implements net.Conn. After a silence it closes the connection.
func (c *heardConn) Read(b []byte) (int, error) {
	if err := c.expect(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) && !c.hasDeadline() {
		return n, errors.Join(fmt.Errorf("the server was silent for %v: %w", silentAtMost, io.ErrUnexpectedEOF), c.Close())
	}
	return n, err
}

func (c *heardConn) expect() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isSet {
		return nil
	}
	return c.SetReadDeadline(endOf(silentAtMost))
}

func (c *heardConn) hasDeadline() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.isSet
}
