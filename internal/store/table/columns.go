// Package table describes the columns of each table once: their names, and the fields of the
// models that they hold.
package table

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A new field needs a line here and its column in the migrations of both databases.

// Events are the events of logs.
var Events = Table[tracker.StoredEvent]{
	Name: "events",
	Columns: append([]Column[tracker.StoredEvent]{
		{"user_id", func(e *tracker.StoredEvent) any { return &e.Session.UserID }},
		{"session_id", func(e *tracker.StoredEvent) any { return (*ID)(&e.Session.ID) }},
		{"seq", func(e *tracker.StoredEvent) any { return &e.Seq }},
		{"id", func(e *tracker.StoredEvent) any { return (*ID)(&e.ID) }},
		{"type", func(e *tracker.StoredEvent) any { return (*string)(&e.Type) }},
		{"at", func(e *tracker.StoredEvent) any { return (*int64)(&e.At) }},
		{"received_at", func(e *tracker.StoredEvent) any { return (*int64)(&e.ReceivedAt) }},
		{"client_at", func(e *tracker.StoredEvent) any { return (*int64)(&e.ClientAt) }},
		{"sent_at", func(e *tracker.StoredEvent) any { return (*int64)(&e.SentAt) }},
		{"wanted", func(e *tracker.StoredEvent) any { return Wanted{&e.WantPaused} }},
		{"target_micros", func(e *tracker.StoredEvent) any { return (*int64)(&e.Target) }},
		{"question_id", func(e *tracker.StoredEvent) any { return (*ID)(&e.QuestionID) }},
		{"answered_index", func(e *tracker.StoredEvent) any { return &e.Answered.Index }},
		{"answered_closed", func(e *tracker.StoredEvent) any { return &e.Answered.Closed }},
		{"answered_raw", func(e *tracker.StoredEvent) any { return (*int64)(&e.Answered.Raw) }},
		{"answered_active", func(e *tracker.StoredEvent) any { return (*int64)(&e.Answered.Active) }},
		{"adjusted", func(e *tracker.StoredEvent) any { return &e.Adjustment.Set }},
		{"adjusted_active", func(e *tracker.StoredEvent) any { return (*int64)(&e.Adjustment.Active) }},
		{"outcome", func(e *tracker.StoredEvent) any { return (*string)(&e.Outcome) }},
		{"by_hand", func(e *tracker.StoredEvent) any { return &e.ByHand }},
		{"press_id", func(e *tracker.StoredEvent) any { return (*ID)(&e.PressID) }},
		{"moved_to", func(e *tracker.StoredEvent) any { return (*int64)(&e.MovedTo) }},
	}, taskColumns(func(e *tracker.StoredEvent) *timeline.Task { return &e.Task })...),
}

// Sessions are the states of sessions.
var Sessions = Table[tracker.StoredSession]{
	Name: "sessions",
	Key:  []string{"user_id", "id"},
	Columns: append([]Column[tracker.StoredSession]{
		{"user_id", func(s *tracker.StoredSession) any { return &s.UserID }},
		{"id", func(s *tracker.StoredSession) any { return (*ID)(&s.ID) }},
		{"version", func(s *tracker.StoredSession) any { return &s.Version }},
		{"phase", func(s *tracker.StoredSession) any { return (*int)(&s.State.Phase) }},
		{"deleted", func(s *tracker.StoredSession) any { return &s.State.Deleted }},
		{"started_at", func(s *tracker.StoredSession) any { return (*int64)(&s.State.StartedAt) }},
		{"ended_at", func(s *tracker.StoredSession) any { return (*int64)(&s.State.EndedAt) }},
		{"target_micros", func(s *tracker.StoredSession) any { return (*int64)(&s.State.Target) }},
		{"closed", func(s *tracker.StoredSession) any { return &s.State.Closed }},
		{"counted", func(s *tracker.StoredSession) any { return &s.State.Counted }},
		{"last_at", func(s *tracker.StoredSession) any { return (*int64)(&s.State.LastAt) }},
		{"current_started_at", func(s *tracker.StoredSession) any { return (*int64)(&s.State.Current.StartedAt) }},
		{"current_paused", func(s *tracker.StoredSession) any { return (*int64)(&s.State.Current.Paused) }},
		{"current_paused_at", func(s *tracker.StoredSession) any { return (*int64)(&s.State.Current.PausedAt) }},
		{"current_pressed_at", func(s *tracker.StoredSession) any { return (*int64)(&s.State.Current.PressedAt) }},
	}, taskColumns(func(s *tracker.StoredSession) *timeline.Task { return &s.State.Current.Task })...),
}

