package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/link"
)

// lockUsersSQL locks in the order of user IDs, as every replica does.
const lockUsersSQL = `SELECT pg_advisory_xact_lock(u) FROM unnest($1::bigint[]) AS u`

// boundedHoldSQL ends the hold of a replica that is cut off, as soon as that of its group ends
// (ingestSettings): the group fails then, and the others' presses wait for nobody.
const boundedHoldSQL = `SET LOCAL idle_in_transaction_session_timeout = '` + silentInTransaction + `'`

// userLocks hold the locks of users in a transaction of their own, on a second connection.
//
// The transaction that writes cannot hold them. All its reads are of the instant at which
// its first statement started. If that statement waited for a lock, the reads would be
// older than the lock, and would miss what the previous holder wrote. So the transaction
// that writes begins after the locks are held, and ends before they are released.
//
// If the second connection breaks, another replica may get the locks too early. Then one of
// the two loses a race and tries again: the locks save tries, and the data is right without
// them.
type userLocks struct {
	conn *pgxpool.Conn
}

func lockUsers(ctx context.Context, pool *pgxpool.Pool, users []int64) (*userLocks, error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to lock users: %w", err)
	}
	locks := &userLocks{conn}
	var batch pgx.Batch
	batch.Queue("BEGIN")
	batch.Queue(boundedHoldSQL)
	batch.Queue(lockUsersSQL, users)
	if err := link.Send(ctx, conn.Conn(), &batch, link.SilentForHistory); err != nil {
		locks.release(ctx)
		return nil, fmt.Errorf("locking users: %w", err)
	}
	return locks, nil
}

// release works even when ctx has ended: it then closes the connection, and the server
// releases the locks.
func (l *userLocks) release(ctx context.Context) {
	link.RollBack(ctx, l.conn.Conn())
	l.conn.Release()
}
