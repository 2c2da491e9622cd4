package export

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Format and Version name the form of an archive. A reader refuses a version that it
// does not know; a new field does not make a new version.
const (
	Format  = "raterhub-tracker-export"
	Version = 1
)

// Profile is what an archive says about the person. It holds no credentials.
type Profile struct {
	Email             string     `json:"email"`
	FirstName         string     `json:"first_name"`
	LastName          string     `json:"last_name"`
	Timezone          string     `json:"timezone"`
	DayStart          string     `json:"day_start"`               // "05:00", by the clocks of Timezone
	ReportingTimezone string     `json:"reporting_timezone"`      // "" is Timezone
	WeekStart         string     `json:"week_start"`              // "monday"
	Target            *Seconds   `json:"target_seconds"`          // null is the server's default
	ForgottenAfter    *Seconds   `json:"forgotten_after_seconds"` // null: the longest questions decide
	WantsReportEmails bool       `json:"wants_report_emails"`
	CreatedAt         *time.Time `json:"created_at"`
	LastLoginAt       *time.Time `json:"last_login_at"`
}

// Seconds is a length that JSON has as a number of seconds, exact to the microsecond.
type Seconds timeline.Micros

// MarshalJSON writes decimal digits and no exponent.
func (s Seconds) MarshalJSON() ([]byte, error) { return []byte(seconds(timeline.Micros(s))), nil }

// SecondsIf returns m, or nil if it was not given.
func SecondsIf(m timeline.Micros, given bool) *Seconds {
	if !given {
		return nil
	}
	s := Seconds(m)
	return &s
}

// TimeIf returns an instant, or nil if it was not given.
func TimeIf(at timeline.Instant) *time.Time {
	if at == 0 {
		return nil
	}
	t := at.Time()
	return &t
}

// Log is one session. All else about it follows from its events.
type Log struct {
	SessionID string
	// IsSuperseded says that another session has begun after it, so without an EXIT it counts
	// as ended at its newest press.
	IsSuperseded bool
	Events       []Event // in any order
}

// Event is one event of a log with all of its times.
type Event struct {
	timeline.Event
	ReceivedAt timeline.Instant
	ClientAt   timeline.Instant // 0 when the client gave none
	SentAt     timeline.Instant // 0 when the client gave none
}

// Archive writes everything that a person has here as one JSON document, session by
// session. It stops at the first error of logs and returns it. The document then lacks its
// end, so that nobody mistakes it for a whole one.
func Archive(w io.Writer, at timeline.Instant, profile Profile, logs iter.Seq2[Log, error]) error {
	head, err := json.Marshal(struct {
		Format     string    `json:"format"`
		Version    int       `json:"version"`
		ExportedAt time.Time `json:"exported_at"`
		Profile    Profile   `json:"profile"`
	}{Format, Version, at.Time(), profile})
	if err != nil {
		return fmt.Errorf("writing a profile: %w", err)
	}
	// The list of sessions follows inside the same object.
	if _, err := fmt.Fprintf(w, "%s,\"sessions\":[", head[:len(head)-1]); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	separator := "\n"
	for log, err := range logs {
		if err != nil {
			return err
		}
		session, err := json.Marshal(sessionOf(log))
		if err != nil {
			return fmt.Errorf("writing a session: %w", err)
		}
		if _, err := fmt.Fprintf(w, "%s%s", separator, session); err != nil {
			return fmt.Errorf("writing an archive: %w", err)
		}
		separator = ",\n"
	}
	if _, err := io.WriteString(w, "\n]}\n"); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	return nil
}

func sessionOf(log Log) session {
	events := make([]timeline.Event, len(log.Events))
	s := session{ID: log.SessionID, Events: make([]event, len(log.Events)), Questions: []question{}}
	for i, e := range log.Events {
		events[i], s.Events[i] = e.Event, eventOf(e)
	}
	folded := timeline.Fold(events)
	state := folded.State
	if log.IsSuperseded {
		state = state.Superseded()
	}
	s.StartedAt, s.EndedAt = TimeIf(state.StartedAt), TimeIf(state.EndedAt)
	s.IsActive, s.IsDeleted, s.Target = state.Active(), state.Deleted, Seconds(state.Target)
	summary := report.SummarizeSession(report.SessionLog{
		SessionInfo: report.SessionInfo{ID: log.SessionID, Target: folded.Target}, Questions: folded.Visible(),
	})
	for _, q := range summary.Questions {
		s.Questions = append(s.Questions, questionOf(q))
	}
	return s
}
