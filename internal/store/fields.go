package store

import (
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
)

// The fields of generated rows in the order of eventNames, sessionNames and
// userNames, for the queries that each database has in its own form. They name
// their columns: a column that a newer replica adds must not break this one.

func sessionFields(s *queries.Session) []any {
	return []any{
		&s.UserID, &s.ID, &s.Version, &s.Phase, &s.Deleted, &s.StartedAt, &s.EndedAt, &s.TargetMicros,
		&s.Closed, &s.Counted, &s.LastAt, &s.CurrentStartedAt, &s.CurrentPaused, &s.CurrentPausedAt,
		&s.AetLow, &s.AetHigh, &s.AetText, &s.TaskID, &s.TaskType,
	}
}

func eventFields(e *queries.Event) []any {
	return []any{
		&e.UserID, &e.SessionID, &e.Seq, &e.ID, &e.Type, &e.At, &e.ReceivedAt, &e.ClientAt, &e.SentAt,
		&e.Wanted, &e.TargetMicros, &e.QuestionID,
		&e.AnsweredIndex, &e.AnsweredClosed, &e.AnsweredRaw, &e.AnsweredActive,
		&e.Adjusted, &e.AdjustedActive,
		&e.AetLow, &e.AetHigh, &e.AetText, &e.TaskID, &e.TaskType,
	}
}

const userNames = `id, email, password_hash, is_active, role, first_name, last_name, timezone, target_micros, week_start, reporting_timezone, wants_report_emails, created_at, last_login_at, password_changed_at`

func userFields(u *queries.User) []any {
	return []any{
		&u.ID, &u.Email, &u.PasswordHash, &u.IsActive, &u.Role, &u.FirstName, &u.LastName, &u.Timezone,
		&u.TargetMicros, &u.WeekStart, &u.ReportingTimezone, &u.WantsReportEmails, &u.CreatedAt, &u.LastLoginAt, &u.PasswordChangedAt,
	}
}

// of prefixes column names with their table's name in a query.
func of(table, names string) string {
	return table + "." + strings.ReplaceAll(names, ", ", ", "+table+".")
}
