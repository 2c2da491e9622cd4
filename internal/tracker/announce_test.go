package tracker_test

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

func watch(t *testing.T, f *fixture, userID int64) *live.Watch {
	t.Helper()
	w, err := f.hub.Watch(userID)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// isWoken reports whether a watch was woken. A press wakes it before the press is answered.
func isWoken(w *live.Watch) bool {
	select {
	case <-w.Changed():
		return true
	default:
		return false
	}
}

// A change of a user's log wakes each of the user's watches once, and nobody else's. A
// request that changes nothing wakes nobody.
func TestWatch(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ann, ben := f.newRater(t), f.newRater(t)
	one, two, other := watch(t, f, ann.ID), watch(t, f, ann.ID), watch(t, f, ben.ID)
	expect := func(what string, woken bool) {
		t.Helper()
		for range 2 { // the second time there is nothing left
			if isWoken(one) != woken || isWoken(two) != woken {
				t.Errorf("%s: want woken %t", what, woken)
			}
			woken = false
		}
		if isWoken(other) {
			t.Errorf("%s woke another user", what)
		}
	}
	expect("nothing", false)
	next := tracker.Press{ID: "00000000-0000-4000-8000-000000000001", Type: timeline.Next, At: at(0)}
	session := f.record(t, ann, next)[0].SessionID
	expect("a press", true)
	f.record(t, ann, tracker.Press{Type: timeline.Next, At: at(60)}, tracker.Press{Type: timeline.Next, At: at(90)})
	f.record(t, ann, tracker.Press{Type: timeline.Pause, At: at(95)})
	expect("some presses", true)
	f.record(t, ann, next)
	expect("a repeat", false)
	if _, err := f.Record(t.Context(), ann, []tracker.Press{{Type: timeline.Pause, At: at(-10)}}, 0); err != nil {
		t.Fatal(err)
	}
	expect("a refused press", false)
	if err := f.SetTarget(t.Context(), ann, session, timeline.Minute); err != nil {
		t.Fatal(err)
	}
	expect("a correction", true)
	one.Close()
	two.Close()
	f.record(t, ann, tracker.Press{Type: timeline.Next, At: at(120)})
	if isWoken(one) || isWoken(two) {
		t.Error("a closed watch was woken")
	}
}

// A revision changes with every press and correction, and with nothing else.
func TestRevision(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ann, ben := f.newRater(t), f.newRater(t)
	last := ""
	expect := func(what string, changed bool) {
		t.Helper()
		revision, err := f.hub.Revision(t.Context(), ann.ID)
		if err != nil || (revision != last) != changed {
			t.Errorf("%s: revision %q after %q, %v", what, revision, last, err)
		}
		last = revision
	}
	expect("nothing", true)
	session := f.record(t, ann, tracker.Press{Type: timeline.Next, At: at(0)})[0].SessionID
	expect("a press", true)
	f.record(t, ben, tracker.Press{Type: timeline.Next, At: at(0)})
	expect("another's press", false)
	f.record(t, ann, tracker.Press{Type: timeline.Pause, At: at(5)})
	expect("a pause", true)
	f.record(t, ann, tracker.Press{Type: timeline.Exit, At: at(9)})
	expect("the end", true)
	if err := f.DeleteSession(t.Context(), ann, session); err != nil {
		t.Fatal(err)
	}
	expect("a deletion", true)
	f.record(t, ann, next(100), exit(101))
	expect("another session", true)
	f.record(t, ann, tracker.Press{Type: timeline.Next, At: at(50)})
	expect("a session in the past", true)
	f.record(t, ann, tracker.Press{Type: timeline.Next, At: at(60)})
	expect("a press in it", true)
}
