// Package meter counts what a request reads from the database, for whoever began it.
package meter

import (
	"context"
	"sync/atomic"
)

// Meter counts rows. It is safe for concurrent use.
type Meter struct{ rows atomic.Int64 }

type key struct{}

// With returns a context whose reads a new Meter counts.
func With(ctx context.Context) (context.Context, *Meter) {
	m := &Meter{}
	return context.WithValue(ctx, key{}, m), m
}

// Count adds rows to the Meter of ctx, if it has one.
func Count(ctx context.Context, rows int) {
	if m, ok := ctx.Value(key{}).(*Meter); ok {
		m.rows.Add(int64(rows))
	}
}

// Rows returns how many rows were read so far.
func (m *Meter) Rows() int { return int(m.rows.Load()) }
