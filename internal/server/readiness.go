package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const (
	// readyWithin is how long a probe may take before the server counts as not ready. It is
	// shorter than answerWithin, so that the answer says what is wrong.
	readyWithin = 1500 * time.Millisecond
	// readyFor is how long a result is reused: everybody may ask, and each probe writes.
	readyFor = time.Second
	// giveUpAfter bounds a probe that nobody waits for any more: until it has ended there is no
	// other one, and the server stays not ready.
	giveUpAfter = 2 * time.Second
)

// The reasons why a server is not ready, as its callers read them.
var (
	errNoAnswer = fault.New(fault.Unavailable, "the database does not answer")
	errNoWrites = fault.New(fault.Unavailable, "the database does not accept writes")
	errTooSlow  = fault.New(fault.Unavailable, "the database takes too long to write")
)

// probe returns nil when the database answers a read, and a write that goes the way
// of every press is on disk.
func (s *Server) probe(ctx context.Context) error {
	if err := s.store.Ping(ctx); err != nil {
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if err := s.Tracker.Probe(ctx); err != nil {
		return fmt.Errorf("%w: %w", errNoWrites, err)
	}
	return nil
}

// readiness runs one probe at a time and shares its result among all who ask.
type readiness struct {
	probe func(context.Context) error
	now   func() time.Time
	log   *slog.Logger

	mu     sync.Mutex
	newest *probing // nil before the first
}

// probing is one probe, under way or done.
type probing struct {
	late time.Time     // from then on nobody waits for the probe
	done chan struct{} // closed when what follows is set
	err  error
	at   time.Time
}

// check returns nil when the server is ready, and otherwise a fault that says why not.
// The cause is in the log, once for each probe.
func (r *readiness) check(ctx context.Context) error { return r.since(ctx, time.Time{}) }

// since is check, except that it does not reuse the result of a probe that ended before an
// instant.
func (r *readiness) since(ctx context.Context, instant time.Time) error {
	p := r.current(ctx, instant)
	waiting, cancel := context.WithTimeout(ctx, p.late.Sub(r.now()))
	defer cancel()
	select {
	case <-p.done:
		return p.err
	case <-waiting.Done():
	}
	select { // both may have happened at once
	case <-p.done:
		return p.err
	default:
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("waiting for a probe: %w", err)
	}
	return errTooSlow
}

// current returns the probe that is under way or has just ended, at an instant or later, or
// else a new one.
func (r *readiness) current(ctx context.Context, since time.Time) *probing {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.newest != nil && !r.newest.isOver(r.now(), since) {
		return r.newest
	}
	p := &probing{late: r.now().Add(readyWithin), done: make(chan struct{})}
	r.newest = p
	go r.run(context.WithoutCancel(ctx), p)
	return p
}

// isOver reports whether the probe has ended and its result is too old to be reused.
func (p *probing) isOver(now, since time.Time) bool {
	select {
	case <-p.done:
		age := now.Sub(p.at)
		return age < 0 || age >= readyFor || p.at.Before(since) // a clock that was set back makes it too old as well
	default:
		return false
	}
}

func (r *readiness) run(ctx context.Context, p *probing) {
	ctx, cancel := context.WithTimeout(ctx, giveUpAfter)
	defer cancel()
	late := time.AfterFunc(readyWithin, func() {
		r.log.Warn("not ready", "error", errTooSlow, "waited", readyWithin)
	})
	if p.err = r.probe(ctx); ctx.Err() != nil {
		p.err = errTooSlow
	}
	late.Stop()
	if p.err != nil {
		r.log.Warn("not ready", "error", p.err)
	}
	p.at = r.now()
	close(p.done)
}
