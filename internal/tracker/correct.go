package tracker

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// correction is an event that changes what other events of a session mean.
type correction struct {
	sessionID string
	event     timeline.Event // ID, Seq and At are given when it is recorded
}

// DeleteSession hides a session from everything that people see; its log stays. It returns
// ErrUnknownSession.
func (t *Tracker) DeleteSession(ctx context.Context, rater Rater, sessionID string) error {
	_, err := t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.DeleteSession})
	return err
}

// RestoreSession undoes the deletion of a session, which runs on if it was running. It
// reports whether there was a deletion to undo, and returns ErrUnknownSession,
// ErrOtherActive or ErrSessionTooLong.
func (t *Tracker) RestoreSession(ctx context.Context, rater Rater, sessionID string) (bool, error) {
	return t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.RestoreSession})
}

// DeleteQuestion takes one question out of its session. It returns
// ErrUnknownSession, ErrUnknownQuestion or ErrSessionTooLong.
func (t *Tracker) DeleteQuestion(ctx context.Context, rater Rater, sessionID, questionID string) error {
	_, err := t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.DeleteQuestion, QuestionID: questionID})
	return err
}

// RestoreQuestion undoes the deletion of a question. It reports whether there was one to
// undo. It returns ErrUnknownSession, ErrSessionTooLong, or ErrUnknownQuestion, which is
// also the error once an UNDO has reopened an earlier question.
func (t *Tracker) RestoreQuestion(ctx context.Context, rater Rater, sessionID, questionID string) (bool, error) {
	return t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.RestoreQuestion, QuestionID: questionID})
}

// AdjustQuestion sets the active time of a question, from 0 to its raw time; the zero
// Adjustment undoes that. It returns ErrUnknownSession, ErrUnknownQuestion,
// ErrSessionTooLong, or a fault.FieldErrors of "active_seconds".
func (t *Tracker) AdjustQuestion(ctx context.Context, rater Rater, sessionID, questionID string, to timeline.Adjustment) error {
	e := timeline.Event{Type: timeline.AdjustQuestion, QuestionID: questionID, Adjustment: to}
	_, err := t.correct(ctx, rater, sessionID, e)
	return err
}

// SetTarget changes a session's target per question, for all its questions that
// have no AET of their own. It returns ErrUnknownSession.
func (t *Tracker) SetTarget(ctx context.Context, rater Rater, sessionID string, target timeline.Micros) error {
	_, err := t.correct(ctx, rater, sessionID, timeline.Event{Type: timeline.SetTarget, Target: target})
	return err
}

// correct records a correction, and reports whether there was anything to correct.
func (t *Tracker) correct(ctx context.Context, rater Rater, sessionID string, e timeline.Event) (bool, error) {
	r := &request{
		rater: rater, received: timeline.InstantOf(t.now()),
		correction: &correction{sessionID: sessionID, event: e},
	}
	if err := t.submit(ctx, r); err != nil {
		return false, err
	}
	return r.outcomes[0].Answer.EventID != "", r.outcomes[0].Err
}

// isNeeded reports whether a correction of w would change anything, or returns why
// it cannot be made. other is the user's active session, or nil.
func (c correction) isNeeded(ctx context.Context, tx Tx, w, other *work) (bool, error) {
	switch {
	case c.event.Type == timeline.RestoreSession:
		return w.state.Deleted, w.requireAlone(other)
	case w.state.Deleted:
		return false, ErrUnknownSession
	case !c.event.Type.MeansQuestion():
		return true, nil
	}
	if err := w.history(ctx, tx); err != nil {
		return false, err
	}
	return changesQuestion(w.whole, c.event)
}

// requireAlone returns ErrOtherActive if w, once it is restored, would be a second
// session that takes presses.
func (w *work) requireAlone(other *work) error {
	restored := w.state
	restored.Deleted = false
	if restored.Active() && other != nil && other != w && other.state.Active() {
		return ErrOtherActive
	}
	return nil
}

// changesQuestion reports whether a correction of a question changes it, or returns
// why it cannot be made.
func changesQuestion(s *timeline.Session, e timeline.Event) (bool, error) {
	q, isRead := s.Find(e.QuestionID)
	_, isDeleted := s.FindDeleted(e.QuestionID)
	switch {
	case e.Type == timeline.RestoreQuestion && (isRead || isDeleted):
		return isDeleted, nil
	case !isRead:
		return false, ErrUnknownQuestion
	case e.Type == timeline.AdjustQuestion:
		return q.Adjustment != e.Adjustment, requireWithin(q.Raw(), e.Adjustment)
	}
	return true, nil
}

// requireWithin checks that an adjusted active time is a part of the raw time.
func requireWithin(raw timeline.Micros, a timeline.Adjustment) error {
	if a.Set && (a.Active < 0 || a.Active > raw) {
		return fault.Field("active_seconds", fmt.Sprintf("must be from 0 to %v, the seconds from the question's start to its end", raw.Seconds()))
	}
	return nil
}

// isRefusal reports whether err concerns one press or correction and leaves the others alone.
func isRefusal(err error) bool { return fault.Is(err) }
