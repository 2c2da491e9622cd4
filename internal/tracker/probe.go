package tracker

import "context"

// Probe makes a write the way every press does, through the queue and in a transaction of
// the store, and returns nil once it is on disk. It leaves nothing behind. It returns
// ErrUnavailable when the database does not accept the write, and the error of ctx when
// that ends first.
func (t *Tracker) Probe(ctx context.Context) error {
	return t.submit(ctx, &request{probe: true})
}
