// Package coalesce does together what arrives together: items that arrive while a run is
// under way wait, and the next run does all of them. The busier it is, the larger the
// groups, and the less each item costs.
//
// The rules are:
//   - One run is under way at a time. An item that finds none starts one at once.
//   - An item joins only a group whose run has not started, so a result is never older
//     than the request for it.
//   - A run belongs to no single caller: one that gives up does not undo the others.
//   - Groups are bounded, and so is what waits: further callers wait to be let in.
//   - After Close nothing more is let in, and what was let in is done.
package coalesce

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed is returned by Do after Close.
var ErrClosed = errors.New("nothing more is taken: it is closed")

// Options say what is done with items, and how many of them at once.
type Options[T any] struct {
	// Run does the items of a group and leaves the results in them. The items are its own
	// until it returns. Runs never overlap.
	Run func(group []T)
	// MaxItems is how many items a group has at most, and how many wait at most.
	MaxItems int
	// Weight of an item, for MaxWeight; nil when items weigh nothing.
	Weight func(T) int
	// MaxWeight closes a group once its items weigh as much.
	MaxWeight int
}

// Coalescer groups items for Run. It is safe for concurrent use.
type Coalescer[T any] struct {
	Options[T]
	room   chan struct{} // holds one for each item that waits
	closed chan struct{}

	mu        sync.Mutex
	isClosed  bool
	isRunning bool
	waiting   []*group[T] // those whose run has not started, oldest first
	runs      sync.WaitGroup
}

// group is the items of one run.
type group[T any] struct {
	items  []T
	weight int
	done   chan struct{} // closed when the run has returned
}

// New makes a Coalescer. It has no goroutine while nothing is to be done.
func New[T any](o Options[T]) *Coalescer[T] {
	return &Coalescer[T]{Options: o, room: make(chan struct{}, o.MaxItems), closed: make(chan struct{})}
}

// Do has item done in the next run and waits for it. It returns ErrClosed when the item was
// not let in, and ctx's error when ctx ends first: then the item may still be done, and
// belongs to Run.
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
	select { // what was done is not called undone
	case <-of.done:
		return nil
	default:
		return ctx.Err()
	}
}

// Close lets nothing more in, and returns when everything that was let in is done.
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
	of := c.open()
	of.items = append(of.items, item)
	if c.Weight != nil {
		of.weight += c.Weight(item)
	}
	if !c.isRunning {
		c.isRunning = true
		c.runs.Go(c.run)
	}
	return of
}

// open returns the group that still has room. The caller holds mu.
func (c *Coalescer[T]) open() *group[T] {
	if n := len(c.waiting); n > 0 {
		last := c.waiting[n-1]
		if len(last.items) < c.MaxItems && (c.Weight == nil || last.weight < c.MaxWeight) {
			return last
		}
	}
	of := &group[T]{done: make(chan struct{})}
	c.waiting = append(c.waiting, of)
	return of
}

// run does the waiting groups one after another until there is none.
func (c *Coalescer[T]) run() {
	for of := c.next(); of != nil; of = c.next() {
		for range of.items {
			<-c.room
		}
		c.Run(of.items)
		close(of.done)
	}
}

// next returns the oldest group, which nobody can join any more. When there is none, it
// notes that nothing runs, and returns nil.
func (c *Coalescer[T]) next() *group[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.isRunning = false
		return nil
	}
	of := c.waiting[0]
	c.waiting = c.waiting[1:]
	return of
}
