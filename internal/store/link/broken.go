// Package link is about connections to PostgreSQL: when one counts as broken, and is replaced.
package link

import (
	"cmp"
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How long a server or the way to it may be silent before a connection counts as broken. A pool
// with connections that hang serves nobody, also when the database is back, so these are short.
const (
	// ConnectWithin is for each host of the URL. connect_timeout in the URL replaces it.
	ConnectWithin = 2 * time.Second
	// pingWithin is for a connection that was not used for a while.
	pingWithin = time.Second
	// closeWithin is for the farewell of a connection that is given up. pgx takes 15 s for it, and
	// keeps its place in the pool meanwhile.
	closeWithin = time.Second

	// SilentFor is for a round trip of a group; the rows that it writes add to it. A change reads
	// history, and may wait for a replica that changes the same session.
	SilentFor        = 2 * time.Second
	SilentForRow     = 50 * time.Microsecond
	SilentForHistory = 4 * time.Second

	// silentAtMost is for everything else but migrations and LISTEN. No query of a page takes as long
	// before its first row.
	silentAtMost = 20 * time.Second
)

// ReplaceBroken makes a pool get rid of connections that lead nowhere, or to a server that
// became a standby.
func ReplaceBroken(config *pgxpool.Config) {
	conn := config.ConnConfig
	conn.ConnectTimeout = cmp.Or(conn.ConnectTimeout, ConnectWithin)
	config.PingTimeout = pingWithin
	dial := conn.DialFunc
	conn.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialing, cancel := context.WithTimeout(ctx, conn.ConnectTimeout)
		defer cancel()
		c, err := dial(dialing, network, address)
		if err != nil {
			return nil, err
		}
		// It holds until the connection is made. A request to cancel something is made on a
		// connection of its own, which ends with it.
		return briefConn{c}, c.SetDeadline(endOf(conn.ConnectTimeout))
	}
	conn.AfterConnect = func(_ context.Context, c *pgconn.PgConn) error { return c.Conn().SetDeadline(time.Time{}) }
	conn.OnNotice = noteUnconfirmed
	isUsable := conn.OnPgError
	conn.OnPgError = func(c *pgconn.PgConn, err *pgconn.PgError) bool {
		return err.Code != readOnlyTransaction && isUsable(c, err)
	}
}

// readOnlyTransaction is the error of a write on a standby, and of one where the operator has
// forbidden writes.
const readOnlyTransaction = "25006"

// briefConn shortens the deadlines that pgx sets. It sets those in the future only to say farewell.
type briefConn struct{ net.Conn }

// SetDeadline implements net.Conn.
func (c briefConn) SetDeadline(at time.Time) error {
	if latest := endOf(closeWithin); at.After(latest) {
		at = latest
	}
	return c.Conn.SetDeadline(at)
}

// endOf returns the end of a span that begins now, as a context with a time limit has it.
func endOf(span time.Duration) time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	at, _ := ctx.Deadline()
	return at
}
