// Package wire speaks as much HTTP/1.1 as a load generator needs. net/http would understand
// everything, but on a shared machine the server under test would pay for it.
package wire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"time"
)

// Conn is one keep-alive HTTP/1.1 connection. Only one goroutine may use it, but any may close it.
type Conn struct {
	net.Conn
	reader *bufio.Reader
}

// Dial connects to address (host:port). After deadline every read and write on the
// connection fails, so that a server that hangs cannot hang the bench; the zero time is none.
func Dial(ctx context.Context, address string, deadline time.Time) (*Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	if err := c.SetDeadline(deadline); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("setting the deadline of a connection: %w", err)
	}
	return &Conn{Conn: c, reader: bufio.NewReader(c)}, nil
}

// RoundTrip sends a whole request, appends the body of its response to body and
// returns the status. After an error the connection cannot be used any more.
func (c *Conn) RoundTrip(request []byte, body *bytes.Buffer) (status int, err error) {
	if _, err := c.Write(request); err != nil {
		return 0, fmt.Errorf("sending a request: %w", err)
	}
	return readResponse(c.reader, body)
}

// Status reads the status line of a response, and nothing of the rest.
func (c *Conn) Status() (int, error) {
	line, err := readLine(c.reader)
	if err != nil {
		return 0, fmt.Errorf("reading the status line: %w", err)
	}
	return parseStatus(line)
}
