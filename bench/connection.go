package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"time"
)

// connection is one keep-alive HTTP/1.1 connection. Only one goroutine may use it.
type connection struct {
	net    net.Conn
	reader *bufio.Reader
}

// dial connects to address (host:port). After deadline every read and write on the
// connection fails, so that a server that hangs cannot hang the bench.
func dial(ctx context.Context, address string, deadline time.Time) (*connection, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	if err := c.SetDeadline(deadline); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("setting the deadline of a connection: %w", err)
	}
	return &connection{net: c, reader: bufio.NewReader(c)}, nil
}

// roundTrip sends a whole request, appends the body of its response to body and
// returns the status. After an error the connection cannot be used any more.
func (c *connection) roundTrip(request []byte, body *bytes.Buffer) (status int, err error) {
	if _, err := c.net.Write(request); err != nil {
		return 0, fmt.Errorf("sending a request: %w", err)
	}
	return readResponse(c.reader, body)
}

func (c *connection) close() { _ = c.net.Close() }
