package tracker_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// inTx is a store's InTx.
type inTx func(ctx context.Context, do func(tracker.Tx) error) error

// faulty is a store whose transactions, numbered from 1, fail as the test says. Everything
// else works.
type faulty struct {
	tracker.Store
	calls atomic.Int64
	fail  func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error
}

func (f *faulty) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	return f.fail(f.calls.Add(1), f.Store.InTx, ctx, do)
}

func newFaulty(t *testing.T, fail func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error) (*fixture, *faulty) {
	t.Helper()
	broken := &faulty{fail: fail}
	f := newFixture(t, func(s tracker.Store) tracker.Store {
		broken.Store = s
		return broken
	})
	return f, broken
}

var errDisk = errors.New("the disk is full")

// A group that lost a race is tried again on fresh data; the loss is not reported.
func TestLostRacesAreDoneAgain(t *testing.T) {
	t.Parallel()
	f, broken := newFaulty(t, func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
		return next(ctx, func(tx tracker.Tx) error {
			if err := do(tx); err != nil || call > 3 {
				return err
			}
			return tracker.ErrLostRace // and so nothing is written
		})
	})
	rater := f.newRater(t)
	a := f.record(t, rater, next(0), id("a", next(60)))[1]
	if a.Duplicate || a.Answered.Index != 2 {
		t.Errorf("got %+v, want the second question", a)
	}
	if n := broken.calls.Load(); n != 4 {
		t.Errorf("%d transactions, want 4", n)
	}
	if events := len(f.logOf(t, rater, a.SessionID)); events != 2 {
		t.Errorf("%d events, want 2", events)
	}
}

func TestLosingEveryRaceEnds(t *testing.T) {
	t.Parallel()
	f, broken := newFaulty(t, func(int64, inTx, context.Context, func(tracker.Tx) error) error {
		return tracker.ErrLostRace
	})
	_, err := f.Record(t.Context(), f.newRater(t), []tracker.Press{next(0)}, 0)
	if !errors.Is(err, tracker.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if n := broken.calls.Load(); n < 2 || n > 1000 {
		t.Errorf("%d transactions, want many and an end", n)
	}
}

// Any other failure is reported at once, with its cause for the log.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	f, broken := newFaulty(t, func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
		if call == 1 {
			return errDisk
		}
		return next(ctx, do)
	})
	rater := f.newRater(t)
	_, err := f.Record(t.Context(), rater, []tracker.Press{next(0)}, 0)
	if !errors.Is(err, tracker.ErrUnavailable) || !errors.Is(err, errDisk) {
		t.Errorf("got %v, want ErrUnavailable because of a full disk", err)
	}
	if n := broken.calls.Load(); n != 1 {
		t.Errorf("%d transactions, want 1", n)
	}
	f.record(t, rater, next(0)) // the recorder goes on
}

// A commit may succeed although its answer is lost. Whether the recorder or the client
// tries again, the press is recorded once.
func TestCommitWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lost error // what InTx returns for the commit that succeeded
		// clientRetries is whether the failure reaches the client, which tries again.
		clientRetries bool
	}{
		{"the client tries again", errDisk, true},
		{"the group is done again", tracker.ErrLostRace, false},
	} {
		for _, kind := range []string{"with an id", "without an id"} {
			if c.clientRetries && kind == "without an id" {
				continue // nothing tells such a retry from a second press
			}
			t.Run(c.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				f, _ := newFaulty(t, func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
					if err := next(ctx, do); err != nil || call != 2 {
						return err
					}
					return c.lost
				})
				rater := f.newRater(t)
				f.record(t, rater, next(0))
				p := next(60)
				if kind == "with an id" {
					p = id("a", p)
				}
				if c.clientRetries {
					if _, err := f.Record(t.Context(), rater, []tracker.Press{p}, 0); !errors.Is(err, c.lost) {
						t.Fatalf("the first try: got %v, want %v", err, c.lost)
					}
				}
				a := f.record(t, rater, p)[0]
				if !a.Duplicate || a.Answered.Index != 2 || a.Answered.Raw.Seconds() != 60 {
					t.Errorf("got %+v, want a duplicate with 60 s", a)
				}
				if events := len(f.logOf(t, rater, a.SessionID)); events != 2 {
					t.Errorf("%d events, want 2", events)
				}
			})
		}
	}
}

// poisoned is a transaction that refuses to write a task ID that contains poison.
type poisoned struct{ tracker.Tx }

const poison = "poison"

func (p poisoned) Write(ctx context.Context, c tracker.Changes) error {
	if slices.ContainsFunc(c.Events, func(e tracker.StoredEvent) bool { return strings.Contains(e.Task.ID, poison) }) {
		return tracker.ErrRejected
	}
	return p.Tx.Write(ctx, c)
}

// An error of one request never touches another's.
func TestRejectedRequestAmongOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		f, broken := newFaulty(t, func(call int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
			if call == 3 {
				<-gate
			}
			return next(ctx, func(tx tracker.Tx) error { return do(poisoned{tx}) })
		})
		good, other := f.newRater(t), f.newRater(t)
		f.record(t, good, next(0))
		f.record(t, other, next(0))
		results := []<-chan error{f.recordAsync(t.Context(), good, next(1))}
		synctest.Wait() // it is being written, and the others queue up
		bad := next(60)
		bad.Task.ID = poison
		badResult := f.recordAsync(t.Context(), other, bad)
		for i := range 8 {
			results = append(results, f.recordAsync(t.Context(), []tracker.Rater{good, other}[i%2], next(61+i)))
		}
		synctest.Wait()
		close(gate)
		for i, result := range results {
			if err := <-result; err != nil {
				t.Errorf("good request %d: %v", i+1, err)
			}
		}
		if err := <-badResult; !errors.Is(err, tracker.ErrRefusedData) {
			t.Errorf("the bad request: got %v, want ErrRefusedData", err)
		}
		if n := broken.calls.Load(); n != 3+1+9 {
			t.Errorf("%d transactions, want 3 alone, the group, and its 9 alone", n)
		}
		for rater, want := range map[*tracker.Rater]int64{&good: 6, &other: 5} {
			recent, err := f.Recent(t.Context(), *rater, 10)
			if err != nil || len(recent) != 1 || recent[0].Version != want {
				t.Errorf("rater %d: got %+v, %v; want one session with %d events", rater.ID, recent, err, want)
			}
		}
		f.requireSound(t)
	})
}
