package httpapi

import (
	"context"
	"math"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// QuestionPath names a question of a session in a path.
type QuestionPath struct {
	SessionPath
	QuestionID string `path:"question_id" doc:"ID of a question, from the session's summary."`
}

type adjustmentInput struct {
	QuestionPath
	Body struct {
		ActiveSeconds *float64 `json:"active_seconds" doc:"From 0 to the question's raw seconds; null takes an earlier adjustment back."`
	}
}

func (a *api) registerQuestions() {
	const tag, path = "Sessions", "/sessions/{session_id}/questions/{question_id}"
	register(a, withConflict(operation(http.MethodPatch, path, "adjust-question", "Set the active time of a question", tag)), a.adjustQuestion)
	register(a, withConflict(operation(http.MethodDelete, path, "delete-question", "Delete a question", tag)), a.deleteQuestion)
	register(a, withConflict(operation(http.MethodPost, path+"/restore", "restore-question", "Take the deletion of a question back", tag)), a.restoreQuestion)
}

func (a *api) adjustQuestion(ctx context.Context, in *adjustmentInput) (*statusOutput, error) {
	session, question, err := in.known()
	if err != nil {
		return nil, err
	}
	to := adjustmentOf(in.Body.ActiveSeconds)
	if err := a.Tracker.AdjustQuestion(ctx, a.Rater(currentUser(ctx)), session, question, to); err != nil {
		return nil, err
	}
	if !to.Set {
		return done("active time as the presses give it"), nil
	}
	return done("active time adjusted"), nil
}

func (a *api) deleteQuestion(ctx context.Context, in *QuestionPath) (*statusOutput, error) {
	session, question, err := in.known()
	if err != nil {
		return nil, err
	}
	if err := a.Tracker.DeleteQuestion(ctx, a.Rater(currentUser(ctx)), session, question); err != nil {
		return nil, err
	}
	a.Accounts.Note(ctx, account.QuestionDeleted, currentUser(ctx).ID, byUser(ctx), session+"/"+question)
	return done("question deleted"), nil
}

func (a *api) restoreQuestion(ctx context.Context, in *QuestionPath) (*statusOutput, error) {
	session, question, err := in.known()
	if err != nil {
		return nil, err
	}
	restored, err := a.Tracker.RestoreQuestion(ctx, a.Rater(currentUser(ctx)), session, question)
	if err != nil {
		return nil, err
	}
	if !restored {
		return done("the question is not deleted, nothing changed"), nil
	}
	a.Accounts.Note(ctx, account.QuestionRestored, currentUser(ctx).ID, byUser(ctx), session+"/"+question)
	return done("question restored"), nil
}

// known is the canonical form of both ids.
func (p *QuestionPath) known() (session, question string, err error) {
	if session, err = httpx.ID(p.SessionID, tracker.ErrUnknownSession); err != nil {
		return "", "", err
	}
	question, err = httpx.ID(p.QuestionID, tracker.ErrUnknownQuestion)
	return session, question, err
}

// adjustmentOf is a number of seconds from a client, nil for none. What is out of
// all bounds stays so: the tracker knows those of the question.
func adjustmentOf(seconds *float64) timeline.Adjustment {
	if seconds == nil {
		return timeline.Adjustment{}
	}
	const beyond = 1e12 // seconds; as microseconds it is still a number
	micros := math.Round(min(max(*seconds, -beyond), beyond) * float64(timeline.Second))
	return timeline.Adjustment{Set: true, Active: timeline.Micros(micros)}
}
