package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// Counters on PostgreSQL. A count that a crash of the database server takes back by
// half a second is exact enough, so these commits alone do not wait for the disk.
const (
	// lockCounterSQL makes the row if it is not there, and holds it either way.
	lockCounterSQL = `INSERT INTO counters AS c (key, times, expires_at) VALUES ($1, '{}', $2)
		ON CONFLICT (key) DO UPDATE SET expires_at = greatest(c.expires_at, excluded.expires_at) RETURNING times`
	putCounterSQL     = `UPDATE counters SET times = $2 WHERE key = $1`
	deleteCounterSQL  = `DELETE FROM counters WHERE key = $1`
	deleteCountersSQL = `DELETE FROM counters WHERE expires_at < $1`
)

// Counters are in the database, for all replicas.
func (db *postgresDB) Counters(func() time.Time) limit.Counters { return db }

// UpdateCounter implements limit.Counters for all replicas, in two round trips.
func (db *postgresDB) UpdateCounter(ctx context.Context, key string, expires int64, update func([]int64) []int64) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting to count: %w", err)
	}
	defer conn.Release()
	var times []int64
	var begin, end pgx.Batch
	begin.Queue("BEGIN")
	begin.Queue("SET LOCAL synchronous_commit = off")
	begin.Queue(lockCounterSQL, key, expires).QueryRow(func(row pgx.Row) error { return row.Scan(&times) })
	if err := conn.SendBatch(ctx, &begin).Close(); err != nil {
		return errors.Join(fmt.Errorf("reading a counter: %w", err), rollback(ctx, conn.Conn()))
	}
	if times = update(times); len(times) > 0 {
		end.Queue(putCounterSQL, key, times)
	} else {
		end.Queue(deleteCounterSQL, key)
	}
	end.Queue("COMMIT")
	if err := conn.SendBatch(ctx, &end).Close(); err != nil {
		return errors.Join(fmt.Errorf("writing a counter: %w", err), rollback(ctx, conn.Conn()))
	}
	return nil
}

// rollback ends a transaction that has failed. Without a connection the server does
// so by itself.
func rollback(ctx context.Context, conn *pgx.Conn) error {
	if conn.IsClosed() {
		return nil
	}
	_, err := conn.Exec(ctx, "ROLLBACK")
	return err
}

// DeleteExpiredCounters removes what nobody will ask for.
func (db *postgresDB) DeleteExpiredCounters(ctx context.Context, before int64) error {
	_, err := db.pool.Exec(ctx, deleteCountersSQL, before)
	return wrapped(err, "deleting expired counters")
}
