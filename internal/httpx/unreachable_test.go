package httpx_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// refused is an error of a PostgreSQL server.
type refused string

func (r refused) Error() string    { return "ERROR: " + string(r) }
func (r refused) SQLState() string { return string(r) }

// failed is an error of SQLite.
type failed int

func (f failed) Error() string { return fmt.Sprint("SQLite: ", int(f)) }
func (f failed) Code() int     { return int(f) }

// unsent is an error of a connection that was closed before.
type unsent bool

func (unsent) Error() string       { return "conn closed" }
func (u unsent) SafeToRetry() bool { return bool(u) }

// A database that is out of order for now is a 503 that says when to try again; a mistake of the
// program stays a 500.
func TestUnreachableDatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want int
	}{
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, http.StatusServiceUnavailable},
		{io.ErrUnexpectedEOF, http.StatusServiceUnavailable},
		{net.ErrClosed, http.StatusServiceUnavailable},
		{driver.ErrBadConn, http.StatusServiceUnavailable}, // the connections that database/sql tried were all broken
		{unsent(true), http.StatusServiceUnavailable},
		{unsent(false), http.StatusInternalServerError},
		{refused("57P01"), http.StatusServiceUnavailable},   // the server stops
		{refused("57P03"), http.StatusServiceUnavailable},   // it starts
		{refused("53300"), http.StatusServiceUnavailable},   // too many connections
		{refused("53100"), http.StatusServiceUnavailable},   // the disk is full
		{refused("25006"), http.StatusServiceUnavailable},   // a standby
		{refused("08006"), http.StatusServiceUnavailable},   // the connection failed
		{refused("42P01"), http.StatusInternalServerError},  // there is no such table
		{refused("22003"), http.StatusInternalServerError},  // a number out of range
		{failed(13), http.StatusServiceUnavailable},         // the disk is full
		{failed(10 | 3<<8), http.StatusServiceUnavailable},  // a file could not be written
		{failed(5), http.StatusServiceUnavailable},          // another process holds the file
		{failed(1), http.StatusInternalServerError},         // a mistake in a statement
		{failed(19 | 6<<8), http.StatusInternalServerError}, // a constraint
		{errors.New("no such column"), http.StatusInternalServerError},
	} {
		p := httpx.ProblemOf(fmt.Errorf("reading: %w", c.err))
		if p.Status != c.want || (p.Header.Get("Retry-After") != "") != (c.want == http.StatusServiceUnavailable) {
			t.Errorf("%v: %d with Retry-After %q, want %d", c.err, p.Status, p.Header.Get("Retry-After"), c.want)
		}
	}
}
