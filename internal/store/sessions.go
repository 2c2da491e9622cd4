package store

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Session implements tracker.Store.
func (s *Store) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	return session(ctx, s.read, key)
}

func session(ctx context.Context, q *queries.Queries, key tracker.SessionKey) (tracker.StoredSession, error) {
	row, err := q.Session(ctx, queries.SessionParams{UserID: key.UserID, ID: key.ID})
	return sessionOf(row), found(err, tracker.ErrUnknown, "reading a session")
}

// RecentSessions implements tracker.Store.
func (s *Store) RecentSessions(ctx context.Context, userID int64, limit int) ([]tracker.StoredSession, error) {
	rows, err := s.read.RecentSessions(ctx, queries.RecentSessionsParams{UserID: userID, MaxRows: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("reading recent sessions: %w", err)
	}
	return each(rows, sessionOf), nil
}

// NextSessions implements tracker.Store.
func (s *Store) NextSessions(ctx context.Context, after tracker.SessionKey, limit int) ([]tracker.StoredSession, error) {
	rows, err := s.read.NextSessions(ctx, queries.NextSessionsParams{
		AfterUser: after.UserID, AfterID: after.ID, MaxRows: int32(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("reading sessions: %w", err)
	}
	return each(rows, sessionOf), nil
}

// NextSessionsOf implements tracker.Store.
func (s *Store) NextSessionsOf(ctx context.Context, after tracker.SessionKey, limit int) ([]tracker.StoredSession, error) {
	rows, err := s.read.NextSessionsOf(ctx, queries.NextSessionsOfParams{
		UserID: after.UserID, AfterID: after.ID, MaxRows: int32(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("reading the sessions of a user: %w", err)
	}
	return each(rows, sessionOf), nil
}

// SessionsStartedIn implements tracker.Store.
func (s *Store) SessionsStartedIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]tracker.StoredSession, error) {
	rows, err := s.read.SessionsStartedIn(ctx, queries.SessionsStartedInParams{
		UserID: userID, FromAt: int64(from), ToAt: int64(to),
	})
	if err != nil {
		return nil, fmt.Errorf("reading sessions that started in a time: %w", err)
	}
	return each(rows, sessionOf), nil
}

// QuestionsIn implements tracker.Store.
func (s *Store) QuestionsIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]tracker.StoredQuestion, error) {
	rows, err := s.read.QuestionsIn(ctx, queries.QuestionsInParams{
		UserID: userID, FromAt: int64(from), ToAt: int64(to),
	})
	if err != nil {
		return nil, fmt.Errorf("reading questions of a time: %w", err)
	}
	return each(rows, questionOf), nil
}

// SessionQuestions implements tracker.Store. The session's own span bounds the
// range of the index that is read.
func (s *Store) SessionQuestions(ctx context.Context, of tracker.StoredSession) ([]timeline.Question, error) {
	rows, err := s.read.SessionQuestions(ctx, queries.SessionQuestionsParams{
		UserID: of.UserID, FromAt: int64(of.State.StartedAt), ToAt: int64(of.State.LastAt), SessionID: of.ID,
	})
	if err != nil {
		return nil, fmt.Errorf("reading the questions of a session: %w", err)
	}
	return each(rows, func(r queries.Question) timeline.Question { return questionOf(r).Question }), nil
}

// Log implements tracker.Store.
func (s *Store) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	return sessionLog(ctx, s.read, key)
}

func sessionLog(ctx context.Context, q *queries.Queries, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	rows, err := q.SessionLog(ctx, queries.SessionLogParams{UserID: key.UserID, SessionID: key.ID})
	if err != nil {
		return nil, fmt.Errorf("reading a log: %w", err)
	}
	return each(rows, eventOf), nil
}
