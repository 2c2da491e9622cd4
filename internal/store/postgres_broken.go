package store

import (
	"cmp"
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How long a server or the way to it may be silent before a connection counts as broken. A pool
// with connections that hang serves nobody, also when the database is back, so these are short.
const (
	// connectWithin is for each host of the URL. connect_timeout in the URL replaces it.
	connectWithin = 2 * time.Second
	// pingWithin is for a connection that was not used for a while.
	pingWithin = time.Second
	// closeWithin is for the farewell of a connection that is given up. pgx takes 15 s for it, and
	// keeps its place in the pool meanwhile.
	closeWithin = time.Second

	// silentFor is for a round trip of a group; the rows that it writes add to it. A change reads
	// history, and may wait for a replica that changes the same session.
	silentFor        = 2 * time.Second
	silentForRow     = 50 * time.Microsecond
	silentForHistory = 4 * time.Second

	// silentAtMost is for everything else but migrations and LISTEN. No query of a page takes as long
	// before its first row.
	silentAtMost = 20 * time.Second
)

// replaceBroken makes a pool get rid of connections that lead nowhere, or to a server that
// became a standby.
func replaceBroken(config *pgxpool.Config) {
	conn := config.ConnConfig
	conn.ConnectTimeout = cmp.Or(conn.ConnectTimeout, connectWithin)
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

// rollBack ends the transaction of a connection. If that fails, the connection is lost, and the
// server rolls back by itself.
func rollBack(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(ctx, silentFor)
	defer cancel()
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = conn.Close(ctx)
	}
}

// send makes one round trip, and gives the connection up when the server is silent for longer.
func send(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	if conn.PgConn().CustomData()[unconfirmed] != nil {
		return errors.Join(errUnconfirmed, conn.Close(ctx))
	}
	return nil
}

// errUnconfirmed means that a commit is on the disk of the server, and perhaps at no standby.
var errUnconfirmed = errors.New("somebody cancelled the commit while it waited for a standby")

// unconfirmed marks a connection on which that happened.
const unconfirmed = "unconfirmed"

// noteUnconfirmed notes that a commit that waited for a standby was cancelled, as pg_cancel_backend
// does. PostgreSQL only warns of it, and reports success.
func noteUnconfirmed(c *pgconn.PgConn, notice *pgconn.Notice) {
	if notice.Routine == "SyncRepWaitForLSN" {
		c.CustomData()[unconfirmed] = true
	}
}
