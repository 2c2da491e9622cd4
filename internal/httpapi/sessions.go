package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// SessionPath names a session in a path.
type SessionPath struct {
	SessionID string `path:"session_id" doc:"Public UUID of a session."`
}

type recentInput struct {
	Limit int `query:"limit" default:"10" doc:"Kept within 1 and 100."`
}

type recentOutput struct {
	Body []RecentSession
}

// RecentSession is one line of the newest sessions.
type RecentSession struct {
	SessionID            string     `json:"session_id"`
	StartedAt            *time.Time `json:"started_at"`
	EndedAt              *time.Time `json:"ended_at"`
	IsActive             bool       `json:"is_active"`
	CurrentQuestionIndex int        `json:"current_question_index"`
}

type targetInput struct {
	SessionPath
	Body struct {
		TargetMinutes float64 `json:"target_minutes_per_question" doc:"0.1 to 1440; for the questions whose page gave no AET."`
	}
}

func (a *api) registerSessions() {
	const tag = "Sessions"
	register(a, forWidget(operation(http.MethodGet, "/sessions/recent", "recent", "The newest sessions", tag)), a.recent)
	register(a, withNotFound(operation(http.MethodPatch, "/sessions/{session_id}", "change-session", "Change the target of a session", tag)), a.changeSession)
	register(a, withNotFound(operation(http.MethodDelete, "/sessions/{session_id}", "delete-session", "Delete a session", tag)), a.deleteSession)
	register(a, withConflict(operation(http.MethodPost, "/sessions/{session_id}/restore", "restore-session", "Take the deletion of a session back", tag)), a.restoreSession)
}

func (a *api) recent(ctx context.Context, in *recentInput) (*recentOutput, error) {
	sessions, err := a.Tracker.Recent(ctx, a.Rater(currentUser(ctx)), in.Limit)
	if err != nil {
		return nil, err
	}
	out := &recentOutput{Body: make([]RecentSession, len(sessions))}
	for i, s := range sessions {
		out.Body[i] = recentOf(s)
	}
	return out, nil
}

func recentOf(s tracker.StoredSession) RecentSession {
	return RecentSession{
		SessionID: s.ID, StartedAt: timeOf(s.State.StartedAt), EndedAt: timeOf(s.State.EndedAt),
		IsActive: s.State.Active(), CurrentQuestionIndex: s.State.CurrentIndex(),
	}
}

func (a *api) changeSession(ctx context.Context, in *targetInput) (*statusOutput, error) {
	id, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	target, err := targetOf("target_minutes_per_question", in.Body.TargetMinutes)
	if err != nil {
		return nil, err
	}
	if err := a.Tracker.SetTarget(ctx, a.Rater(currentUser(ctx)), id, target); err != nil {
		return nil, err
	}
	return done("target changed"), nil
}

func (a *api) deleteSession(ctx context.Context, in *SessionPath) (*statusOutput, error) {
	id, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	if err := a.Tracker.DeleteSession(ctx, a.Rater(currentUser(ctx)), id); err != nil {
		return nil, err
	}
	a.Accounts.Note(ctx, account.SessionDeleted, currentUser(ctx).ID, byUser(ctx), id)
	return done("session deleted"), nil
}

func (a *api) restoreSession(ctx context.Context, in *SessionPath) (*statusOutput, error) {
	id, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	restored, err := a.Tracker.RestoreSession(ctx, a.Rater(currentUser(ctx)), id)
	if err != nil {
		return nil, err
	}
	if !restored {
		return done("the session is not deleted, nothing changed"), nil
	}
	a.Accounts.Note(ctx, account.SessionRestored, currentUser(ctx).ID, byUser(ctx), id)
	return done("session restored"), nil
}
