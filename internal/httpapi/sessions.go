package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// SessionPath names a session in a path.
type SessionPath struct {
	SessionID string `path:"session_id" format:"uuid" doc:"UUID of a session." example:"0190a8f2-7b1c-7d3e-8f4a-5b6c7d8e9f01"`
}

type recentInput struct {
	Limit int `query:"limit" default:"10" example:"5" doc:"The most entries to return; values outside 1 to 100 become the nearest limit."`
}

type recentOutput struct {
	Body []RecentSession `nullable:"false" doc:"The sessions, newest first."`
}

// RecentSession is one of the newest sessions.
type RecentSession struct {
	SessionID            string     `json:"session_id" format:"uuid"`
	StartedAt            time.Time  `json:"started_at"`
	EndedAt              *time.Time `json:"ended_at" doc:"Null while it runs."`
	IsActive             bool       `json:"is_active"`
	IsForgotten          bool       `json:"is_forgotten" doc:"It is active, and its end was probably forgotten: its newest press is long ago."`
	CurrentQuestionIndex int        `json:"current_question_index" doc:"Counts the opening question as 1."`
}

type sessionInput struct {
	SessionPath
	PreviewInput
}

type targetInput struct {
	SessionPath
	PreviewInput
	Body struct {
		TargetMinutes float64 `json:"target_minutes_per_question" minimum:"0.1" maximum:"1440" doc:"For the questions whose page gave no AET."`
	} `doc:"The new target."`
}

func (a *api) registerSessions() {
	recent := operation("GET /sessions/recent", "recent", tagSessions, "The newest sessions",
		"Lists the user's sessions that are not deleted, newest first.")
	register(a, mayFail(forWidget(recent), http.StatusUnprocessableEntity), a.recent)
	register(a, a.correctionOf(operation("PATCH /sessions/{session_id}", "change-session", tagSessions, "Change the target of a session",
		"Sets the minutes per question of a session, also for its questions that are closed.")), a.changeSession)
	register(a, a.correctionOf(operation("DELETE /sessions/{session_id}", "delete-session", tagSessions, "Delete a session",
		"The session no longer counts anywhere. Its log stays, so the deletion can be taken back.")), a.deleteSession)
	restore := operation("POST /sessions/{session_id}/restore", "restore-session", tagSessions, "Restore a deleted session",
		"Answers 409 if another session lies or runs in its time. "+
			"Restoring something that is not deleted changes nothing and answers 200.")
	register(a, a.correctionOf(restore), a.restoreSession)
}

// ofSession declares that an operation is about a session in the path: 404 without one.
func ofSession(op huma.Operation) huma.Operation {
	return mayFail(checkedByHandler(op), http.StatusNotFound)
}

func (a *api) recent(ctx context.Context, in *recentInput) (*recentOutput, error) {
	rater := a.Rater(currentUser(ctx))
	sessions, err := a.Tracker.Recent(ctx, rater, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &recentOutput{Body: make([]RecentSession, len(sessions))}
	for i, s := range sessions {
		if out.Body[i], err = a.recentOf(ctx, rater, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *api) recentOf(ctx context.Context, rater tracker.Rater, s tracker.StoredSession) (RecentSession, error) {
	forgotten, err := a.Tracker.IsForgotten(ctx, rater, s.State.Current.PressedAt)
	return RecentSession{
		SessionID: s.ID, StartedAt: timeOf(s.State.StartedAt), EndedAt: timeOrNull(s.State.EndedAt),
		IsActive: s.State.Active(), IsForgotten: forgotten, CurrentQuestionIndex: s.State.CurrentIndex(),
	}, err
}

func (a *api) changeSession(ctx context.Context, in *targetInput) (*correctionOutput, error) {
	e := timeline.Event{Type: timeline.SetTarget, Target: minutes(in.Body.TargetMinutes)}
	return a.correctSession(ctx, in.SessionPath, in.PreviewInput, e, said{changed: "target changed"}, "")
}

func (a *api) deleteSession(ctx context.Context, in *sessionInput) (*correctionOutput, error) {
	return a.correctSession(ctx, in.SessionPath, in.PreviewInput, timeline.Event{Type: timeline.DeleteSession},
		said{changed: "session deleted"}, account.SessionDeleted)
}

func (a *api) restoreSession(ctx context.Context, in *sessionInput) (*correctionOutput, error) {
	return a.correctSession(ctx, in.SessionPath, in.PreviewInput, timeline.Event{Type: timeline.RestoreSession},
		said{"session restored", "the session is not deleted, nothing changed"}, account.SessionRestored)
}

func (a *api) correctSession(ctx context.Context, path SessionPath, in PreviewInput, e timeline.Event, say said, kind account.SecurityKind) (*correctionOutput, error) {
	id, err := httpx.ID(path.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	return a.correct(ctx, tracker.Correction{SessionID: id, Event: e}, in, say, kind)
}
