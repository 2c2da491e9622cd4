// Package counters keeps the counters of all replicas in PostgreSQL: Counters updates each in
// a transaction of its own, and Tx in the transaction of a group of presses.
package counters

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/raterhub-tracker/raterhub-tracker/internal/coalesce"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const (
	// lockSQL inserts the rows that do not exist, and locks all of them in the
	// order of their keys, as every replica does.
	lockSQL = `INSERT INTO counters AS c (key, times, expires_at)
		SELECT k, '{}', e FROM unnest($1::text[], $2::bigint[]) AS u (k, e) ORDER BY k
		ON CONFLICT (key) DO UPDATE SET expires_at = greatest(c.expires_at, excluded.expires_at)
		RETURNING key, times`
	// putSQL takes each key's times as one text, because the arrays in an array
	// must have the same length.
	putSQL = `UPDATE counters AS c SET times = u.t::bigint[]
		FROM unnest($1::text[], $2::text[]) AS u (k, t) WHERE c.key = u.k`
	dropSQL = `DELETE FROM counters WHERE key = ANY ($1)`
	// expiredSQL leaves out rows that are locked: they are in use.
	expiredSQL = `DELETE FROM counters WHERE key IN (
		SELECT key FROM counters WHERE expires_at < $1 ORDER BY key FOR UPDATE SKIP LOCKED)`

	notDurable = "synchronous_commit = off"

	maxGroup     = 256                     // updates in one transaction
	groupTimeout = 1800 * time.Millisecond // of one transaction
)

// settings bound how long a replica that stops within a transaction makes others
// wait for its counters.
var settings = []string{
	notDurable,
	"lock_timeout = '1s'",
	"idle_in_transaction_session_timeout = '2s'",
}

// Counters is limit.Counters for all replicas. It stands before many requests, so updates that
// arrive while a transaction is in flight are made together by the next one, in two round
// trips.
//
// These commits do not wait for the disk: a crash of the database server may lose the
// counts of half a second, which is exact enough.
type Counters struct {
	pool    *pgxpool.Pool
	updates *coalesce.Coalescer[*change]
}

// change changes one counter; err says why it was not made.
type change struct {
	key     string
	expires int64
	update  func(times []int64) []int64
	err     error

	mu       sync.Mutex
	isLeft   bool          // the caller has given up: update must not be called any more
	isCalled bool          // update was called
	done     chan struct{} // closed when the transaction has ended
}

// of returns what the times become. Once the caller has given up they stay as they are.
func (u *change) of(times []int64) []int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.isLeft {
		return times
	}
	u.isCalled = true
	return u.update(times)
}

// leave prevents that update is called, and reports whether it was not called before.
func (u *change) leave() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.isLeft = true
	return !u.isCalled
}

// New returns counters on connections of pool.
func New(pool *pgxpool.Pool) *Counters {
	c := &Counters{pool: pool}
	c.updates = coalesce.New(coalesce.Options[*change]{Run: c.updateAll, MaxItems: maxGroup})
	return c
}

// DeleteExpired removes the counters that may be forgotten before an instant, in microseconds
// since 1970 UTC.
func (c *Counters) DeleteExpired(ctx context.Context, pool *pgxpool.Pool, before int64) error {
	_, err := pool.Exec(ctx, expiredSQL, before)
	return err
}

// UpdateCounter implements limit.Counters. When ctx ends before update is called, the update is
// not made. Later than that it waits for its transaction, which has a time limit of its own.
func (c *Counters) UpdateCounter(ctx context.Context, key string, expires int64, update func([]int64) []int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	u := &change{key: key, expires: expires, update: update, done: make(chan struct{})}
	if err := c.updates.Do(ctx, u); err != nil && u.leave() {
		return err
	}
	<-u.done
	return u.err
}

// updateAll makes the updates of a group in one transaction: all of them, or none.
func (c *Counters) updateAll(group []*change) {
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	err := c.apply(ctx, group)
	for _, u := range group {
		u.err = err
		close(u.done)
	}
}

func (c *Counters) apply(ctx context.Context, group []*change) (err error) {
	defer fault.Wrap(&err, "updating counters")
	conn, err := c.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer conn.Release()
	kept, err := lock(ctx, conn.Conn(), group)
	if err == nil {
		for _, u := range group {
			kept[u.key] = u.of(kept[u.key])
		}
		err = put(ctx, conn.Conn(), kept)
	}
	if err != nil && !conn.Conn().IsClosed() {
		_, rollbackErr := conn.Exec(ctx, "ROLLBACK")
		err = errors.Join(err, rollbackErr)
	}
	return err
}

// lock begins a transaction and reads the times of each key.
func lock(ctx context.Context, conn *pgx.Conn, updates []*change) (map[string][]int64, error) {
	expires := make(map[string]int64, len(updates))
	for _, u := range updates {
		expires[u.key] = max(expires[u.key], u.expires)
	}
	keys, until := make([]string, 0, len(expires)), make([]int64, 0, len(expires))
	for key, at := range expires {
		keys, until = append(keys, key), append(until, at)
	}
	kept := make(map[string][]int64, len(keys))
	var batch pgx.Batch
	batch.Queue("BEGIN")
	for _, setting := range settings {
		batch.Queue("SET LOCAL " + setting)
	}
	batch.Queue(lockSQL, keys, until).Query(func(rows pgx.Rows) error {
		var key string
		var times []int64
		_, err := pgx.ForEachRow(rows, []any{&key, &times}, func() error {
			kept[key] = slices.Clone(times)
			return nil
		})
		return err
	})
	return kept, conn.SendBatch(ctx, &batch).Close()
}

// put stores the times of each key and commits.
func put(ctx context.Context, conn *pgx.Conn, kept map[string][]int64) error {
	var keys, times, gone []string
	for key, at := range kept {
		if len(at) == 0 {
			gone = append(gone, key)
			continue
		}
		keys, times = append(keys, key), append(times, arrayText(at))
	}
	var batch pgx.Batch
	if len(keys) > 0 {
		batch.Queue(putSQL, keys, times)
	}
	if len(gone) > 0 {
		batch.Queue(dropSQL, gone)
	}
	batch.Queue("COMMIT")
	return conn.SendBatch(ctx, &batch).Close()
}

// arrayText writes an array as PostgreSQL does.
func arrayText(numbers []int64) string {
	text := make([]byte, 0, 17*len(numbers)+2)
	for _, n := range numbers {
		text = strconv.AppendInt(append(text, ','), n, 10)
	}
	if len(text) == 0 {
		return "{}"
	}
	text[0] = '{'
	return string(append(text, '}'))
}
