// Package report turns sessions and their closed questions into what people read: pace,
// clocks, and the summaries of a session, a day, a week and a month. It is pure, and its
// models serve JSON, pages and files alike: times stay instants in UTC and lengths of time
// stay microseconds until a face writes them. docs/contract.md#summaries has the rules.
//
// The rules are:
//   - Only questions that people see count: neither opening nor deleted ones.
//   - A question belongs to the day of a Calendar, and to the hour, in which it started.
//   - So the hours, the sessions and the totals of a day add up, and so do the
//     days of a period.
package report

import (
	"cmp"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// SessionInfo is what a summary says about a session besides its questions.
type SessionInfo struct {
	ID        string // public UUID
	StartedAt timeline.Instant
	EndedAt   timeline.Instant // 0 while it has not ended
	// WithoutEnd says that no EXIT ended it: another session has begun since, so it counts as
	// ended at its newest press.
	WithoutEnd bool
	IsActive   bool             // it still accepts presses
	PressedAt  timeline.Instant // the newest press; 0 unless it is active
	Target     timeline.Micros  // per question, for those without an AET
	// QuestionCount is how many questions of the whole session count, on any day.
	// It tells a session that has none yet from one whose questions are on other days.
	QuestionCount int
}

// SessionLog is a session with closed questions of it, in any order. The summary of a
// session needs all its questions. The summary of a day or a period needs the questions
// that started in its Cover, and the sessions without questions that started there.
type SessionLog struct {
	SessionInfo
	Questions []timeline.Question
}

// Session is the summary of one session.
type Session struct {
	SessionInfo
	Totals    Totals
	Questions []Question // in the order in which they closed
}

// Question is one line of a session's summary.
type Question struct {
	ID        string
	Index     int // 1..n without gaps
	StartedAt timeline.Instant
	EndedAt   timeline.Instant
	Raw       timeline.Micros // start to end, pauses included
	Active    timeline.Micros // without pauses, or what a person set it to
	// OriginalActive is the active time that follows from the presses alone.
	OriginalActive timeline.Micros
	IsAdjusted     bool            // a person set the active time
	Target         timeline.Micros // its AET, or the session's target
	Task           timeline.Task
	Outcome        timeline.Outcome // "" when no press told it
}

// An active time above improbableTargets × target + improbableGrace looks like a forgotten
// pause. The grace keeps one interruption of a short question from being suspected.
const (
	improbableTargets = 3
	improbableGrace   = 5 * timeline.Minute
)

// IsImprobable reports whether the question took so much longer than its target that a
// pause was probably forgotten. It is a hint that changes no number. Once a person has set
// the active time, to any value, the question is no longer improbable.
func (q Question) IsImprobable() bool {
	return !q.IsAdjusted && q.Active > improbableTargets*q.Target+improbableGrace
}

// OverUnder returns how much longer than its target the question took; it is negative when
// it was quicker.
func (q Question) OverUnder() timeline.Micros { return q.Active - q.Target }

// SummarizeSession summarizes a session from all its closed questions. It counts
// them itself, whatever the log's QuestionCount says.
func SummarizeSession(log SessionLog) Session {
	s := Session{SessionInfo: log.SessionInfo}
	for _, q := range asClosed(log.Questions) {
		if !q.Counts() {
			continue
		}
		s.Totals = s.Totals.Plus(totalsOf(q, log.Target))
		s.Questions = append(s.Questions, questionOf(q, len(s.Questions)+1, log.Target))
	}
	s.QuestionCount = len(s.Questions)
	return s
}

// questionOf returns a question of a session with this target as people see it.
func questionOf(q timeline.Question, index int, target timeline.Micros) Question {
	return Question{
		ID: q.ID, Index: index,
		StartedAt: q.StartedAt, EndedAt: q.EndedAt,
		Raw: q.Raw(), Active: q.Active(), OriginalActive: q.OriginalActive(), IsAdjusted: q.Adjustment.Set,
		Target: q.Target(target), Task: q.Task, Outcome: q.Outcome,
	}
}

// QuestionOf returns a question of a session with this target as people see it, without its
// index.
func QuestionOf(q timeline.Question, target timeline.Micros) Question {
	return questionOf(q, 0, target)
}

// asClosed returns a copy of questions in the order in which they closed.
func asClosed(questions []timeline.Question) []timeline.Question {
	return slices.SortedFunc(slices.Values(questions), func(a, b timeline.Question) int {
		return cmp.Or(cmp.Compare(a.EndedAt, b.EndedAt), cmp.Compare(a.Seq, b.Seq))
	})
}
