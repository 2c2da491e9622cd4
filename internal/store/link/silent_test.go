package link

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestSilentConnectionsEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		server func(net.Conn)
		pgx    func(net.Conn) // beside the read
		want   error
		after  time.Duration
	}{
		{"a server that says nothing", func(net.Conn) {}, func(net.Conn) {}, io.ErrUnexpectedEOF, silentAtMost},
		{"a server that answers late", func(c net.Conn) {
			time.Sleep(silentAtMost - time.Second)
			_, _ = c.Write([]byte("row"))
		}, func(net.Conn) {}, nil, silentAtMost - time.Second},
		{"a query that is cancelled", func(net.Conn) {}, func(c net.Conn) {
			time.Sleep(time.Second)
			_ = c.SetDeadline(time.Unix(1, 0))
		}, os.ErrDeadlineExceeded, time.Second},
		{"a query whose time is longer", func(net.Conn) {}, func(c net.Conn) {
			_ = c.SetDeadline(time.Now().Add(time.Minute))
		}, os.ErrDeadlineExceeded, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				defer server.Close()
				conn := &heardConn{Conn: client}
				go c.server(server)
				go c.pgx(conn)
				synctest.Wait() // pgx sets a deadline before it reads
				begun := time.Now()
				n, err := conn.Read(make([]byte, 8))
				if !errors.Is(err, c.want) || time.Since(begun) != c.after {
					t.Errorf("%d bytes and %v after %v, want %v after %v", n, err, time.Since(begun), c.want, c.after)
				}
				_ = server.SetDeadline(time.Unix(1, 0))
				_, err = server.Write([]byte("more"))
				if isClosed := errors.Is(err, io.ErrClosedPipe); isClosed != errors.Is(c.want, io.ErrUnexpectedEOF) {
					t.Errorf("the connection is closed: %v", isClosed)
				}
			})
		})
	}
}
