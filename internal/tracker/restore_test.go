package tracker_test

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

func (c corrected) delete(t *testing.T) {
	t.Helper()
	if err := c.DeleteSession(t.Context(), c.rater, c.sessionID); err != nil {
		t.Fatal(err)
	}
}

// requireRestored restores the session, and fails the test unless RestoreSession reports
// want.
func (c corrected) requireRestored(t *testing.T, want bool) {
	t.Helper()
	if got, err := c.RestoreSession(t.Context(), c.rater, c.sessionID); err != nil || got != want {
		t.Errorf("restored %t, %v; want %t", got, err, want)
	}
}

func (c corrected) requireEntries(t *testing.T, want int) {
	t.Helper()
	if events := len(c.logOf(t, c.rater, c.sessionID)); events != want {
		t.Errorf("%d events are recorded, want %d", events, want)
	}
}

func TestRestoreQuestion(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	restore := func(question string, want bool) {
		t.Helper()
		if got, err := c.RestoreQuestion(t.Context(), c.rater, c.sessionID, question); err != nil || got != want {
			t.Errorf("restored %t, %v; want %t", got, err, want)
		}
	}
	restore(c.questions[2], false)
	c.requireEntries(t, 4)
	for range 2 { // it can be deleted again
		if err := c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[2]); err != nil {
			t.Fatal(err)
		}
		c.requireActive(t, 60, 10)
		restore(c.questions[2], true)
		c.requireActive(t, 60, 30, 10)
	}
	restore(c.questions[2], false)
	c.requireEntries(t, 8)
}

// A deleted question cannot be restored once an UNDO has reopened an earlier one: its time
// is a pause of that question.
func TestRestoreQuestionBehindAnUndo(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	if err := c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[3]); err != nil {
		t.Fatal(err)
	}
	c.record(t, c.rater, undo(3700))
	if _, err := c.RestoreQuestion(t.Context(), c.rater, c.sessionID, c.questions[3]); !errors.Is(err, tracker.ErrUnknownQuestion) {
		t.Errorf("got %v, want ErrUnknownQuestion", err)
	}
	c.requireActive(t, 60)
}

// A session that ran when it was deleted runs on, and takes the next press.
func TestRestoreSessionThatRan(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.requireRestored(t, false)
	c.delete(t)
	c.requireRestored(t, true)
	c.requireRestored(t, false)
	c.requireActive(t, 60, 30, 10)
	c.requireEntries(t, 6)
	if a := c.record(t, c.rater, next(3700))[0]; a.SessionID != c.sessionID || a.Answered.Index != 5 {
		t.Errorf("the next press got %+v, want the restored session", a)
	}
	c.requireActive(t, 60, 30, 10, 3600)
}

// A session that had ended is restored while another one runs.
func TestRestoreSessionThatEnded(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.record(t, c.rater, exit(120))
	c.delete(t)
	running := c.record(t, c.rater, next(200))[0]
	c.requireRestored(t, true)
	c.requireActive(t, 60, 30, 10, 20)
	if a := c.record(t, c.rater, next(3700))[0]; a.SessionID != running.SessionID {
		t.Errorf("the next press went to session %s, want %s", a.SessionID, running.SessionID)
	}
}

// Sessions never overlap: the restoration of one in whose time another one lies or runs is
// refused, names the other one, and changes nothing.
func TestRestoreSessionThatWouldOverlap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		end     int // of the deleted session, which began at 0
		presses []tracker.Press
		want    string // the other session, in seconds
	}{
		{"one inside", 500, []tracker.Press{next(200), exit(300)}, "200 to 300"},
		{"one that runs since", 500, []tracker.Press{next(200)}, "200 to now"},
		{"one that runs since before and was pressed inside", 500, []tracker.Press{next(-50), next(40)}, "-50 to now"},
		{"one at its end", 500, []tracker.Press{next(499), exit(700)}, "499 to 700"},
		{"one of no length inside", 500, []tracker.Press{next(200), exit(200)}, "200 to 200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			deleted := newCorrected(t)
			deleted.record(t, deleted.rater, exit(c.end))
			deleted.delete(t)
			deleted.record(t, deleted.rater, c.presses...)
			for range 2 {
				restored, err := deleted.RestoreSession(t.Context(), deleted.rater, deleted.sessionID)
				overlap, ok := errors.AsType[*tracker.Overlap](err)
				if restored || !ok || !errors.Is(err, tracker.ErrOverlap) || !fault.Is(err) {
					t.Fatalf("got %t, %v; want an Overlap", restored, err)
				}
				if got := describeSpan(overlap.With); got != c.want {
					t.Errorf("it overlaps %s, want %s", got, c.want)
				}
			}
			if _, err := deleted.Summary(t.Context(), deleted.rater, deleted.sessionID); !errors.Is(err, tracker.ErrUnknownSession) {
				t.Errorf("its summary: got %v, want ErrUnknownSession", err)
			}
			deleted.requireSound(t)
		})
	}
}

func describeSpan(s report.SessionInfo) string {
	from := timeline.Micros(s.StartedAt - morning).Seconds()
	if s.EndedAt == 0 {
		return fmt.Sprintf("%v to now", from)
	}
	return fmt.Sprintf("%v to %v", from, timeline.Micros(s.EndedAt-morning).Seconds())
}

// A session that ran when it was deleted is restored before one that runs now, and counts as
// ended at its newest press. When that other one is deleted, it runs on.
func TestRestoreSessionBeforeAnActiveOne(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.delete(t)
	running := c.record(t, c.rater, next(190))[0].SessionID
	c.requireRestored(t, true)
	c.requireActive(t, 60, 30, 10)
	ends := func(want timeline.Instant) {
		t.Helper()
		s, err := c.Summary(t.Context(), c.rater, c.sessionID)
		if err != nil || s.EndedAt != want || s.IsActive != (want == 0) {
			t.Errorf("ended at %d, active %t, %v; want %d", s.EndedAt, s.IsActive, err, want)
		}
	}
	ends(at(100))
	if err := c.DeleteSession(t.Context(), c.rater, running); err != nil {
		t.Fatal(err)
	}
	ends(0)
	if a := c.record(t, c.rater, next(3700))[0]; a.SessionID != c.sessionID {
		t.Errorf("the next press went to session %s, want the one that runs again", a.SessionID)
	}
}

// A NEXT, an EXIT and a restoration of one user at once, from two processes, have the
// result of some order of the three, and at most one session is active.
func TestRestoreSessionRaces(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	other, _ := run(t, c.store, c.clock, nil)
	for range 30 {
		c.rater = c.newRater(t)
		c.sessionID = c.record(t, c.rater, next(0))[0].SessionID
		c.delete(t)
		c.record(t, c.rater, next(200))
		var group errgroup.Group
		group.Go(func() error {
			_, err := c.Record(t.Context(), c.rater, []tracker.Press{exit(300), {Type: timeline.Next}}, 0)
			return err
		})
		group.Go(func() error {
			_, err := other.RestoreSession(t.Context(), c.rater, c.sessionID)
			return err
		})
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		recent, err := c.Recent(t.Context(), c.rater, 10)
		if err != nil {
			t.Fatal(err)
		}
		active := 0
		for _, s := range recent {
			if s.State.Active() {
				active++
			}
		}
		if active != 1 {
			t.Errorf("%d sessions are active, want 1", active)
		}
	}
	c.requireSound(t)
}
