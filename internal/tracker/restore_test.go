package tracker_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"golang.org/x/sync/errgroup"

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

// Two sessions of one user never run at once: the restoration is refused as long as
// another one runs, and nothing changes.
func TestRestoreSessionBesideAnActiveOne(t *testing.T) {
	t.Parallel()
	for name, press := range map[string]tracker.Press{"running": next(200), "paused": pause(210)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCorrected(t)
			c.delete(t)
			c.record(t, c.rater, next(190), press)
			for range 2 {
				restored, err := c.RestoreSession(t.Context(), c.rater, c.sessionID)
				if restored || !errors.Is(err, tracker.ErrOtherActive) {
					t.Errorf("got %t, %v; want ErrOtherActive", restored, err)
				}
			}
			if _, err := c.Summary(t.Context(), c.rater, c.sessionID); !errors.Is(err, tracker.ErrUnknownSession) {
				t.Errorf("its summary: got %v, want ErrUnknownSession", err)
			}
			c.record(t, c.rater, exit(300))
			c.requireRestored(t, true)
			c.requireEntries(t, 6)
			c.requireActive(t, 60, 30, 10)
		})
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
			if _, err := other.RestoreSession(t.Context(), c.rater, c.sessionID); !errors.Is(err, tracker.ErrOtherActive) {
				return err
			}
			return nil
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

// One group may end a session and restore an older one, which is written after it: the
// schema never allows two active sessions, not even for a moment.
func TestRestoreSessionInTheGroupThatMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		go func() {
			for range 3 { // each of these is a group of its own
				g.open <- struct{}{}
			}
		}()
		rater := f.newRater(t)
		deleted := f.record(t, rater, next(0))[0].SessionID
		if err := f.DeleteSession(t.Context(), rater, deleted); err != nil {
			t.Fatal(err)
		}
		f.record(t, rater, next(60))

		blocker := f.recordAsync(t.Context(), f.newRater(t), next(0))
		synctest.Wait() // it is being written, and the others queue up
		refused := f.restoreAsync(t.Context(), rater, deleted)
		synctest.Wait()
		end := f.recordAsync(t.Context(), rater, exit(120))
		synctest.Wait()
		restored := f.restoreAsync(t.Context(), rater, deleted)
		synctest.Wait()
		goesOn := f.recordAsync(t.Context(), rater, next(3700))
		synctest.Wait()
		close(g.open)
		if err := <-refused; !errors.Is(err, tracker.ErrOtherActive) {
			t.Errorf("before the other session ended: got %v, want ErrOtherActive", err)
		}
		for _, result := range []<-chan error{blocker, end, restored, goesOn} {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
		if n := g.entered.Load(); n != 5 {
			t.Errorf("%d transactions, want 5: the requests that queued are one group", n)
		}
		if log := f.logOf(t, rater, deleted); len(log) != 4 {
			t.Errorf("the restored session has %d events, want NEXT, its deletion and restoration, and the last NEXT", len(log))
		}
		f.requireSound(t)
	})
}

// restoreAsync restores a session and sends what became of it.
func (f *fixture) restoreAsync(ctx context.Context, rater tracker.Rater, sessionID string) <-chan error {
	result := make(chan error, 1)
	go func() {
		_, err := f.RestoreSession(ctx, rater, sessionID)
		result <- err
	}()
	return result
}
