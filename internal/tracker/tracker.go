// Package tracker holds the use cases on sessions: recording presses in groups,
// correcting what was recorded, and reading it back as summaries.
//
// The log is the truth. A request is folded into its session in memory and
// written, log and projection together, in one durable transaction with all
// other requests that arrived while the previous transaction was being written.
package tracker

import (
	"context"
	"log/slog"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/coalesce"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The failures that a caller can do something about.
var (
	ErrNoSession       = fault.New(fault.Refused, "there is no active session: press NEXT to start one")
	ErrIDReused        = fault.New(fault.Conflict, "this event id was already used for an event with another type or timestamp")
	ErrTooManyLate     = fault.New(fault.Unavailable, "too many late events at once: send this one again")
	ErrTooManyChanges  = fault.New(fault.Unavailable, "too many changes at once: send this one again")
	ErrOtherBegun      = fault.New(fault.Conflict, "another session has begun since: this one cannot run on")
	ErrNoStart         = fault.New(fault.Conflict, "without this press the session would not start: delete the session instead")
	ErrRemovedPress    = fault.New(fault.Conflict, "the press is removed: restore it first")
	ErrUnknownSession  = fault.New(fault.NotFound, "no such session")
	ErrUnknownPress    = fault.New(fault.NotFound, "no such press")
	ErrUnknownQuestion = fault.New(fault.NotFound, "no such question")
	ErrRefusedData     = fault.New(fault.Invalid, "the database refused this data")
	ErrUnavailable     = fault.New(fault.Unavailable, "the database did not answer in time: send the event again, with the same id")
)

// Rater is the user on whose behalf something is done.
type Rater struct {
	ID       int64
	Email    string
	Zone     string          // IANA name
	Target   timeline.Micros // per question, for sessions that start now
	DayStart int             // the full hour, 0 to 6, at which the days in Zone begin
	// WeekZone and WeekStart say how the weeks of reports are cut; WeekZone ""
	// means Zone.
	WeekZone  string
	WeekStart time.Weekday
	// ForgottenAfter is how long the active session may be without a press before its end
	// was probably forgotten; 0 means report.ForgottenAfter.
	ForgottenAfter timeline.Micros
}

// bounds are those that a test sets lower than the program.
type bounds struct {
	entries int // maxEntries
	history int // maxGroupHistory
}

func theBounds() bounds { return bounds{entries: maxEntries, history: maxGroupHistory} }

// Options are what a Tracker needs.
type Options struct {
	Store Store
	Now   func() time.Time
	Log   *slog.Logger
	// Announce is called after each commit with the users whose logs it changed. It must
	// not block. nil means that nobody is told.
	Announce func(users []int64)
	// Quota is how many events each user may add on a day; nil means that nobody counts them.
	Quota *limit.Quota
}

// Tracker implements the use cases. Those that change something need Run, which ends only
// when all changes are on disk.
type Tracker struct {
	store    Store
	now      func() time.Time
	log      *slog.Logger
	requests *coalesce.Coalescer[*request]
	turns    turns // of requests that are apart
	bounds   bounds
	quota    *limit.Quota
	zones    zones
	announce func(users []int64)
}

// New makes a Tracker. It has no goroutine while nothing is to be recorded.
func New(o Options) *Tracker {
	if o.Announce == nil {
		o.Announce = func([]int64) {}
	}
	t := &Tracker{store: o.Store, now: o.Now, log: o.Log, announce: o.Announce, bounds: theBounds(), quota: o.Quota}
	if t.quota == nil {
		t.quota = limit.NewQuota("", 0, nil, o.Now)
	}
	t.requests = coalesce.New(coalesce.Options[*request]{
		Run: t.recordGroup, MaxItems: maxGroupRequests,
		Weight: (*request).weight, MaxWeight: maxGroupPresses,
		Idle: t.settleSome, IdleAfter: idleAfter,
	})
	return t
}

// Outcome is what became of one press.
type Outcome struct {
	Answer Answer // when Err is nil
	Err    error  // a *fault.Error, or the failure of the whole group
}

// Answer is what the client learns of its press.
type Answer struct {
	EventID   string
	Type      timeline.Type
	Duplicate bool
	SessionID string
	State     timeline.State // as it is now
	Answered  Answered       // of the press itself, also when it is a repeat
	At        timeline.Instant
	// HasCut says that the press ended a full session, of which it closed the question that
	// Answered tells, and began the session SessionID.
	HasCut bool
}

// Record puts presses into the logs of the sessions in whose spans they fall, in their order,
// and returns one Outcome each; a refused press does not stop the others. sentAt is the client's clock
// when it sent them, 0 if it did not say; a press's own SentAt wins. When the error is nil,
// everything accepted is on disk. It returns ErrUnavailable when the database does not
// answer in time or the server shuts down, and a *fault.Throttled when the user has added as
// many events as they may today; that is also the error of single presses for which not enough
// was left.
func (t *Tracker) Record(ctx context.Context, rater Rater, presses []Press, sentAt timeline.Instant) ([]Outcome, error) {
	return t.recorded(ctx, t.recording(rater, presses, sentAt))
}

func (t *Tracker) recorded(ctx context.Context, r *request) ([]Outcome, error) {
	if err := t.submit(ctx, r); err != nil {
		return nil, err
	}
	return r.outcomes, r.refused
}

// recording returns the request that records presses.
func (t *Tracker) recording(rater Rater, presses []Press, sentAt timeline.Instant) *request {
	received := timeline.InstantOf(t.now())
	r := &request{rater: rater, received: received, presses: make([]timed, len(presses))}
	for i, p := range presses {
		if p.ID == "" { // given now, so that a repeated group records it once
			p.ID = newID()
		}
		if p.SentAt == 0 {
			p.SentAt = sentAt
		}
		r.presses[i] = timedBy(p, received)
	}
	return r
}
