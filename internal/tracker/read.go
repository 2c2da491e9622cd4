package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Recent returns the user's newest sessions by start; limit is kept within 1..100.
func (t *Tracker) Recent(ctx context.Context, rater Rater, limit int) ([]StoredSession, error) {
	sessions, err := t.store.RecentSessions(ctx, rater.ID, min(max(limit, 1), 100))
	if err != nil {
		return nil, err
	}
	return t.asSeen(ctx, sessions...)
}

// RecentInDetail returns the summaries of the user's newest sessions by start; limit is
// kept within 1..100.
func (t *Tracker) RecentInDetail(ctx context.Context, rater Rater, limit int) ([]report.Session, error) {
	sessions, err := t.Recent(ctx, rater, limit)
	if err != nil {
		return nil, err
	}
	logs, err := t.wholeLogs(ctx, rater, sessions)
	if err != nil {
		return nil, err
	}
	inDetail := make([]report.Session, len(logs))
	for i, log := range logs {
		inDetail[i] = report.SummarizeSession(log)
	}
	return inDetail, nil
}

// Summary returns the summary of one session. It returns ErrUnknownSession.
func (t *Tracker) Summary(ctx context.Context, rater Rater, sessionID string) (report.Session, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return report.Session{}, err
	}
	questions, err := t.store.SessionQuestions(ctx, session)
	if err != nil {
		return report.Session{}, err
	}
	return report.SummarizeSession(report.SessionLog{SessionInfo: infoOf(session), Questions: questions}), nil
}

// Log returns every event of one session, by time and then by arrival. It returns
// ErrUnknownSession.
func (t *Tracker) Log(ctx context.Context, rater Rater, sessionID string) ([]StoredEvent, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return nil, err
	}
	log, err := t.store.Log(ctx, session.SessionKey)
	if err != nil {
		return nil, err
	}
	sortLog(log)
	return log, nil
}

// events returns what a fold needs of a log, in no particular order.
func (t *Tracker) events(ctx context.Context, key SessionKey) ([]timeline.Event, error) {
	stored, err := t.store.Log(ctx, key)
	return eventsOf(stored), err
}

func eventsOf(log []StoredEvent) []timeline.Event {
	events := make([]timeline.Event, len(log))
	for i, e := range log {
		events[i] = e.Event
	}
	return events
}

// session returns a session of the user that is not deleted, as people see it, or
// ErrUnknownSession.
func (t *Tracker) session(ctx context.Context, rater Rater, sessionID string) (StoredSession, error) {
	session, err := t.store.Session(ctx, SessionKey{UserID: rater.ID, ID: sessionID})
	if errors.Is(err, ErrUnknown) || err == nil && session.State.Deleted {
		return StoredSession{}, ErrUnknownSession
	}
	if err != nil {
		return StoredSession{}, err
	}
	seen, err := t.asSeen(ctx, session)
	if err != nil {
		return StoredSession{}, err
	}
	return seen[0], nil
}

func infoOf(s StoredSession) report.SessionInfo {
	info := report.SessionInfo{
		ID: s.ID, StartedAt: s.State.StartedAt, EndedAt: s.State.EndedAt, WithoutEnd: s.State.IsSuperseded(),
		IsActive: s.State.Active(), Target: s.State.Target, QuestionCount: s.State.Counted,
	}
	if info.IsActive {
		info.PressedAt = s.State.Current.PressedAt
	}
	return info
}
