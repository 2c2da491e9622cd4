package store

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// overtaken is the store of a replica. Once its first group has read what it needs, another
// replica does something, and only then the group goes on.
type overtaken struct {
	tracker.Store
	by func()
}

func (o *overtaken) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	return o.Store.InTx(ctx, func(tx tracker.Tx) error { return do(overtakenTx{tx, o}) })
}

type overtakenTx struct {
	tracker.Tx
	of *overtaken
}

func (t overtakenTx) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	loaded, err := t.Tx.Load(ctx, need)
	if by := t.of.by; by != nil {
		t.of.by = nil
		by()
	}
	return loaded, err
}

// A press in the active session touches nothing but that session. When another replica makes
// another session the newest meanwhile, one of the two is done again: otherwise both sessions
// would have the time of the press.
func TestPostgresNewestSessionIsReplacedMeanwhile(t *testing.T) {
	t.Parallel()
	const second = 1_000_000
	start := timeline.InstantOf(time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC))
	at := func(seconds int) timeline.Instant { return start.Add(timeline.Micros(seconds) * second) }
	press := func(kind timeline.Type, seconds int) tracker.Press {
		return tracker.Press{Type: kind, At: at(seconds)}
	}
	tracking := func(s tracker.Store) *tracker.Tracker {
		return tracker.New(tracker.Options{
			Store: s, Now: func() time.Time { return at(300).Time() }, Log: slog.New(slog.DiscardHandler),
		})
	}
	stores := openAtOnce(t, postgres.Database(t), 2)
	if t.Failed() {
		return
	}
	if err := stores[0].CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	rater := tracker.Rater{ID: ann.ID, Zone: "UTC", Target: 330 * second}
	other := tracking(stores[1])
	slow := &overtaken{Store: stores[0]}
	one := tracking(slow)

	record := func(by *tracker.Tracker, presses ...tracker.Press) []tracker.Outcome {
		t.Helper()
		outcomes, err := by.Record(t.Context(), rater, presses, 0)
		for _, o := range outcomes {
			if o.Err != nil {
				err = o.Err
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return outcomes
	}
	deleted := record(other, press(timeline.Next, 100), press(timeline.Exit, 200))[0].Answer.SessionID
	record(other, press(timeline.Next, 0), press(timeline.Next, 10))
	if err := other.DeleteSession(t.Context(), rater, deleted); err != nil {
		t.Fatal(err)
	}
	slow.by = func() {
		if restored, err := other.RestoreSession(t.Context(), rater, deleted); !restored || err != nil {
			t.Errorf("restoring: %t, %v", restored, err)
		}
	}
	if got := record(one, press(timeline.Next, 150))[0].Answer.SessionID; got != deleted {
		t.Errorf("the press went to session %s, want the restored one, %s", got, deleted)
	}
	v, err := one.Verify(t.Context())
	if err != nil || len(v.Differences) > 0 || len(v.Overlaps) > 0 {
		t.Errorf("verified: %+v, %v", v, err)
	}
}
