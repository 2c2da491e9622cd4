package counters

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	readSQL = `SELECT key, times FROM counters WHERE key = ANY ($1) ORDER BY key`
	// writeSQL inserts in the order of keys, as every replica does. Rows that another replica
	// has changed or inserted since this transaction began make it fail. The times of all keys
	// are one array, of which each key gets a piece: the arrays in an array must have the same
	// length, and a text of each takes twice as long to read.
	writeSQL = `INSERT INTO counters (key, times, expires_at)
		SELECT k, ($2::bigint[])[f:l], e FROM unnest($1::text[], $3::integer[], $4::integer[], $5::bigint[]) AS u (k, f, l, e)
		ON CONFLICT (key) DO UPDATE SET times = excluded.times, expires_at = excluded.expires_at`
)

// Tx is counters as a transaction reads and updates them. The transaction must be REPEATABLE
// READ: then it fails if another one has updated the same counters meanwhile.
type Tx struct {
	kept map[string]*kept
}

type kept struct {
	times   []int64
	expires int64 // 0 while it is unchanged
}

// Read adds the statement that reads counters to a batch. Only these can be updated. lock is
// added to the statement.
func (t *Tx) Read(batch *pgx.Batch, keys []string, lock string) {
	if len(keys) == 0 {
		return
	}
	t.kept = make(map[string]*kept, len(keys))
	for _, key := range keys {
		t.kept[key] = &kept{}
	}
	batch.Queue(readSQL+lock, keys).Query(func(rows pgx.Rows) error {
		var key string
		var times []int64
		_, err := pgx.ForEachRow(rows, []any{&key, &times}, func() error {
			t.kept[key].times = slices.Clone(times)
			return nil
		})
		return err
	})
}

// UpdateCounter implements limit.Counters. An update that changes nothing, as that of a refused
// request, is not written.
func (t *Tx) UpdateCounter(_ context.Context, key string, expires int64, update func([]int64) []int64) error {
	c, ok := t.kept[key]
	if !ok {
		return fmt.Errorf("counter %q was not read", key)
	}
	times := update(c.times)
	if !slices.Equal(times, c.times) {
		c.times, c.expires = times, max(c.expires, expires)
	}
	return nil
}

// Write adds the statement that writes what has changed to a batch. If nothing else is written,
// the commit need not wait for the disk: see Counters.
func (t *Tx) Write(batch *pgx.Batch) {
	const minute = int64(time.Minute / time.Microsecond)
	var keys []string
	for key, c := range t.kept {
		if c.expires > 0 {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return
	}
	slices.Sort(keys)
	var times []int64
	firsts, lasts, expires := make([]int32, len(keys)), make([]int32, len(keys)), make([]int64, len(keys))
	for i, key := range keys {
		c := t.kept[key]
		firsts[i] = int32(len(times) + 1)
		times = append(times, c.times...)
		lasts[i] = int32(len(times))
		// A whole minute, because the index of this column changes with its value.
		expires[i] = c.expires - c.expires%minute + minute
	}
	if batch.Len() == 0 {
		batch.Queue("SET LOCAL " + notDurable)
	}
	batch.Queue(writeSQL, keys, times, firsts, lasts, expires)
}
