package tracker_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// However many changes a user asks for at once, the press of another user waits for one of
// them only.
func TestChangesOfOneUserTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		ann, bob := f.newRater(t), f.newRater(t)
		go func() { g.open <- struct{}{} }()
		session := f.record(t, ann, next(0), next(10))[1].SessionID

		const asked = 5
		changed := make(chan error, asked)
		for i := range asked {
			go func() {
				target := timeline.Event{Type: timeline.SetTarget, Target: timeline.Micros(i+1) * timeline.Minute}
				_, err := f.Preview(t.Context(), ann, tracker.Correction{SessionID: session, Event: target})
				changed <- err
			}()
		}
		synctest.Wait() // one is in its transaction
		pressed := f.recordAsync(t.Context(), bob, next(0))
		synctest.Wait()
		for range 2 { // that transaction, and the one of the press
			g.open <- struct{}{}
			synctest.Wait()
		}
		select {
		case err := <-pressed:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("the press still waits")
		}
		close(g.open)
		for range asked {
			if err := <-changed; err != nil {
				t.Error(err)
			}
		}
	})
}

// A change that waits too long for its turn is refused, and can be sent again.
func TestChangeThatWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		ann := f.newRater(t)
		go func() { g.open <- struct{}{} }()
		session := f.record(t, ann, next(0), next(10))[1].SessionID
		first := make(chan error, 1)
		go func() { first <- f.SetTarget(t.Context(), ann, session, timeline.Minute) }()
		synctest.Wait()
		if err := f.SetTarget(t.Context(), ann, session, 2*timeline.Minute); !errors.Is(err, tracker.ErrTooManyChanges) {
			t.Errorf("got %v, want ErrTooManyChanges", err)
		}
		close(g.open)
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}
