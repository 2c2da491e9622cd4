// Package coalesce runs items in groups: items that arrive while a run is under way wait,
// and the next run includes them all. The busier it is, the larger the groups, and the less
// each item costs.
//
// The rules are:
//   - One run is under way at a time. An item that arrives while there is none starts one
//     at once.
//   - An item joins only a group whose run has not started, so a result is never older than
//     the request for it.
//   - A run belongs to no single caller: if one gives up, the others still get their
//     results.
//   - The size of a group and the number of waiting items are bounded. Further callers wait
//     until there is room.
//   - After Close no item is accepted, and the accepted ones are still run.
package coalesce

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is returned by Do after Close.
var ErrClosed = errors.New("closed: no more items are accepted")

// Options say how items are run, and how many of them at once.
type Options[T any] struct {
	// Run runs the items of a group and leaves the results in them. The items belong to Run
	// until it returns. Runs never overlap.
	Run func(group []T)
	// MaxItems is the most items that a group has, and the most that wait.
	MaxItems int
	// Weight returns the weight of an item, for MaxWeight; nil when items weigh nothing.
	Weight func(T) int
	// MaxWeight is the most that the items of a group weigh together. So an item that weighs
	// as much has a group of its own.
	MaxWeight int
	// Idle is called when nothing waits, again and again until it returns false; nil if there is
	// nothing to do then. It never overlaps a run, so it should do a little at a time.
	Idle func() (more bool)
	// IdleAfter is for how long nothing must have waited before Idle is called.
	IdleAfter time.Duration
}

// Coalescer groups items for Run. It is safe for concurrent use.
type Coalescer[T any] struct {
	Options[T]
	room   chan struct{} // holds one for each item that waits
	joined chan struct{} // holds one when an item has joined since the last run
	closed chan struct{}

	mu        sync.Mutex
	isClosed  bool
	isRunning bool
	waiting   []*group[T] // groups whose run has not started, oldest first
	runs      sync.WaitGroup
}

// group is the items of one run.
type group[T any] struct {
	items  []T
	weight int
	done   chan struct{} // closed when the run has returned
}

// New returns a Coalescer. It has no goroutine while there is nothing to run.
func New[T any](o Options[T]) *Coalescer[T] {
	return &Coalescer[T]{
		Options: o, room: make(chan struct{}, o.MaxItems),
		joined: make(chan struct{}, 1), closed: make(chan struct{}),
	}
}

// Do runs item with the next group and waits for the result. It returns ErrClosed when the
// item was not accepted, and ctx's error when ctx ends first: then the item may still be
// run, and belongs to Run.
func (c *Coalescer[T]) Do(ctx context.Context, item T) error {
	select {
	case c.room <- struct{}{}:
	case <-c.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	of := c.join(item)
	if of == nil {
		<-c.room
		return ErrClosed
	}
	select {
	case <-of.done:
		return nil
	case <-ctx.Done():
	}
	select { // if the item was run as well, Do succeeds
	case <-of.done:
		return nil
	default:
		return ctx.Err()
	}
}

// Close accepts no more items, and returns when all accepted ones have been run.
func (c *Coalescer[T]) Close() {
	c.mu.Lock()
	if !c.isClosed {
		c.isClosed = true
		close(c.closed)
	}
	c.mu.Unlock()
	c.runs.Wait()
}

// join puts item into the next group and makes sure that it is run. It returns nil after
// Close.
func (c *Coalescer[T]) join(item T) *group[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isClosed {
		return nil
	}
	weight := 0
	if c.Weight != nil {
		weight = c.Weight(item)
	}
	of := c.open(weight)
	of.items = append(of.items, item)
	of.weight += weight
	if !c.isRunning {
		c.isRunning = true
		c.runs.Go(c.run)
	}
	select {
	case c.joined <- struct{}{}:
	default:
	}
	return of
}

// open returns the group that still has room for an item. The caller holds mu.
func (c *Coalescer[T]) open(weight int) *group[T] {
	if n := len(c.waiting); n > 0 {
		last := c.waiting[n-1]
		if len(last.items) < c.MaxItems && last.weight+weight <= c.MaxWeight {
			return last
		}
	}
	of := &group[T]{done: make(chan struct{})}
	c.waiting = append(c.waiting, of)
	return of
}

// run runs the waiting groups one after another until there is none, and nothing to do while
// there is none.
func (c *Coalescer[T]) run() {
	for {
		for of := c.next(); of != nil; of = c.next() {
			for range of.items {
				<-c.room
			}
			c.Run(of.items)
			close(of.done)
		}
		if c.rest() {
			return
		}
	}
}

// next returns the oldest group, which nobody can join any more, or nil.
func (c *Coalescer[T]) next() *group[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return nil
	}
	of := c.waiting[0]
	c.waiting = c.waiting[1:]
	return of
}

// rest calls Idle while nothing waits. It reports whether nothing runs any more.
func (c *Coalescer[T]) rest() bool {
	for more := c.Idle != nil && c.staysIdle(); more; more = c.Idle() {
		if c.hasWork() {
			return false
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isRunning = len(c.waiting) > 0
	return !c.isRunning
}

// staysIdle waits for IdleAfter, or until an item joins. After Close there is nothing to wait for.
func (c *Coalescer[T]) staysIdle() bool {
	for {
		select {
		case <-c.joined:
			if c.hasWork() {
				return false
			}
		case <-c.closed:
			return true
		case <-time.After(c.IdleAfter):
			return true
		}
	}
}

func (c *Coalescer[T]) hasWork() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting) > 0
}
