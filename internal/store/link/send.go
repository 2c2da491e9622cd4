package link

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// RollBack ends the transaction of a connection. If that fails, the connection is lost, and the
// server rolls back by itself.
func RollBack(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(ctx, SilentFor)
	defer cancel()
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = conn.Close(ctx)
	}
}

// Send makes one round trip, and gives the connection up when the server is silent for longer.
func Send(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, within time.Duration) error {
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
