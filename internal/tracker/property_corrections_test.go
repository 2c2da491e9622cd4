package tracker_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// playCorrection makes a correction, mostly after a preview of it, and compares both with
// the model.
func (r *scripted) playCorrection(f *fixture, a act) error {
	ctx := context.Background()
	session, c := r.correctionOf(a)
	var preview tracker.Corrected
	var previewErr error
	if a.Preview {
		preview, previewErr = f.Preview(ctx, r.rater, c)
	}
	before, err := r.summary(f, c.SessionID)
	if err != nil {
		return err
	}
	got, gotErr := f.Correct(ctx, r.rater, c)
	if a.Preview {
		if !errors.Is(gotErr, previewErr) && gotErr.Error() != previewErr.Error() {
			return fmt.Errorf("%+v: got %w, the preview %w", c, gotErr, previewErr)
		}
		preview.EventID = got.EventID
		if diff := cmp.Diff(preview, got); diff != "" {
			return fmt.Errorf("%+v (-preview +result):\n%s", c, diff)
		}
	}
	e := c.Event
	if e.ID = got.EventID; e.ID == "" {
		e.ID = uuid.NewString()
	}
	e.ByHand = e.Type.IsPress()
	changed, want := r.correct(session, e)
	if !errors.Is(gotErr, want) || want == nil && gotErr != nil {
		return fmt.Errorf("%+v: got %w, want %w", c, gotErr, want)
	}
	if got.Changed != changed {
		return fmt.Errorf("%+v: changed %t, want %t", c, got.Changed, changed)
	}
	if gotErr != nil {
		return nil //nolint:nilerr // it is the failure that the model has, too
	}
	after, err := r.summary(f, c.SessionID)
	if err != nil {
		return err
	}
	if diff := cmp.Diff([]*report.Session{before, after}, []*report.Session{got.Before, got.After}); diff != "" {
		return fmt.Errorf("%+v, before and after (-read +answered):\n%s", c, diff)
	}
	return nil
}

// correctionOf returns the correction that an act means now, and its session, which is nil
// if there is none.
func (r *scripted) correctionOf(a act) (*modelSession, tracker.Correction) {
	c := tracker.Correction{SessionID: idOf("none"), Event: timeline.Event{Type: a.Correction}}
	var session *modelSession
	questionID, pressID := idOf("none"), idOf("none")
	if a.Session < len(r.sessions) {
		session = r.sessions[len(r.sessions)-1-a.Session]
		c.SessionID = session.id
		if questions := session.fold().Questions; a.Question < len(questions) {
			questionID = questions[a.Question].ID // the opening one and deleted ones too
		}
		if a.Press < len(session.log) {
			pressID = session.log[a.Press].ID // corrections too
		}
	}
	switch t := a.Correction; {
	case t.IsPress():
		c.Event.At, c.Event.ID = at(a.Second), uuid.NewString()
	case t.MeansPress():
		c.Event.PressID = pressID
		if t == timeline.MovePress {
			c.Event.MovedTo = at(a.Second)
		}
	case t.MeansQuestion():
		c.Event.QuestionID = questionID
		if t == timeline.AdjustQuestion {
			c.Event.Adjustment = a.Adjustment
		}
	case t == timeline.SetTarget:
		c.Event.Target = a.Target
	}
	return session, c
}

// summary reads a session as people see it; nil if they do not.
func (r *scripted) summary(f *fixture, sessionID string) (*report.Session, error) {
	summary, err := f.Summary(context.Background(), r.rater, sessionID)
	if errors.Is(err, tracker.ErrUnknownSession) {
		return nil, nil //nolint:nilnil // that is what people see
	}
	return &summary, err
}
