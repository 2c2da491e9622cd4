package tracker_test

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Deleted questions are listed with the number that they get back when they are restored.
// Nothing else is listed, and another user sees nothing.
func TestDeleted(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	indexes := func(want ...int) {
		t.Helper()
		deleted, err := c.DeletedQuestions(t.Context(), c.rater, c.sessionID)
		if err != nil || len(deleted) != len(want) {
			t.Fatalf("%d are deleted, %v; want %d", len(deleted), err, len(want))
		}
		for i, q := range deleted {
			if q.Index != want[i] {
				t.Errorf("deleted question %d had the number %d, want %d", i, q.Index, want[i])
			}
		}
	}
	asked := func(rater tracker.Rater, question string, want error) {
		t.Helper()
		if q, err := c.DeletedQuestion(t.Context(), rater, c.sessionID, question); !errors.Is(err, want) || err == nil && q.ID != question {
			t.Errorf("the deleted question is %q, %v; want %v", q.ID, err, want)
		}
	}
	other := c.newRater(t)
	indexes()
	asked(c.rater, c.questions[2], tracker.ErrUnknownQuestion)
	if err := c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[2]); err != nil {
		t.Fatal(err)
	}
	indexes(2)
	asked(c.rater, c.questions[2], nil)
	asked(c.rater, c.questions[1], tracker.ErrUnknownQuestion)
	asked(c.rater, c.questions[0], tracker.ErrUnknownQuestion) // the opening question
	asked(other, c.questions[2], tracker.ErrUnknownSession)

	session := func(rater tracker.Rater, want error) {
		t.Helper()
		if s, err := c.DeletedSession(t.Context(), rater, c.sessionID); !errors.Is(err, want) || err == nil && s.ID != c.sessionID {
			t.Errorf("the deleted session is %q, %v; want %v", s.ID, err, want)
		}
	}
	session(c.rater, tracker.ErrUnknownSession)
	c.delete(t)
	session(c.rater, nil)
	session(other, tracker.ErrUnknownSession)
	asked(c.rater, c.questions[2], tracker.ErrUnknownSession)
	c.requireRestored(t, true)
	session(c.rater, tracker.ErrUnknownSession)
	indexes(2)
}