// Questions are the closed questions.
var Questions = Table[tracker.StoredQuestion]{
	Name: "questions",
	Key:  []string{"user_id", "started_at", "id"},
	Columns: append([]Column[tracker.StoredQuestion]{
		{"user_id", func(q *tracker.StoredQuestion) any { return &q.UserID }},
		{"started_at", func(q *tracker.StoredQuestion) any { return (*int64)(&q.StartedAt) }},
		{"id", func(q *tracker.StoredQuestion) any { return (*ID)(&q.Question.ID) }},
		{"session_id", func(q *tracker.StoredQuestion) any { return (*ID)(&q.SessionKey.ID) }},
		{"seq", func(q *tracker.StoredQuestion) any { return &q.Seq }},
		{"ended_at", func(q *tracker.StoredQuestion) any { return (*int64)(&q.EndedAt) }},
		{"paused", func(q *tracker.StoredQuestion) any { return (*int64)(&q.Paused) }},
		{"adjusted", func(q *tracker.StoredQuestion) any { return &q.Adjustment.Set }},
		{"adjusted_active", func(q *tracker.StoredQuestion) any { return (*int64)(&q.Adjustment.Active) }},
		{"outcome", func(q *tracker.StoredQuestion) any { return (*string)(&q.Outcome) }},
	}, taskColumns(func(q *tracker.StoredQuestion) *timeline.Task { return &q.Task })...),
}

// Nearly all rows are of presses that nobody corrected. Each column costs time, so theirs are
// inserted without those that only corrections fill.
var (
	Presses  = Events.Without("adjusted", "adjusted_active", "by_hand", "press_id", "moved_to")
	Measured = Questions.Without("adjusted", "adjusted_active")
)

// IsPlainPress reports whether Presses has all that an event says.
func IsPlainPress(e tracker.StoredEvent) bool {
	return !e.ByHand && e.PressID == "" && e.MovedTo == 0 && e.Adjustment == timeline.Adjustment{}
}

// IsMeasured reports whether Measured has all that a question says.
func IsMeasured(q tracker.StoredQuestion) bool { return !q.Adjustment.Set }

// Timings has what the summary of days says of a question. Each column costs time, and a year
// has many questions.
var Timings = Questions.Without("user_id", "seq", "aet_low", "aet_text", "task_id", "task_type")

// QuestionKeys are the columns that identify a question to drop.
var QuestionKeys = Questions.Only(Questions.Key...)

// Users leaves out the columns of a deletion: a user who is being deleted is not an
// account.User.
var Users = Table[account.User]{
	Name: "users",
	Columns: []Column[account.User]{
		{"id", func(u *account.User) any { return &u.ID }},
		{"email", func(u *account.User) any { return &u.Email }},
		{"email_key", func(u *account.User) any { return &u.EmailKey }},
		{"password_hash", func(u *account.User) any { return &u.PasswordHash }},
		{"is_active", func(u *account.User) any { return &u.Active }},
		{"role", func(u *account.User) any { return (*string)(&u.Role) }},
		{"first_name", func(u *account.User) any { return &u.FirstName }},
		{"last_name", func(u *account.User) any { return &u.LastName }},
		{"timezone", func(u *account.User) any { return &u.Timezone }},
		{"target_micros", func(u *account.User) any { return (*int64)(&u.TargetMicros) }},
		{"week_start", func(u *account.User) any { return (*int)(&u.WeekStart) }},
		{"reporting_timezone", func(u *account.User) any { return &u.WeekZone }},
		{"day_start", func(u *account.User) any { return &u.DayStart }},
		{"forgotten_after_micros", func(u *account.User) any { return (*int64)(&u.ForgottenAfter) }},
		{"wants_report_emails", func(u *account.User) any { return &u.WantsReportEmails }},
		{"created_at", func(u *account.User) any { return (*int64)(&u.CreatedAt) }},
		{"last_login_at", func(u *account.User) any { return (*int64)(&u.LastLoginAt) }},
		{"password_changed_at", func(u *account.User) any { return (*int64)(&u.PasswordChangedAt) }},
	},
}

// taskColumns returns the columns of a task, for every table that has them.
func taskColumns[Row any](task func(*Row) *timeline.Task) []Column[Row] {
	return []Column[Row]{
		{"aet_low", func(r *Row) any { return (*int64)(&task(r).AETLow) }},
		{"aet_high", func(r *Row) any { return (*int64)(&task(r).AETHigh) }},
		{"aet_text", func(r *Row) any { return &task(r).AETText }},
		{"task_id", func(r *Row) any { return &task(r).ID }},
		{"task_type", func(r *Row) any { return &task(r).Type }},
		{"task_count", func(r *Row) any { return &task(r).Count }},
	}
}
