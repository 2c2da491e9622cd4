package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata" // the zones must not depend on the machine

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// morning is second 0 of the tests: a Monday.
var morning = timeline.InstantOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

// at returns the instant this many seconds after morning.
func at(seconds int) timeline.Instant {
	return morning.Add(timeline.Micros(seconds) * timeline.Second)
}

// clock is the clock of the tracker.
type clock struct{ now atomic.Int64 }

func (c *clock) set(now timeline.Instant) { c.now.Store(int64(now)) }
func (c *clock) read() time.Time          { return timeline.Instant(c.now.Load()).Time() }

// fixture is a running tracker on an SQLite file. Its clock stands an hour after
// morning, so that presses of the first hour lie in the past.
type fixture struct {
	*tracker.Tracker
	store *store.Store
	kept  tracker.Store // what the tracker writes to; the same, except in fuzzers
	clock *clock
	hub   *live.Hub
	stop  func() // ends Run and waits for it; only the first call does anything
	users int64
}

// newFixture runs a tracker on a new file. wrap, unless nil, comes between them.
func newFixture(t *testing.T, wrap func(tracker.Store) tracker.Store) *fixture {
	t.Helper()
	f := &fixture{store: openStore(t, filepath.Join(t.TempDir(), "test.db")), clock: &clock{}}
	f.clock.set(at(3600))
	var s tracker.Store = f.store
	f.kept = f.store
	if wrap != nil {
		s = wrap(s)
	}
	f.hub = live.New(live.Options{Versions: f.store})
	f.Tracker, f.stop = run(t, s, f.clock, f.hub.Announce)
	return f
}

func openStore(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:///"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// run starts a tracker that runs until stop is called or the test ends.
func run(t testing.TB, s tracker.Store, c *clock, announce func(users []int64)) (_ *tracker.Tracker, stop func()) {
	t.Helper()
	tr := newTracker(s, c, announce)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- tr.Run(ctx)
		close(ended)
	}()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(stop)
	return tr, stop
}

func newTracker(s tracker.Store, c *clock, announce func(users []int64)) *tracker.Tracker {
	return tracker.New(tracker.Options{Store: s, Now: c.read, Log: slog.New(slog.DiscardHandler), Announce: announce})
}

// newRater creates a user with a target of 330 s.
func (f *fixture) newRater(t rapid.TB) tracker.Rater {
	t.Helper()
	f.users++
	u := account.User{
		ID: f.users, Email: fmt.Sprintf("rater%d@example.com", f.users), PasswordHash: "x",
		Active: true, Role: account.RoleUser, Timezone: "UTC",
	}
	if err := f.store.CreateUser(context.Background(), u); err != nil {
		t.Fatal(err)
	}
	return tracker.Rater{ID: u.ID, Email: u.Email, Zone: "UTC", Target: 330 * timeline.Second, WeekStart: time.Monday}
}

// record records presses that must all be accepted.
func (f *fixture) record(t *testing.T, rater tracker.Rater, presses ...tracker.Press) []tracker.Answer {
	t.Helper()
	outcomes, err := f.Record(t.Context(), rater, presses, 0)
	if err != nil {
		t.Fatal(err)
	}
	var answers []tracker.Answer
	for i, o := range outcomes {
		if o.Err != nil {
			t.Fatalf("press %d: %v", i+1, o.Err)
		}
		answers = append(answers, o.Answer)
	}
	return answers
}

func (f *fixture) logOf(t *testing.T, rater tracker.Rater, sessionID string) []tracker.StoredEvent {
	t.Helper()
	log, err := f.Log(t.Context(), rater, sessionID)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// requireSound fails the test if a stored projection is not what its log gives.
func (f *fixture) requireSound(t *testing.T) {
	t.Helper()
	v, err := f.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range append(v.Differences, v.Overlaps...) {
		t.Error(problem)
	}
}

func press(kind timeline.Type, seconds int) tracker.Press {
	return tracker.Press{Type: kind, At: at(seconds)}
}

func next(seconds int) tracker.Press  { return press(timeline.Next, seconds) }
func pause(seconds int) tracker.Press { return press(timeline.Pause, seconds) }
func undo(seconds int) tracker.Press  { return press(timeline.Undo, seconds) }
func exit(seconds int) tracker.Press  { return press(timeline.Exit, seconds) }

// id gives a press the UUID that belongs to a name.
func id(name string, p tracker.Press) tracker.Press {
	p.ID = idOf(name)
	return p
}

func idOf(name string) string { return uuid.NewSHA1(uuid.Nil, []byte(name)).String() }

// describe writes an outcome in words, times in seconds after morning.
func describe(o tracker.Outcome) string {
	for name, declared := range map[string]error{
		"no session": tracker.ErrNoSession, "id reused": tracker.ErrIDReused,
		"unavailable": tracker.ErrUnavailable,
	} {
		if errors.Is(o.Err, declared) {
			return name
		}
	}
	if o.Err != nil {
		return o.Err.Error()
	}
	a := o.Answer
	text := fmt.Sprintf("total %d", a.Answered.Index)
	if a.Answered.Closed {
		text += fmt.Sprintf(" raw %v active %v", a.Answered.Raw.Seconds(), a.Answered.Active.Seconds())
	}
	if a.Duplicate {
		text += ", duplicate"
	}
	return text + ", " + describeState(a.State)
}

func describeState(s timeline.State) string {
	seconds := func(i timeline.Instant) float64 { return timeline.Micros(i - morning).Seconds() }
	switch {
	case s.Deleted:
		return "deleted"
	case s.Phase == timeline.Ended:
		return fmt.Sprintf("ended at %v with %d", seconds(s.EndedAt), s.Closed)
	}
	text := fmt.Sprintf("question %d from %v", s.CurrentIndex(), seconds(s.Current.StartedAt))
	if s.Current.Paused > 0 {
		text += fmt.Sprintf(" paused %v", s.Current.Paused.Seconds())
	}
	if s.Phase == timeline.Paused {
		text += fmt.Sprintf(" on pause since %v", seconds(s.Current.PausedAt))
	}
	return text
}
