package tracker_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// newLimited returns a fixture whose users may each add so many events on a day.
func newLimited(t *testing.T, perDay int) *fixture {
	t.Helper()
	f := newFixture(t, nil)
	quota := limit.NewQuota("entries", perDay, limit.NewMemory(f.clock.read), f.clock.read)
	f.Tracker = tracker.New(tracker.Options{Store: f.store, Now: f.clock.read, Log: slog.New(slog.DiscardHandler), Quota: quota})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return f
}

func isThrottled(err error) bool {
	throttled, ok := errors.AsType[*fault.Throttled](err)
	return ok && throttled.Text != ""
}

// Everything that adds events counts for the day; what adds none costs nothing. What is refused
// is recorded when it is sent again the next day.
func TestEventsOfADay(t *testing.T) {
	t.Parallel()
	f := newLimited(t, 10)
	rater := f.newRater(t)
	first := id("first", next(0))
	answers := f.record(t, rater, first, id("second", next(60)), id("third", next(120)))
	for range 5 { // repeats
		f.record(t, rater, first)
	}
	for range 12 { // refused presses
		outcomes, err := f.Record(t.Context(), rater, []tracker.Press{press(timeline.Pause, -50)}, 0)
		if err != nil || !errors.Is(outcomes[0].Err, tracker.ErrNoSession) {
			t.Fatalf("a PAUSE in no session: %v, %v", outcomes, err)
		}
	}
	session := answers[0].SessionID
	for range 12 { // a change to what it is already, and previews
		if err := f.SetTarget(t.Context(), rater, session, rater.Target); err != nil {
			t.Fatal(err)
		}
		c := tracker.Correction{SessionID: session, Event: timeline.Event{Type: timeline.SetTarget, Target: timeline.Minute}}
		if _, err := f.Preview(t.Context(), rater, c); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		if err := f.SetTarget(t.Context(), rater, session, timeline.Micros(i+1)*timeline.Minute); err != nil {
			t.Fatal(err)
		}
	}
	// 4 are left. A session of 5 events does not fit, one of 3 does.
	work := tracker.Work{StartedAt: at(-1000), EndedAt: at(-900), Questions: 4}
	if _, err := f.EnterSession(t.Context(), rater, work); !isThrottled(err) {
		t.Errorf("5 events into 4: %v", err)
	}
	work.Questions = 2
	if _, err := f.EnterSession(t.Context(), rater, work); err != nil {
		t.Errorf("3 events into 4: %v", err)
	}
	batch := []tracker.Press{first, id("last", next(180)), id("beyond", next(240))}
	outcomes, err := f.Record(t.Context(), rater, batch, 0)
	if err != nil || outcomes[0].Err != nil || !outcomes[0].Answer.Duplicate || outcomes[1].Err != nil || !isThrottled(outcomes[2].Err) {
		t.Fatalf("a repeat, one that fits and one that does not: %+v, %v", outcomes, err)
	}
	if err := f.SetTarget(t.Context(), rater, session, 9*timeline.Minute); !isThrottled(err) {
		t.Errorf("a change beyond: %v", err)
	}
	if _, err := f.Record(t.Context(), rater, batch[2:], 0); !isThrottled(err) {
		t.Errorf("a press beyond: %v", err)
	}
	if _, err := f.Record(t.Context(), f.newRater(t), []tracker.Press{next(0)}, 0); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	f.clock.set(at(24 * 3600))
	if a := f.record(t, rater, batch...); a[0].Duplicate != true || a[1].Duplicate != true || a[2].Duplicate || a[2].State.Closed != 5 {
		t.Errorf("the next day: %+v", a)
	}
	f.requireSound(t)
}

// A failure of the database costs nothing of the day.
func TestFailuresCostNothing(t *testing.T) {
	t.Parallel()
	f := newLimited(t, 5)
	rater := f.newRater(t)
	_ = f.store.Close()
	for range 20 {
		if _, err := f.Record(t.Context(), rater, []tracker.Press{next(0), next(10)}, 0); !errors.Is(err, tracker.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
	}
}
