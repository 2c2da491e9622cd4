package store

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Session implements tracker.Store.
func (s *Store) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	return session(ctx, s.rows, key)
}

func session(ctx context.Context, read reader, key tracker.SessionKey) (tracker.StoredSession, error) {
	session, err := one(ctx, read, table.Sessions, "Session", key.UserID, table.ID(key.ID))
	return session, found(err, tracker.ErrUnknown, "reading a session")
}

// RecentSessions implements tracker.Store.
func (s *Store) RecentSessions(ctx context.Context, userID int64, limit int) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading recent sessions")
	return all(ctx, s.rows, table.Sessions, "RecentSessions", userID, limit)
}

// SessionsBefore implements tracker.Store.
func (s *Store) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return sessionsBefore(ctx, s.rows, userID, before, limit)
}

func sessionsBefore(ctx context.Context, read reader, userID int64, before timeline.Instant, limit int) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading the sessions before a time")
	return all(ctx, read, table.Sessions, "SessionsBefore", userID, int64(before), limit)
}

// NextSessions implements tracker.Store.
func (s *Store) NextSessions(ctx context.Context, after tracker.SessionKey, limit int) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading sessions")
	return all(ctx, s.rows, table.Sessions, "NextSessions", after.UserID, table.ID(after.ID), limit)
}

// NextSessionsOf implements tracker.Store.
func (s *Store) NextSessionsOf(ctx context.Context, after tracker.SessionKey, limit int) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading the sessions of a user")
	return all(ctx, s.rows, table.Sessions, "NextSessionsOf", after.UserID, table.ID(after.ID), limit)
}

// SessionsIn implements tracker.Store.
func (s *Store) SessionsIn(ctx context.Context, userID int64, from, to timeline.Instant) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading the sessions of a time")
	return all(ctx, s.rows, table.Sessions, "SessionsIn", userID, int64(from), int64(to))
}

// QuestionsIn implements tracker.Store.
func (s *Store) QuestionsIn(ctx context.Context, userID int64, from, to timeline.Instant) (_ []tracker.StoredQuestion, err error) {
	defer fault.Wrap(&err, "reading questions of a time")
	return all(ctx, s.rows, table.Questions, "QuestionsIn", userID, int64(from), int64(to))
}

// SessionQuestions implements tracker.Store. The session's own span bounds the range of
// the index that is read.
func (s *Store) SessionQuestions(ctx context.Context, of tracker.StoredSession) (_ []timeline.Question, err error) {
	defer fault.Wrap(&err, "reading the questions of a session")
	rows, err := all(ctx, s.rows, table.Questions, "SessionQuestions", of.UserID, int64(of.State.StartedAt), int64(of.State.LastAt), table.ID(of.ID))
	return each(rows, func(q tracker.StoredQuestion) timeline.Question { return q.Question }), err
}

// EachQuestion implements tracker.Store.
func (s *Store) EachQuestion(ctx context.Context, of tracker.StoredSession, do func(timeline.Question) bool) (err error) {
	defer fault.Wrap(&err, "reading the questions of a session")
	one := func(q tracker.StoredQuestion) bool { return do(q.Question) }
	return stream(ctx, s.rows, table.Questions, one, "SessionQuestions", of.UserID, int64(of.State.StartedAt), int64(of.State.LastAt), table.ID(of.ID))
}

// EachQuestionIn implements tracker.Store.
func (s *Store) EachQuestionIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) (err error) {
	defer fault.Wrap(&err, "reading questions of a time")
	return stream(ctx, s.rows, table.Questions, do, "QuestionsIn", userID, int64(from), int64(to))
}

// EachTimingIn implements tracker.Store.
func (s *Store) EachTimingIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) (err error) {
	defer fault.Wrap(&err, "reading how long questions took")
	return stream(ctx, s.rows, table.Timings, do, "TimingsIn", userID, int64(from), int64(to))
}

// QuestionsBefore implements tracker.Store.
func (s *Store) QuestionsBefore(ctx context.Context, of tracker.StoredSession, before timeline.Instant, limit int) (_ []timeline.Question, err error) {
	defer fault.Wrap(&err, "reading the latest questions of a session")
	rows, err := all(ctx, s.rows, table.Questions, "QuestionsBefore", of.UserID, int64(of.State.StartedAt), int64(before), table.ID(of.ID), limit)
	return each(rows, func(q tracker.StoredQuestion) timeline.Question { return q.Question }), err
}

// LogAfter implements tracker.Store.
func (s *Store) LogAfter(ctx context.Context, key tracker.SessionKey, seq int64, limit int) (_ []tracker.StoredEvent, err error) {
	defer fault.Wrap(&err, "reading a part of a log")
	return all(ctx, s.rows, table.Events, "LogAfter", key.UserID, table.ID(key.ID), seq, limit)
}

// Event implements tracker.Store.
func (s *Store) Event(ctx context.Context, key tracker.EventKey) (tracker.StoredEvent, error) {
	event, err := one(ctx, s.rows, table.Events, "Event", key.UserID, table.ID(key.ID))
	return event, found(err, tracker.ErrUnknown, "reading an event")
}

// HasUser implements tracker.Store.
func (s *Store) HasUser(ctx context.Context, userID int64) (bool, error) {
	_, err := user(ctx, s.rows, "UserByID", userID)
	if errors.Is(err, account.ErrUnknownUser) {
		return false, nil
	}
	return err == nil, err
}

// Log implements tracker.Store.
func (s *Store) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	return sessionLog(ctx, s.rows, key)
}

func sessionLog(ctx context.Context, read reader, key tracker.SessionKey) (_ []tracker.StoredEvent, err error) {
	defer fault.Wrap(&err, "reading a log")
	return all(ctx, read, table.Events, "SessionLog", key.UserID, table.ID(key.ID))
}
