// Package timeline derives a session from its log: what runs now and every
// closed question. It is pure: no I/O, no clock, no logging.
// docs/contract.md#events has the rules of each type.
//
// The rules are:
//   - The log is ordered by time, then by arrival; Fold brings it into that order.
//   - Apply is one step. Fold is Apply over the ordered log, and nothing else.
//   - NEXT, PAUSE and EXIT need only the State; UNDO and corrections reach back
//     into the questions and need the whole Session.
//   - A question is named by the event that closed it, so its ID survives a refold.
package timeline

// Type is the type of an event: what it does.
type Type string

// The presses.
const (
	Next  Type = "NEXT"
	Pause Type = "PAUSE"
	Undo  Type = "UNDO"
	Exit  Type = "EXIT"
)

// The corrections: events that change what other events mean.
const (
	DeleteQuestion  Type = "DELETE_QUESTION"
	RestoreQuestion Type = "RESTORE_QUESTION"
	AdjustQuestion  Type = "ADJUST_QUESTION"
	DeleteSession   Type = "DELETE_SESSION"
	RestoreSession  Type = "RESTORE_SESSION"
	SetTarget       Type = "SET_TARGET"

	// The corrections of one press, which the event names with PressID.
	MovePress    Type = "MOVE_PRESS"
	RemovePress  Type = "REMOVE_PRESS"
	RestorePress Type = "RESTORE_PRESS"
)

// Outcome is what became of a task.
type Outcome string

// The outcomes. The zero Outcome means that none was told.
const (
	Submitted Outcome = "submitted"
	Released  Outcome = "released"
	Expired   Outcome = "expired"
	Skipped   Outcome = "skipped"
)

// Outcomes returns all of them.
func Outcomes() []Outcome { return []Outcome{Submitted, Released, Expired, Skipped} }

// IsPress reports whether t is one of the four presses, which a client sends.
func (t Type) IsPress() bool {
	switch t {
	case Next, Pause, Undo, Exit:
		return true
	default:
		return false
	}
}

// MeansQuestion reports whether t corrects one question, which the event names.
func (t Type) MeansQuestion() bool {
	return t == DeleteQuestion || t == RestoreQuestion || t == AdjustQuestion
}

// MeansPress reports whether t corrects one press, which the event names.
func (t Type) MeansPress() bool { return t == MovePress || t == RemovePress || t == RestorePress }

// ReachesBack reports whether t may change questions that are already closed.
func (t Type) ReachesBack() bool {
	return t == Undo || t.MeansQuestion() || t.MeansPress() || t == DeleteSession || t == RestoreSession
}

// Event is one entry of a session's log.
type Event struct {
	ID   string // UUID, unique per user
	Seq  int64  // arrival number within the session, from 1
	Type Type
	At   Instant // when it happened, by the corrected clock

	// WantPaused is the state a PAUSE asks for; nil toggles.
	WantPaused *bool
	// Task describes the question that a NEXT opens.
	Task Task
	// Outcome is what became of the question that a NEXT or EXIT closes.
	Outcome Outcome
	// ByHand says that a person added the press later, without the clock.
	ByHand bool
	// Target is the session's target per question: set by the NEXT that starts
	// the session and by SET_TARGET.
	Target Micros
	// QuestionID names the question that is corrected: see Type.MeansQuestion.
	QuestionID string
	// PressID names the press that is corrected: see Type.MeansPress.
	PressID string
	// MovedTo is the new time of the press that a MOVE_PRESS names.
	MovedTo Instant
	// Adjustment is what an ADJUST_QUESTION sets; the zero Adjustment undoes an earlier
	// one.
	Adjustment Adjustment
}

// Task is what the rating page says about a question; every field is optional.
type Task struct {
	AETLow, AETHigh Micros // average estimated time as a range; 0 when not given
	AETText         string // the estimate as the page wrote it
	ID, Type        string
	Count           int // how many tasks the page held; 0 when it did not say
}

// Tasks returns how many tasks the question was: one, unless the page said otherwise.
func (t Task) Tasks() int { return max(1, t.Count) }

// Adjustment is an active time that a person set by hand, as when a pause was forgotten.
// The zero Adjustment means that none was set.
type Adjustment struct {
	Set    bool
	Active Micros // 0 unless Set
}

// Question is one closed task.
type Question struct {
	ID        string // ID of the event that closed it
	Seq       int64  // arrival number of that event: orders questions that closed at the same instant
	StartedAt Instant
	EndedAt   Instant
	Paused    Micros // how much of the time between was paused
	Task      Task
	Outcome   Outcome
	// Adjustment overrides the active time that follows from the presses. Paused is kept,
	// so that the adjustment can be undone.
	Adjustment Adjustment
	Opening    bool // the zero-length question that a session's first NEXT closes
	Deleted    bool
}

// Raw returns the time from start to end, pauses included.
func (q Question) Raw() Micros { return q.EndedAt.Since(q.StartedAt) }

// Active returns the time that counts: the time that a person set, or else OriginalActive.
// It never exceeds the raw time, even if a late event has shortened the question since.
func (q Question) Active() Micros {
	if q.Adjustment.Set {
		return min(q.Adjustment.Active, q.Raw())
	}
	return q.OriginalActive()
}

// OriginalActive returns the raw time without the pauses, at least 0. An adjustment does
// not change it.
func (q Question) OriginalActive() Micros { return max(0, q.Raw()-q.Paused) }

// Target returns the time that the question should take: the upper end of its AET, or the
// session's target when the page gave none.
func (q Question) Target(session Micros) Micros {
	if q.Task.AETHigh > 0 {
		return q.Task.AETHigh
	}
	return session
}

// Counts reports whether people see the question: it is neither the opening question nor
// deleted.
func (q Question) Counts() bool { return !q.Opening && !q.Deleted }
