package httpapi

import (
	"context"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// QuestionPath names a question of a session in a path.
type QuestionPath struct {
	SessionPath
	QuestionID string `path:"question_id" format:"uuid" doc:"ID of a question, from the session's summary." example:"0190a8f2-9d2e-7c41-a6b8-1c2d3e4f5a61"`
}

type questionInput struct {
	QuestionPath
	PreviewInput
}

type adjustmentInput struct {
	QuestionPath
	PreviewInput
	Body adjustmentBody `doc:"The active time that counts instead of the measured one."`
}

type adjustmentBody struct {
	ActiveSeconds *float64 `json:"active_seconds" doc:"From 0 to the question's raw seconds; null takes an earlier adjustment back."`
}

// TransformSchema adds the minimum to the document only. The tracker checks it, because its
// error names both ends of the range.
func (adjustmentBody) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["active_seconds"].Extensions = map[string]any{"minimum": 0}
	return s
}

func (a *api) registerQuestions() {
	const path = "/sessions/{session_id}/questions/{question_id}"
	register(a, a.correctionOf(operation("PATCH "+path, "adjust-question", tagSessions, "Set the active time of a question",
		"The adjusted time counts everywhere instead of the measured one, which is kept beside it.")), a.adjustQuestion)
	register(a, a.correctionOf(operation("DELETE "+path, "delete-question", tagSessions, "Delete a question",
		"The question no longer counts anywhere. The deletion can be taken back.")), a.deleteQuestion)
	register(a, a.correctionOf(operation("POST "+path+"/restore", "restore-question", tagSessions, "Restore a deleted question",
		"Restoring something that is not deleted changes nothing and answers 200.")), a.restoreQuestion)
}

func (a *api) adjustQuestion(ctx context.Context, in *adjustmentInput) (*correctionOutput, error) {
	to := adjustmentOf(in.Body.ActiveSeconds)
	say := said{"active time adjusted", "active time adjusted before, nothing changed"}
	if !to.Set {
		say = said{"the measured time counts again", "the measured time counts again, nothing changed"}
	}
	return a.correctQuestion(ctx, in.QuestionPath, in.PreviewInput, timeline.Event{Type: timeline.AdjustQuestion, Adjustment: to}, say, "")
}

func (a *api) deleteQuestion(ctx context.Context, in *questionInput) (*correctionOutput, error) {
	return a.correctQuestion(ctx, in.QuestionPath, in.PreviewInput, timeline.Event{Type: timeline.DeleteQuestion},
		said{changed: "question deleted"}, account.QuestionDeleted)
}

func (a *api) restoreQuestion(ctx context.Context, in *questionInput) (*correctionOutput, error) {
	return a.correctQuestion(ctx, in.QuestionPath, in.PreviewInput, timeline.Event{Type: timeline.RestoreQuestion},
		said{"question restored", "the question is not deleted, nothing changed"}, account.QuestionRestored)
}

func (a *api) correctQuestion(ctx context.Context, path QuestionPath, in PreviewInput, e timeline.Event, say said, kind account.SecurityKind) (*correctionOutput, error) {
	session, question, err := path.known()
	if err != nil {
		return nil, err
	}
	e.QuestionID = question
	return a.correct(ctx, tracker.Correction{SessionID: session, Event: e}, in, say, kind)
}

// known returns the canonical form of both ids.
func (p *QuestionPath) known() (session, question string, err error) {
	if session, err = httpx.ID(p.SessionID, tracker.ErrUnknownSession); err != nil {
		return "", "", err
	}
	question, err = httpx.ID(p.QuestionID, tracker.ErrUnknownQuestion)
	return session, question, err
}

// adjustmentOf returns a client's number of seconds as an adjustment; nil removes one. A
// number that is far too large stays too large, so that the tracker, which knows the
// question, refuses it.
func adjustmentOf(seconds *float64) timeline.Adjustment {
	if seconds == nil {
		return timeline.Adjustment{}
	}
	const beyond = 1e12 // seconds; as microseconds it is still a number
	micros := math.Round(min(max(*seconds, -beyond), beyond) * float64(timeline.Second))
	return timeline.Adjustment{Set: true, Active: timeline.Micros(micros)}
}
