package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// SubjectInput names the user to look at: the current user, or for an admin any user.
type SubjectInput struct {
	UserID int64 `query:"user_id" example:"0" doc:"Another user's ID, for an admin. Without it, or 0: the current user."`
}

type userSessionsInput struct {
	SubjectInput
	Limit int `query:"limit" default:"100" example:"5" doc:"The most entries to return; values outside 1 to 100 become the nearest limit."`
}

type userSessionsOutput struct {
	Body []debugSession `nullable:"false" doc:"The sessions, newest first."`
}

type debugSession struct {
	RecentSession
	Version  int64   `json:"version" doc:"Number of events in the log."`
	Closed   int     `json:"closed_questions" doc:"The opening question included."`
	Target   float64 `json:"target_minutes_per_question"`
	IsPaused bool    `json:"is_paused"`
}

type userEventsInput struct {
	SubjectInput
	SessionPath
	After int64 `query:"after" minimum:"0" default:"0" doc:"Lists the events that arrived after the one with this seq."`
}

type userEventsOutput struct {
	Link string       `header:"Link" doc:"The next events, as <address>; rel=\"next\"; left out when there are none."`
	Body []debugEvent `nullable:"false" maxItems:"500" doc:"The events as they arrived, up to 500."`
}

// debugEvent is one event with all that is kept of it.
type debugEvent struct {
	EventID         string     `json:"event_id" format:"uuid"`
	Seq             int64      `json:"seq" doc:"Order of arrival in the session."`
	Type            string     `json:"type" doc:"NEXT, PAUSE, UNDO or EXIT, or the type of a correction."`
	Timestamp       time.Time  `json:"timestamp" doc:"The time that counts, unless a MOVE_PRESS changed it."`
	ReceivedAt      time.Time  `json:"received_at"`
	ClientTimestamp *time.Time `json:"client_timestamp" doc:"By the client's clock, before it was corrected."`
	SentAt          *time.Time `json:"sent_at" doc:"The client's clock when it sent the event."`
	Paused          *bool      `json:"paused,omitempty" doc:"The state that a PAUSE asked for."`
	TargetMinutes   float64    `json:"target_minutes,omitempty" doc:"The target that a correction sets."`
	ByHand          bool       `json:"by_hand,omitempty" doc:"A person added the press later."`
	QuestionID      string     `json:"question_id,omitempty" format:"uuid" doc:"The question that a correction is about."`
	PressID         string     `json:"press_id,omitempty" format:"uuid" doc:"The press that a correction is about."`
	MovedTo         *time.Time `json:"moved_to,omitempty" doc:"The new time of the press that a MOVE_PRESS is about."`
	ActiveSeconds   *float64   `json:"active_seconds,omitempty" doc:"What an ADJUST_QUESTION sets; left out when it takes an adjustment back."`
	AETLow          float64    `json:"aet_low_minutes,omitempty"`
	AETHigh         float64    `json:"aet_high_minutes,omitempty"`
	AETText         string     `json:"aet_text,omitempty" doc:"The estimate as the page wrote it."`
	TaskID          string     `json:"task_id,omitempty"`
	TaskType        string     `json:"task_type,omitempty"`
	TaskCount       int        `json:"task_count,omitempty" doc:"How many tasks the question holds that a NEXT opened; left out when the press did not say."`
	Outcome         string     `json:"outcome,omitempty" doc:"What became of the question that a NEXT or EXIT closed."`
}

func (a *api) registerAdmin() {
	const whose = " Users see their own; an admin may name another user, whose security log then says so."
	sessions := operation("GET /admin/debug/user-sessions", "user-sessions", tagInspection, "Sessions as they are stored",
		"Lists a user's newest sessions with what is stored of their state."+whose)
	register(a, a.reading(mayFail(sessions, http.StatusNotFound, http.StatusUnprocessableEntity)), a.userSessions)
	events := operation("GET /admin/debug/user-events/{session_id}", "user-events", tagInspection, "The log of a session",
		"Lists the events of a session, corrections included, 500 at a time."+whose)
	register(a, a.reading(mayFail(ofSession(events), http.StatusUnprocessableEntity)), a.userEvents)
}

// subject returns the user that a request is about. Only an admin may name another user,
// whose security log then says what the admin looked at.
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
	rater := a.Rater(user)
	sessions, err := a.Tracker.Recent(ctx, rater, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &userSessionsOutput{Body: make([]debugSession, len(sessions))}
	for i, s := range sessions {
		recent, err := a.recentOf(ctx, rater, s)
		if err != nil {
			return nil, err
		}
		out.Body[i] = debugSession{
			RecentSession: recent, Version: s.Version, Closed: s.State.Closed,
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
	if in.After < 0 {
		return nil, fault.Field("after", "must be at least 0")
	}
	log, err := a.Tracker.LogAfter(ctx, a.Rater(user), id, in.After)
	if err != nil {
		return nil, err
	}
	out := &userEventsOutput{Body: make([]debugEvent, len(log))}
	if len(log) == tracker.LogPage {
		out.Link = "<" + eventsAddress(id, in.UserID, log[len(log)-1].Seq) + `>; rel="next"`
	}
	for i, e := range log {
		out.Body[i] = debugEvent{
			EventID: e.ID, Seq: e.Seq, Type: string(e.Type), Timestamp: timeOf(e.At),
			ReceivedAt: timeOf(e.ReceivedAt), ClientTimestamp: timeOrNull(e.ClientAt), SentAt: timeOrNull(e.SentAt),
			Paused: e.WantPaused, TargetMinutes: e.Target.Minutes(),
			ByHand: e.ByHand, PressID: e.PressID, MovedTo: timeOrNull(e.MovedTo),
			QuestionID: e.QuestionID, ActiveSeconds: adjustedSeconds(e.Adjustment),
			AETLow: e.Task.AETLow.Minutes(), AETHigh: e.Task.AETHigh.Minutes(), AETText: e.Task.AETText,
			TaskID: e.Task.ID, TaskType: e.Task.Type, TaskCount: e.Task.Count, Outcome: string(e.Outcome),
		}
	}
	return out, nil
}

func eventsAddress(session string, userID, after int64) string {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}}
	if userID != 0 {
		query.Set("user_id", strconv.FormatInt(userID, 10))
	}
	return "/admin/debug/user-events/" + session + "?" + query.Encode()
}

func adjustedSeconds(a timeline.Adjustment) *float64 {
	if !a.Set {
		return nil
	}
	seconds := a.Active.Seconds()
	return &seconds
}
