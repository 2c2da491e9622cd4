package tracker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	// maxGroupRequests and maxGroupEntries bound one transaction, so that a
	// flood cannot make everybody wait for a huge one.
	maxGroupRequests = 256
	maxGroupEntries  = 2000
	// maxTries bounds how often a group that lost a race is done again. Some
	// process wins every race, so this many in a row means something is wrong.
	maxTries = 50
	// groupTimeout is how long a group may take with all its tries: everybody waits
	// for it. What is in doubt then is answered as unavailable.
	groupTimeout = 10 * time.Second
)

// request is what one caller wants written. The recorder owns it from submit
// until done is closed.
type request struct {
	rater    Rater
	received timeline.Instant
	entries  []entry
	probe    bool // writes nothing that stays

	outcomes []Outcome // one per entry
	refolded int       // log entries that its late presses had folded anew
	err      error     // of the whole request
	done     chan struct{}
}

// entry is one thing to record: a press, or a correction of a named session.
type entry struct {
	press      placed
	refused    error // why the press cannot be recorded, unless it is already
	correction *correction
}

// submit hands r to the recorder and waits until it is on disk. When ctx ends
// first, r may or may not be recorded: an id makes a retry safe.
func (t *Tracker) submit(ctx context.Context, r *request) error {
	r.done = make(chan struct{})
	select {
	case t.requests <- r:
	case <-ctx.Done():
		return fmt.Errorf("waiting to record: %w", ctx.Err())
	case <-t.stopped:
		return ErrUnavailable
	}
	return t.await(ctx, r)
}

func (t *Tracker) await(ctx context.Context, r *request) error {
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return fmt.Errorf("waiting to be recorded: %w", ctx.Err())
	case <-t.stopped:
	}
	select { // it may have been the last one that was recorded
	case <-r.done:
		return r.err
	default:
		return ErrUnavailable
	}
}

// Run records what is submitted until ctx ends, and then what is queued by then.
// Requests that come in while one group is being written form the next group.
func (t *Tracker) Run(ctx context.Context) error {
	defer close(t.stopped)
	for {
		select {
		case first := <-t.requests:
			t.recordAll(t.gather(first))
		case <-ctx.Done():
			for {
				select {
				case first := <-t.requests:
					t.recordAll(t.gather(first))
				default:
					return nil
				}
			}
		}
	}
}

// gather is first and whatever is queued behind it.
func (t *Tracker) gather(first *request) []*request {
	group, entries := []*request{first}, len(first.entries)
	for len(group) < maxGroupRequests && entries < maxGroupEntries {
		select {
		case r := <-t.requests:
			group, entries = append(group, r), entries+len(r.entries)
		default:
			return group
		}
	}
	return group
}

// recordAll records a group and tells its callers. When the database refuses the
// group's data, each request is tried alone, so that what is wrong with one does
// not touch the others.
func (t *Tracker) recordAll(requests []*request) {
	err := t.record(requests)
	if err != nil && len(requests) > 1 && errors.Is(err, ErrRejected) {
		for _, r := range requests {
			t.recordAll([]*request{r})
		}
		return
	}
	if errors.Is(err, ErrRejected) {
		err = ErrRefusedData
	}
	for _, r := range requests {
		r.err = err
		close(r.done)
	}
}

// record writes a group in one transaction. The callers' contexts do not reach
// it: one that gives up must not undo the others.
func (t *Tracker) record(requests []*request) error {
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	var err error
	for try := range maxTries {
		g := newGroup(requests, timeline.InstantOf(t.now()))
		g.lock = try > 0
		err = t.store.InTx(ctx, func(tx Tx) error { return g.run(ctx, tx) })
		if err == nil {
			t.announce(g.changed())
			return nil
		}
		if !errors.Is(err, ErrLostRace) {
			break
		}
	}
	err = fmt.Errorf("recording %d requests: %w", len(requests), err)
	if !fault.Is(err) {
		t.log.Error("recording failed", "error", err)
		err = errors.Join(ErrUnavailable, err)
	}
	return err
}
