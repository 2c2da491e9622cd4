package tracker_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A probe writes, and leaves nothing that people see.
func TestProbe(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	f.record(t, rater, next(0))
	for range 2 {
		if err := f.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.requireSound(t)
	if v, err := f.Verify(t.Context()); err != nil || v.Sessions != 1 || v.Events != 1 {
		t.Errorf("%+v, %v: want one session with one event", v, err)
	}
}

// A failure that keeps presses from being recorded fails the probe too, but only while it
// lasts.
func TestProbeOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	wrote := false
	f, _ := newFaulty(t, func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
		if call > 1 {
			return next(ctx, do)
		}
		return next(ctx, func(tx tracker.Tx) error {
			return do(watchedTx{tx, func(c tracker.Changes) error {
				wrote = !c.Empty()
				return errDisk
			}})
		})
	})
	if err := f.Probe(t.Context()); !errors.Is(err, tracker.ErrUnavailable) || !errors.Is(err, errDisk) || !wrote {
		t.Errorf("error %v, written: %t", err, wrote)
	}
	if err := f.Probe(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// watchedTx hands what is written to the test.
type watchedTx struct {
	tracker.Tx
	write func(tracker.Changes) error
}

func (w watchedTx) Write(_ context.Context, c tracker.Changes) error { return w.write(c) }

// A probe behind a group that does not end waits until its own context ends.
func TestProbeOfAStuckRecorder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		letGo := make(chan struct{})
		s := stuckStore{letGo: letGo}
		tr := newTracker(s, &clock{}, nil)
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = tr.Run(ctx) }()
		asking, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := tr.Probe(asking); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		close(letGo)
		stop()
	})
}

// stuckStore's transactions do not end before the test says so.
type stuckStore struct {
	tracker.Store
	letGo <-chan struct{}
}

func (s stuckStore) Settle(context.Context) (bool, error) { return false, nil }

func (s stuckStore) InTx(context.Context, func(tracker.Tx) error) error {
	<-s.letGo
	return nil
}
