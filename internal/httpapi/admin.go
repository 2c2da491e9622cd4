package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// SubjectInput names the user to look at: oneself, and for an admin anybody.
type SubjectInput struct {
	UserID int64 `query:"user_id" doc:"For an admin: whose. Default oneself."`
}

type userSessionsInput struct {
	SubjectInput
	Limit int `query:"limit" default:"100" doc:"Kept within 1 and 100."`
}

type userSessionsOutput struct {
	Body []debugSession
}

type debugSession struct {
	RecentSession
	Version  int64   `json:"version" doc:"Entries in the log."`
	Closed   int     `json:"closed_questions" doc:"The opening one included."`
	Target   float64 `json:"target_minutes_per_question"`
	IsPaused bool    `json:"is_paused"`
}

type userEventsInput struct {
	SubjectInput
	SessionPath
}

type userEventsOutput struct {
	Body []debugEvent
}

// debugEvent is one entry of a log with all that is kept of it.
type debugEvent struct {
	EventID         string     `json:"event_id"`
	Seq             int64      `json:"seq" doc:"Order of arrival in the session."`
	Type            string     `json:"type"`
	Timestamp       *time.Time `json:"timestamp" doc:"When it counts."`
	ReceivedAt      *time.Time `json:"received_at"`
	ClientTimestamp *time.Time `json:"client_timestamp" doc:"By the client's clock, before correction."`
	SentAt          *time.Time `json:"sent_at"`
	Paused          *bool      `json:"paused,omitempty"`
	TargetMinutes   float64    `json:"target_minutes,omitempty"`
	QuestionID      string     `json:"question_id,omitempty"`
	ActiveSeconds   *float64   `json:"active_seconds,omitempty" doc:"What an ADJUST_QUESTION sets; left out when it takes that back."`
	AETLow          float64    `json:"aet_low_minutes,omitempty"`
	AETHigh         float64    `json:"aet_high_minutes,omitempty"`
	AETText         string     `json:"aet_text,omitempty"`
	TaskID          string     `json:"task_id,omitempty"`
	TaskType        string     `json:"task_type,omitempty"`
}

func (a *api) registerAdmin() {
	const tag = "Inspection"
	register(a, withNotFound(operation(http.MethodGet, "/admin/debug/user-sessions", "user-sessions", "A user's newest sessions as they are stored", tag)), a.userSessions)
	register(a, withNotFound(operation(http.MethodGet, "/admin/debug/user-events/{session_id}", "user-events", "The log of a session", tag)), a.userEvents)
}

// subject is the user that a request is about. Another one than oneself exists
// only for an admin, and their security log says that one looked at what.
func (a *api) subject(ctx context.Context, id int64, what string) (account.User, error) {
	user := currentUser(ctx)
	switch {
	case id == 0 || id == user.ID:
		return user, nil
	case user.Role != account.RoleAdmin:
		return account.User{}, account.ErrUnknownUser
	}
	subject, err := a.Accounts.User(ctx, id)
	if err == nil {
		a.Accounts.Note(ctx, account.LookedAt, id, byUser(ctx), what)
	}
	return subject, err
}

func (a *api) userSessions(ctx context.Context, in *userSessionsInput) (*userSessionsOutput, error) {
	user, err := a.subject(ctx, in.UserID, "sessions")
	if err != nil {
		return nil, err
	}
	sessions, err := a.Tracker.Recent(ctx, a.Rater(user), in.Limit)
	if err != nil {
		return nil, err
	}
	out := &userSessionsOutput{Body: make([]debugSession, len(sessions))}
	for i, s := range sessions {
		out.Body[i] = debugSession{
			RecentSession: recentOf(s), Version: s.Version, Closed: s.State.Closed,
			Target: s.State.Target.Minutes(), IsPaused: s.State.Phase == timeline.Paused,
		}
	}
	return out, nil
}

func (a *api) userEvents(ctx context.Context, in *userEventsInput) (*userEventsOutput, error) {
	id, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	user, err := a.subject(ctx, in.UserID, "session "+id)
	if err != nil {
		return nil, err
	}
	log, err := a.Tracker.Log(ctx, a.Rater(user), id)
	if err != nil {
		return nil, err
	}
	out := &userEventsOutput{Body: make([]debugEvent, len(log))}
	for i, e := range log {
		out.Body[i] = debugEvent{
			EventID: e.ID, Seq: e.Seq, Type: string(e.Type), Timestamp: timeOf(e.At),
			ReceivedAt: timeOf(e.ReceivedAt), ClientTimestamp: timeOf(e.ClientAt), SentAt: timeOf(e.SentAt),
			Paused: e.WantPaused, TargetMinutes: e.Target.Minutes(),
			QuestionID: e.QuestionID, ActiveSeconds: adjustedSeconds(e.Adjustment),
			AETLow: e.Task.AETLow.Minutes(), AETHigh: e.Task.AETHigh.Minutes(), AETText: e.Task.AETText,
			TaskID: e.Task.ID, TaskType: e.Task.Type,
		}
	}
	return out, nil
}

func adjustedSeconds(a timeline.Adjustment) *float64 {
	if !a.Set {
		return nil
	}
	seconds := a.Active.Seconds()
	return &seconds
}
