package password

import (
	"context"
	"runtime"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// ErrBusy is returned when too many passwords already wait to be hashed.
var ErrBusy = fault.New(fault.Unavailable, "too many logins at once: try again in a moment")

// waitersPerSlot bounds the queue for a slot. A hash takes some 20 ms, so that
// the last in the queue waits for little more than a second.
const waitersPerSlot = 64

// Pool bounds how many passwords are hashed at a time, and how many wait for it:
// each takes 19 MiB and a core, which a burst of logins must not multiply.
type Pool struct {
	admitted chan struct{} // those at work and those who wait
	slots    chan struct{} // those at work
}

// NewPool returns a pool in which this many work at a time; 0 means one per processor of
// the program.
func NewPool(slots int) *Pool {
	if slots <= 0 {
		slots = runtime.GOMAXPROCS(0)
	}
	return &Pool{
		admitted: make(chan struct{}, slots*(1+waitersPerSlot)),
		slots:    make(chan struct{}, slots),
	}
}

// Run runs work when there is room. It returns ErrBusy at once if too many already wait, or
// ctx's error if it ends while waiting.
func (p *Pool) Run(ctx context.Context, work func()) error {
	if err := ctx.Err(); err != nil {
		return err // a select may choose a free slot all the same
	}
	select {
	case p.admitted <- struct{}{}:
	default:
		return ErrBusy
	}
	defer func() { <-p.admitted }()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.slots }()
	work()
	return nil
}
