package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// correctionOf declares that an operation corrects a session in the path.
func (a *api) correctionOf(op huma.Operation) huma.Operation {
	return a.correcting(mayFail(ofSession(op), http.StatusConflict, http.StatusUnprocessableEntity))
}

// correcting holds an operation that changes logs to the rate of corrections. Those that record
// presses have a rate of their own.
func (a *api) correcting(op huma.Operation) huma.Operation {
	op.Middlewares = append(op.Middlewares, a.limitByUser(a.Limits.Corrections))
	return mayFail(op, http.StatusTooManyRequests)
}

// PreviewInput is a part of the input of every correction.
type PreviewInput struct {
	Preview bool `query:"preview" doc:"Answers what would follow, and changes nothing."`
}

type correctionOutput struct {
	Body correctionBody `doc:"What was corrected or, in a preview, what would be."`
}

type correctionBody struct {
	Status  string       `json:"status" enum:"ok"`
	Message string       `json:"message" doc:"What happened, for the person."`
	Preview bool         `json:"preview" doc:"It was asked what would follow; nothing is changed."`
	Changed bool         `json:"changed" doc:"False if there was nothing to change."`
	EventID string       `json:"event_id,omitempty" format:"uuid" doc:"Of the new entry of the log. An added press is corrected by this id."`
	Session *sessionBody `json:"session,omitempty" doc:"The session after it, with the first page of its questions; left out for one that is deleted."`
}

// said are the messages of a correction.
type said struct{ changed, unchanged string }

// correct makes a correction, or previews it. kind is noted in the security log if something
// changed; "" notes nothing.
func (a *api) correct(ctx context.Context, c tracker.Correction, in PreviewInput, say said, kind account.SecurityKind) (*correctionOutput, error) {
	user := currentUser(ctx)
	do := a.Tracker.Correct
	if in.Preview {
		do = a.Tracker.Preview
	}
	corrected, err := do(ctx, a.Rater(user), c)
	if err != nil {
		return nil, err
	}
	if corrected.Changed && !in.Preview && kind != "" {
		subject := c.SessionID
		if c.Event.QuestionID != "" {
			subject += "/" + c.Event.QuestionID
		}
		a.Accounts.Note(ctx, kind, user.ID, byUser(ctx), subject)
	}
	return a.answerCorrection(ctx, corrected, in, say)
}

func (a *api) answerCorrection(ctx context.Context, c tracker.Corrected, in PreviewInput, say said) (*correctionOutput, error) {
	body := correctionBody{Status: "ok", Message: say.changed, Preview: in.Preview, Changed: c.Changed, EventID: c.EventID}
	switch {
	case !c.Changed:
		body.Message = say.unchanged
	case in.Preview:
		body.Message = "nothing is changed, this is a preview: " + say.changed
	}
	if c.After != nil {
		session, err := a.sessionBodyOf(ctx, c.After.Listed(report.Listing{Page: 1}))
		if err != nil {
			return nil, err
		}
		body.Session = &session
	}
	return &correctionOutput{Body: body}, nil
}
