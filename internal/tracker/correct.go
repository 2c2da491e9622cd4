package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// correction is an entry that a person adds to a session's log afterwards.
type correction struct {
	sessionID string
	event     timeline.Event // ID, Seq and At are given when it is recorded
}

// DeleteSession takes a session out of everything that a person reads; its log
// stays. It returns ErrUnknownSession.
func (t *Tracker) DeleteSession(ctx context.Context, rater Rater, sessionID string) error {
	return t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.DeleteSession})
}

// DeleteQuestion takes one question out of its session. It returns
// ErrUnknownSession or ErrUnknownQuestion.
func (t *Tracker) DeleteQuestion(ctx context.Context, rater Rater, sessionID, questionID string) error {
	return t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.DeleteQuestion, QuestionID: questionID})
}

// SetTarget changes a session's target per question, for all its questions that
// have no AET of their own. It returns ErrUnknownSession.
func (t *Tracker) SetTarget(ctx context.Context, rater Rater, sessionID string, target timeline.Micros) error {
	return t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.SetTarget, Target: target})
}

func (t *Tracker) correct(ctx context.Context, rater Rater, sessionID string, e timeline.Event) error {
	r := &request{
		rater: rater, received: timeline.InstantOf(t.now()),
		entries: []entry{{correction: &correction{sessionID: sessionID, event: e}}},
	}
	if err := t.submit(ctx, r); err != nil {
		return err
	}
	return r.outcomes[0].Err
}

// requireQuestion returns ErrUnknownQuestion unless the session shows it.
func (w *work) requireQuestion(ctx context.Context, tx Tx, id string) error {
	if err := w.history(ctx, tx); err != nil {
		return err
	}
	if _, ok := w.whole.Find(id); !ok {
		return ErrUnknownQuestion
	}
	return nil
}

// isRefusal reports whether err concerns one entry and leaves the rest alone.
func isRefusal(err error) bool { return fault.Is(err) }
