package tracker_test

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// What a person corrected of a question holds when the press that closed it is moved past the
// moment at which that was done.
func TestCorrectionsOfAQuestionHoldWhenItsPressIsMoved(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	session := f.record(t, rater, next(0), id("deleted", next(60)), id("adjusted", next(120)))[0].SessionID
	f.clock.set(at(130))
	if err := f.DeleteQuestion(t.Context(), rater, session, idOf("deleted")); err != nil {
		t.Fatal(err)
	}
	adjustment := timeline.Adjustment{Set: true, Active: timeline.Second}
	if err := f.AdjustQuestion(t.Context(), rater, session, idOf("adjusted"), adjustment); err != nil {
		t.Fatal(err)
	}
	f.clock.set(at(300))
	for i, press := range []string{"adjusted", "deleted"} { // each stays before the next one
		_, err := f.Correct(t.Context(), rater, tracker.Correction{SessionID: session, Event: timeline.Event{
			Type: timeline.MovePress, PressID: idOf(press), MovedTo: at(250 - 10*i),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := f.Summary(t.Context(), rater, session)
	if err != nil || len(got.Questions) != 1 || got.Questions[0].ID != idOf("adjusted") || got.Questions[0].Active != timeline.Second {
		t.Errorf("got %+v, %v, want only the adjusted question, of one second", got.Questions, err)
	}
	if _, err := f.RestoreQuestion(t.Context(), rater, session, idOf("deleted")); err != nil {
		t.Errorf("restoring the deleted one: %v", err)
	}
	f.requireSound(t)
}
