package tracker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/coalesce"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	// maxGroupRequests and maxGroupPresses bound one transaction, so that a flood cannot make
	// everybody wait for a huge one.
	maxGroupRequests = 256
	maxGroupPresses  = 2000
	// maxTries bounds how often a group that lost a race is tried again. Some replica wins
	// every race, so this many losses in a row mean that something is wrong.
	maxTries = 50
	// groupTimeout is how long a group may take with all its tries, because everybody waits
	// for it. On timeout callers get ErrUnavailable; the group may have been written.
	groupTimeout = 10 * time.Second
	// idleAfter is how long no request must have come before the store settles what it put
	// off. Requests that come all the time come sooner.
	idleAfter = 5 * time.Millisecond
)

// request is what one caller wants written: presses, a change, or a probe. It belongs
// to the recorder from submit until submit returns without an error of ctx.
type request struct {
	rater     Rater
	sender    *Sender // unless nil, the group decides whether it is let in
	received  timeline.Instant
	presses   []timed
	change    change // unless nil, it is made instead
	isPreview bool   // what the change would do is worked out and not written
	probe     bool   // writes nothing that stays
	ahead     ahead
	isApart   bool // has a transaction and a turn of its own: see submit

	outcomes  []Outcome   // one per press
	corrected Corrected   // what the change did
	refused   error       // why the change was not made, or the sender not let in
	refolded  int         // log events that its late presses had folded again
	grant     limit.Grant // how many events it may add
	entries   int         // how many it added
	isPutOff  bool        // nothing was done: it reaches further back than its group may
	err       error       // of the whole request
}

// submit records r together with the other requests that wait, and returns when it is on
// disk. When ctx ends first, r may or may not be recorded: an id makes a retry safe.
//
// A change, and presses that reach far back, may keep the recorder busy for a moment. So they
// have a transaction of their own, and one at a time of all users is let into the queue, where
// it stands behind the presses that came before it. A press thus never waits for more than
// one of them.
func (t *Tracker) submit(ctx context.Context, r *request) (err error) {
	if r.grant, err = t.allow(ctx, r); err != nil {
		return err
	}
	if !r.isApart {
		if err := t.enqueue(ctx, r); err != nil || !r.isPutOff {
			return err
		}
		r.isApart = true
	}
	giveBack, err := t.takeTurn(ctx, r)
	if err != nil {
		t.quota.Settle(r.grant, 0)
		return err
	}
	// The turn lasts until the request is done, even if the caller gives up.
	done := make(chan error, 1)
	go func() {
		defer giveBack()
		t.readAhead(ctx, r)
		done <- t.enqueue(context.WithoutCancel(ctx), r)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting to be recorded: %w", ctx.Err())
	}
}

// takeTurn waits for the turn of a request that is apart.
func (t *Tracker) takeTurn(ctx context.Context, r *request) (giveBack func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, groupTimeout)
	defer cancel()
	giveBack, err = t.turns.take(waiting, r.rater.ID)
	switch {
	case err == nil:
		return giveBack, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("waiting for a turn: %w", ctx.Err())
	case r.change == nil:
		return nil, ErrTooManyLate
	}
	return nil, ErrTooManyChanges
}

func (t *Tracker) enqueue(ctx context.Context, r *request) error {
	err := t.requests.Do(ctx, r)
	if errors.Is(err, coalesce.ErrClosed) {
		t.quota.Settle(r.grant, 0)
		return ErrUnavailable
	}
	if err != nil {
		return fmt.Errorf("waiting to be recorded: %w", err)
	}
	return r.err
}

// Run returns when ctx has ended and everything that was submitted by then is on disk.
// Later submissions get ErrUnavailable.
func (t *Tracker) Run(ctx context.Context) error {
	<-ctx.Done()
	t.requests.Close()
	return nil
}

// settleSome lets the store do what it put off while there were presses to record.
func (t *Tracker) settleSome() (more bool) {
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	more, err := t.store.Settle(ctx)
	if err != nil {
		t.log.Error("settling what is recorded failed", "error", err)
		return false // the next press tries again
	}
	return more
}

// weight is that of a request in its group; one that is apart fills a group.
func (r *request) weight() int {
	if r.isApart {
		return maxGroupPresses
	}
	return max(1, len(r.presses))
}

// recordGroup records a group, and stores in each request what became of it. When the database refuses the group's data, each request is
// tried alone, so that one with bad data does not touch the others.
func (t *Tracker) recordGroup(requests []*request) {
	err := t.record(requests)
	if err != nil && len(requests) > 1 && errors.Is(err, ErrRejected) {
		for _, r := range requests {
			t.recordGroup([]*request{r})
		}
		return
	}
	if errors.Is(err, ErrRejected) {
		err = ErrRefusedData
	}
	for _, r := range requests {
		r.err, r.isPutOff = err, r.isPutOff && err == nil
		t.settle(r)
	}
}

// errPreviewed makes the store roll back the transaction of a preview.
var errPreviewed = errors.New("previewed")

// record writes a group in one transaction. The callers' contexts do not reach it: a caller
// that gives up must not undo the others.
func (t *Tracker) record(requests []*request) error {
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	var err error
	for try := range maxTries {
		g := t.newGroup(requests)
		g.lock = try > 0
		err = t.store.InTx(ctx, func(tx Tx) error { return g.run(ctx, tx) })
		if errors.Is(err, errPreviewed) {
			return nil
		}
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
