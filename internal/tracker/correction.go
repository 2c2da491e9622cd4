package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Correction is a change of what is recorded that a person makes afterwards.
type Correction struct {
	SessionID string
	// Event has a type and what belongs to it. A press is added at its own time At, and may
	// have an ID, with which it is added once. All else is given when it is recorded.
	Event timeline.Event
}

// Corrected is what a correction did or, in a preview, what it would do.
type Corrected struct {
	Changed   bool // false if there was nothing to change
	SessionID string
	EventID   string // of the new event; "" if nothing changed
	// Before and After are the session without and with the correction. Before is nil for a
	// session that did not exist or was deleted, After for one that is deleted now.
	Before, After *report.Session
}

// Correct records a correction. Besides what the method for its type returns, it returns
// ErrUnknownSession, ErrUnknownQuestion, ErrUnknownPress, ErrIDReused, ErrSessionTooLong, an
// Overlap, or a fault.FieldErrors.
func (t *Tracker) Correct(ctx context.Context, rater Rater, c Correction) (Corrected, error) {
	return t.change(ctx, rater, c)
}

// Preview returns what Correct would return, and changes nothing.
func (t *Tracker) Preview(ctx context.Context, rater Rater, c Correction) (Corrected, error) {
	return t.preview(ctx, rater, c)
}

// change is what a request does besides recording presses.
type change interface {
	// apply makes the change in the memory of g.
	apply(ctx context.Context, tx Tx, g *group, r *request) (Corrected, error)
	// entries returns how many events it adds at most.
	entries() int
	// lookUp returns the events that apply asks for by ID.
	lookUp(userID int64) []EventKey
}

func (t *Tracker) change(ctx context.Context, rater Rater, c change) (Corrected, error) {
	return t.submitChange(ctx, &request{rater: rater, change: c})
}

// preview takes its turn like a change, so that previews cannot keep presses waiting for a
// connection.
func (t *Tracker) preview(ctx context.Context, rater Rater, c change) (Corrected, error) {
	corrected, err := t.submitChange(ctx, &request{rater: rater, change: c, isPreview: true})
	corrected.EventID = ""
	return corrected, err
}

func (t *Tracker) submitChange(ctx context.Context, r *request) (Corrected, error) {
	r.received, r.isApart = timeline.InstantOf(t.now()), true
	if c, ok := r.change.(Correction); ok {
		r.ahead.key = SessionKey{UserID: r.rater.ID, ID: c.SessionID}
	}
	if err := t.submit(ctx, r); err != nil {
		return Corrected{}, err
	}
	return r.corrected, r.refused
}

// DeleteSession hides a session from everything that people see; its log stays. It returns
// ErrUnknownSession.
func (t *Tracker) DeleteSession(ctx context.Context, rater Rater, sessionID string) error {
	_, err := t.Correct(ctx, rater, Correction{sessionID, timeline.Event{Type: timeline.DeleteSession}})
	return err
}

// RestoreSession undoes the deletion of a session, which runs on if it was running and is
// the newest. It reports whether there was a deletion to undo, and returns ErrUnknownSession,
// ErrSessionTooLong, or an Overlap.
func (t *Tracker) RestoreSession(ctx context.Context, rater Rater, sessionID string) (bool, error) {
	corrected, err := t.Correct(ctx, rater, Correction{sessionID, timeline.Event{Type: timeline.RestoreSession}})
	return corrected.Changed, err
}

// DeleteQuestion takes one question out of its session. It returns
// ErrUnknownSession, ErrUnknownQuestion or ErrSessionTooLong.
func (t *Tracker) DeleteQuestion(ctx context.Context, rater Rater, sessionID, questionID string) error {
	_, err := t.Correct(ctx, rater, Correction{sessionID, timeline.Event{Type: timeline.DeleteQuestion, QuestionID: questionID}})
	return err
}

// RestoreQuestion undoes the deletion of a question. It reports whether there was one to
// undo. It returns ErrUnknownSession, ErrSessionTooLong, or ErrUnknownQuestion, which is
// also the error once an UNDO has reopened an earlier question.
func (t *Tracker) RestoreQuestion(ctx context.Context, rater Rater, sessionID, questionID string) (bool, error) {
	corrected, err := t.Correct(ctx, rater, Correction{sessionID, timeline.Event{Type: timeline.RestoreQuestion, QuestionID: questionID}})
	return corrected.Changed, err
}

// AdjustQuestion sets the active time of a question, from 0 to its raw time; the zero
// Adjustment undoes that. It returns ErrUnknownSession, ErrUnknownQuestion,
// ErrSessionTooLong, or a fault.FieldErrors of "active_seconds".
func (t *Tracker) AdjustQuestion(ctx context.Context, rater Rater, sessionID, questionID string, to timeline.Adjustment) error {
	_, err := t.Correct(ctx, rater, Correction{sessionID, timeline.Event{
		Type: timeline.AdjustQuestion, QuestionID: questionID, Adjustment: to,
	}})
	return err
}

// SetTarget changes a session's target per question, for all its questions that
// have no AET of their own. It returns ErrUnknownSession or ErrSessionTooLong.
func (t *Tracker) SetTarget(ctx context.Context, rater Rater, sessionID string, target timeline.Micros) error {
	_, err := t.Correct(ctx, rater, Correction{sessionID, timeline.Event{Type: timeline.SetTarget, Target: target}})
	return err
}
