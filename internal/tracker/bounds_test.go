package tracker_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// grown is a transaction in which every active session has a log of 60,000 events.
type grown struct{ tracker.Tx }

const grownLog = 60_000

func (g grown) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	loaded, err := g.Tx.Load(ctx, need)
	for i := range loaded.Newest {
		loaded.Newest[i].Version = max(loaded.Newest[i].Version, grownLog)
	}
	return loaded, err
}

// A session that a version before this one made longer than sessions become now can be
// ended, deleted and restored. Its past cannot be changed, and nothing reads its log for that.
func TestSessionTooLong(t *testing.T) {
	t.Parallel()
	var read atomic.Int64
	f, _ := newFaulty(t, func(_ int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
		return next(ctx, func(tx tracker.Tx) error { return do(grown{countedLogs{tx, &read}}) })
	})
	rater := f.newRater(t)
	f.SetMaxEntries(2 * grownLog) // as it was before
	session := f.record(t, rater, next(0), next(60))[1].SessionID
	f.SetMaxEntries(maxEntries)

	for name, press := range map[string]tracker.Press{
		"UNDO":       {Type: timeline.Undo, At: at(70)},
		"late NEXT":  {Type: timeline.Next, At: at(30)},
		"late PAUSE": {Type: timeline.Pause, At: at(30)},
	} {
		outcomes, err := f.Record(t.Context(), rater, []tracker.Press{press}, 0)
		if err != nil || !errors.Is(outcomes[0].Err, tracker.ErrSessionTooLong) && !errors.Is(outcomes[0].Err, tracker.ErrSessionFull) {
			t.Errorf("%s: got %v, %v, want that the session is full", name, outcomes, err)
		}
	}
	correction := f.AdjustQuestion(t.Context(), rater, session, idOf("any"), timeline.Adjustment{Set: true})
	if !errors.Is(correction, tracker.ErrSessionTooLong) {
		t.Errorf("adjusting a question: got %v, want ErrSessionTooLong", correction)
	}
	deletion := tracker.Correction{SessionID: session, Event: timeline.Event{Type: timeline.DeleteSession}}
	if _, err := f.Preview(t.Context(), rater, deletion); !errors.Is(err, tracker.ErrSessionTooLong) {
		t.Errorf("previewing its deletion: got %v, want ErrSessionTooLong", err)
	}
	if n := read.Load(); n > 0 {
		t.Errorf("%d logs were read", n)
	}
	if err := f.DeleteSession(t.Context(), rater, session); err != nil {
		t.Errorf("deleting it: %v", err)
	}
	if _, err := f.RestoreSession(t.Context(), rater, session); err != nil {
		t.Errorf("restoring it: %v", err)
	}
	if a := f.record(t, rater, next(3600))[0]; a.SessionID == session || a.Answered.Raw != 3540*timeline.Second {
		t.Errorf("a NEXT in order: %+v", a)
	}
}

// Each late press refolds the log, and one request may cause only so many refolds. The late
// presses beyond that are refused, and are recorded when the client sends them again.
func TestTooManyLatePresses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	f.record(t, rater, next(0), next(3000))
	inOrder := make([]tracker.Press, 800)
	for i := range inOrder {
		inOrder[i] = tracker.Press{Type: timeline.Next, At: at(3000).Add(timeline.Micros(i))}
	}
	f.record(t, rater, inOrder...)

	late := make([]tracker.Press, 700)
	for i := range late {
		late[i] = tracker.Press{Type: timeline.Next, At: at(1 + i)}
	}
	recorded := 2 + len(inOrder)
	for tries := 0; len(late) > 0; tries++ {
		if tries == 10 {
			t.Fatalf("%d presses left after %d tries", len(late), tries)
		}
		outcomes, err := f.Record(t.Context(), rater, late, 0)
		if err != nil {
			t.Fatal(err)
		}
		var left []tracker.Press
		for i, o := range outcomes {
			switch {
			case o.Err == nil:
				recorded++
			case errors.Is(o.Err, tracker.ErrTooManyLate):
				left = append(left, late[i])
			default:
				t.Fatal(o.Err)
			}
		}
		if tries == 0 && (len(left) == 0 || len(left) == len(late)) {
			t.Errorf("%d of %d were left over at once, want some", len(left), len(late))
		}
		late = left
	}
	recent, err := f.Recent(t.Context(), rater, 1)
	if err != nil || recent[0].State.Closed != recorded {
		t.Errorf("%d questions, want %d: %v", recent[0].State.Closed, recorded, err)
	}
	f.requireSound(t)
}

// countedLogs is a transaction that counts the logs that are read.
type countedLogs struct {
	tracker.Tx
	read *atomic.Int64
}

func (c countedLogs) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	c.read.Add(1)
	return c.Tx.Log(ctx, key)
}

// longSessions is a transaction in which every session before the newest has a log of 8,000
// events.
type longSessions struct{ tracker.Tx }

func (l longSessions) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	sessions, err := l.Tx.SessionsBefore(ctx, userID, before, limit)
	for i := range sessions {
		sessions[i].Version = 8_000
	}
	return sessions, err
}

// Presses of one request into many old sessions read no more logs than the recorder has time
// for: the others are refused before, and recorded when the client sends them again.
func TestPressesIntoManyOldSessions(t *testing.T) {
	t.Parallel()
	var read atomic.Int64
	f, _ := newFaulty(t, func(_ int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
		return next(ctx, func(tx tracker.Tx) error { return do(longSessions{countedLogs{tx, &read}}) })
	})
	for name, late := range map[string]func(start int) tracker.Press{
		"late NEXT":           func(start int) tracker.Press { return next(start + 5) },
		"UNDO in an open one": func(start int) tracker.Press { return undo(start + 20) },
		"NEXT at its end":     nil,
	} {
		rater := f.newRater(t)
		const sessions = 30
		var presses []tracker.Press
		for i := sessions; i >= 0; i-- { // each is started before the others, and so stays open
			f.record(t, rater, next(100*i), next(100*i+10))
			switch {
			case i == sessions: // the newest
			case late != nil:
				presses = append(presses, late(100*i))
			default:
				presses = append(presses, next(100*i+20))
			}
		}
		read.Store(0)
		outcomes, err := f.Record(t.Context(), rater, presses, 0)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, o := range outcomes {
			if errors.Is(o.Err, tracker.ErrTooManyLate) {
				refused++
			} else if o.Err != nil {
				t.Fatal(o.Err)
			}
		}
		if n := read.Load(); n > 12 {
			t.Errorf("%s: %d logs were read, want at most 12", name, n)
		}
		if late == nil && refused > 0 {
			t.Errorf("%s: %d of %d were refused, though they need no log", name, refused, sessions)
		} else if late != nil && (refused == 0 || refused == sessions) {
			t.Errorf("%s: %d of %d were refused, want some", name, refused, sessions)
		}
	}
}
