package tracker

import "context"

// Probe returns nil once a write that went the way of every press, through the
// queue and in a transaction of the store, is on disk. It leaves nothing behind.
// It returns ErrUnavailable when the database does not take the write, and the
// error of ctx when that ends first.
func (t *Tracker) Probe(ctx context.Context) error {
	return t.submit(ctx, &request{probe: true})
}
