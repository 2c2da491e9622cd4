package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ErrLostRace is returned by Store.InTx when another replica changed the same user's log
// first. Nothing was written; the work is done again on fresh data. The keys of the events
// catch every such race, even one that no lock prevented: two replicas cannot both write
// event n of a session, nor the same id twice.
var ErrLostRace = errors.New("another replica changed the same log first")

// ErrRejected is returned by Store.InTx when the database refuses the data itself, so that
// trying again is useless. Nothing was written.
var ErrRejected = errors.New("the database refused the data")

// ErrUnknown is returned by a Store for a row that does not exist.
var ErrUnknown = errors.New("no such row")

// SessionKey names a session. Everything is stored and looked up by user, so a session of
// another user is not found.
type SessionKey struct {
	UserID int64
	ID     string // public UUID
}

// EventKey names an event of a user.
type EventKey struct {
	UserID int64
	ID     string // UUID, the client's own or one that the server gave
}

// StoredSession is the projection of one session's log.
type StoredSession struct {
	SessionKey
	Version int64 // number of events in the log, and Seq of the newest
	State   timeline.State
}

// StoredQuestion is the projection of one closed question.
type StoredQuestion struct {
	SessionKey
	timeline.Question
}

// StoredEvent is one event of a log with everything that is kept of it.
type StoredEvent struct {
	Session SessionKey
	timeline.Event
	ReceivedAt timeline.Instant
	ClientAt   timeline.Instant // the client's own time for it, before correction; 0 when it gave none
	SentAt     timeline.Instant // the client's clock when it sent; 0 when it gave none
	Answered   Answered
}

// Key names the event.
func (e StoredEvent) Key() EventKey { return EventKey{UserID: e.Session.UserID, ID: e.ID} }

// Answered is what the client was told about the question that its press closed. It is
// kept, because a repeat of the press gets the same answer.
type Answered struct {
	Index       int  // closed questions after the press
	Closed      bool // whether it closed a question; else Raw and Active are 0
	Raw, Active timeline.Micros
}

// Need is what a group of requests has to know before it is applied.
type Need struct {
	Users  []int64    // whose newest session, if any
	Events []EventKey // which of these are recorded already
	Lock   bool       // make other replicas wait: for a group that lost a race before

	Logins   []Login  // which of these exist
	Counters []string // which the transaction may update
}

// Loaded answers a Need.
type Loaded struct {
	Newest   []StoredSession // by start, without deleted ones
	Recorded []StoredEvent
	Logins   []StoredLogin
}

// Changes is what a group of requests writes, all at once.
type Changes struct {
	Events   []StoredEvent
	Sessions []StoredSession  // new or changed
	Drop     []StoredQuestion // before Put
	Put      []StoredQuestion
	// Timelines are users, in ascending order, for whom more changed than that their newest
	// session got events. Of two replicas that write such a change of one user at once, one
	// gets ErrLostRace.
	Timelines []int64
	Probe     string // unless empty, a row of this ID is written and removed again, to see whether writing works
}

// Empty reports whether there is nothing to write.
func (c *Changes) Empty() bool { return len(c.Events) == 0 && c.Probe == "" }

// Tx is one durable transaction on the logs. What it reads may be outdated by the
// time it writes, unless Need.Lock was set: then the write fails with ErrLostRace.
type Tx interface {
	// Counters are updated with the transaction if they are in the database: then only those
	// that Load was told of, and a write fails with ErrLostRace if another replica has
	// updated one since Load. A store that keeps them in memory updates them at once.
	limit.Counters

	Load(ctx context.Context, need Need) (Loaded, error)
	// Session returns ErrUnknown when there is none.
	Session(ctx context.Context, key SessionKey) (StoredSession, error)
	// SessionsBefore returns up to limit sessions that started before an instant, without
	// deleted ones, the newest first: by start, then those without an EXIT, then by end.
	SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]StoredSession, error)
	// SessionsFrom returns up to limit sessions that started at an instant or later, without
	// deleted ones, by start.
	SessionsFrom(ctx context.Context, userID int64, from timeline.Instant, limit int) ([]StoredSession, error)
	// Log is all events of one session, in no particular order.
	Log(ctx context.Context, key SessionKey) ([]StoredEvent, error)
	// Write may delay the writing, and so its errors, to the end of the transaction.
	Write(ctx context.Context, changes Changes) error
}

// Store keeps the logs and their projections.
type Store interface {
	// InTx runs do in a transaction that is on disk when InTx returns nil. It
	// returns ErrLostRace, ErrRejected, or do's own error.
	InTx(ctx context.Context, do func(Tx) error) error

	// Settle writes some of what InTx has made durable to where it is read, and reports
	// whether more of it waits. Nobody has to call it: who reads a user's data gets all of it.
	// It is called while nothing is to be recorded.
	Settle(ctx context.Context) (more bool, err error)

	// Session returns ErrUnknown when there is none.
	Session(ctx context.Context, key SessionKey) (StoredSession, error)
	// SessionsBefore is as in Tx.
	SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]StoredSession, error)
	// RecentSessions returns the newest sessions by start, without deleted ones.
	RecentSessions(ctx context.Context, userID int64, limit int) ([]StoredSession, error)
	// SessionQuestions returns the session's questions in the order in which they started, which
	// is the order in which they closed.
	SessionQuestions(ctx context.Context, session StoredSession) ([]timeline.Question, error)
	// EachQuestion calls do with each of the session's questions, in that order, until do returns
	// false. None but that one is in memory. do must not read from the store.
	EachQuestion(ctx context.Context, session StoredSession, do func(timeline.Question) bool) error
	// QuestionsBefore returns up to limit questions of the session that started before an
	// instant, the latest first.
	QuestionsBefore(ctx context.Context, session StoredSession, before timeline.Instant, limit int) ([]timeline.Question, error)
	// SessionsIn returns the sessions that started in [from, to) or have a question that
	// did, by start, without deleted ones.
	SessionsIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]StoredSession, error)
	// QuestionsIn returns the questions that started in [from, to), by start.
	QuestionsIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]StoredQuestion, error)
	// EachQuestionIn calls do with each of QuestionsIn, as EachQuestion does.
	EachQuestionIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(StoredQuestion) bool) error
	// EachTimingIn is EachQuestionIn without the user and Seq, and of the task with its count and
	// the upper end of its AET alone.
	EachTimingIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(StoredQuestion) bool) error
	// Log is all events of one session, in no particular order.
	Log(ctx context.Context, key SessionKey) ([]StoredEvent, error)
	// LogAfter returns up to limit events of one session after one of a number, by their Seq.
	LogAfter(ctx context.Context, key SessionKey, seq int64, limit int) ([]StoredEvent, error)
	// Event returns ErrUnknown when there is none.
	Event(ctx context.Context, key EventKey) (StoredEvent, error)
	// HasUser reports whether the account exists and is not being deleted.
	HasUser(ctx context.Context, userID int64) (bool, error)
	// NextSessions returns up to limit sessions of all users after a key, in the order of
	// their keys, deleted ones included: for a walk over everything.
	NextSessions(ctx context.Context, after SessionKey, limit int) ([]StoredSession, error)
	// NextSessionsOf returns up to limit sessions of the user of a key, after that key, in
	// the order of their ids, deleted ones included.
	NextSessionsOf(ctx context.Context, after SessionKey, limit int) ([]StoredSession, error)
}
