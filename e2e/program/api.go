package program

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// These types are the JSON of the API, as far as the tests read and send it. Lengths of time
// are in seconds, times in RFC 3339.

// EventAnswer is the answer to one event.
type EventAnswer struct {
	Status                    string   `json:"status"`
	EventID                   string   `json:"event_id"`
	Duplicate                 bool     `json:"duplicate"`
	SessionID                 string   `json:"session_id"`
	TotalQuestions            int      `json:"total_questions"`
	LastEventType             string   `json:"last_event_type"`
	LastQuestionIndex         int      `json:"last_question_index"`
	LastQuestionActiveSeconds *float64 `json:"last_question_active_seconds"`
	LastQuestionRawSeconds    *float64 `json:"last_question_raw_seconds"`
	LastQuestionActiveMMSS    *string  `json:"last_question_active_mmss"`
}

// BatchAnswer is the answer to a batch, with a result for each event.
type BatchAnswer struct {
	Results []BatchResult `json:"results"`
}

// BatchResult is the result of one event of a batch.
type BatchResult struct {
	EventID string       `json:"event_id"`
	Result  string       `json:"result"`
	Status  int          `json:"status"`
	Reason  string       `json:"reason"`
	Answer  *EventAnswer `json:"answer"`
}

// SessionSummary is the summary of a session.
type SessionSummary struct {
	SessionID          string            `json:"session_id"`
	UserExternalID     string            `json:"user_external_id"`
	IsActive           bool              `json:"is_active"`
	TargetMinutes      float64           `json:"target_minutes_per_question"`
	TotalQuestions     int               `json:"total_questions"`
	TotalRawSeconds    float64           `json:"total_raw_seconds"`
	TotalActiveSeconds float64           `json:"total_active_seconds"`
	AverageActive      float64           `json:"avg_active_seconds"`
	AverageActiveMMSS  string            `json:"avg_active_mmss"`
	PaceEmoji          string            `json:"pace_emoji"`
	Score              int               `json:"score"`
	Questions          []SummaryQuestion `json:"questions"`
}

// SummaryQuestion is a closed question of a SessionSummary.
type SummaryQuestion struct {
	ID            string  `json:"id"`
	Index         int     `json:"index"`
	RawSeconds    float64 `json:"raw_seconds"`
	ActiveSeconds float64 `json:"active_seconds"`
	OverUnder     float64 `json:"over_under_target_seconds"`
}

// DaySummary is the summary of a local day.
type DaySummary struct {
	TotalSessions  int          `json:"total_sessions"`
	TotalQuestions int          `json:"total_questions"`
	ActiveSeconds  float64      `json:"total_active_seconds"`
	AverageActive  float64      `json:"avg_active_seconds"`
	PaceEmoji      string       `json:"daily_pace_emoji"`
	Hours          []DayHour    `json:"hourly_activity"`
	Sessions       []DaySession `json:"sessions"`
}

// DayHour is one hour of a DaySummary.
type DayHour struct {
	Hour           int     `json:"hour"`
	TotalQuestions int     `json:"total_questions"`
	ActiveSeconds  float64 `json:"active_seconds"`
}

// DaySession is one session of a DaySummary.
type DaySession struct {
	SessionID      string  `json:"session_id"`
	IsActive       bool    `json:"is_active"`
	TotalQuestions int     `json:"total_questions"`
	ActiveSeconds  float64 `json:"total_active_seconds"`
	Score          int     `json:"score"`
}

// RecentSession is one session of the list of recent sessions.
type RecentSession struct {
	SessionID            string `json:"session_id"`
	IsActive             bool   `json:"is_active"`
	CurrentQuestionIndex int    `json:"current_question_index"`
}

// SetZone sets the time zone of the profile.
func (c *Client) SetZone(t *testing.T, zone string) {
	t.Helper()
	c.Must(t, http.StatusOK, http.MethodPatch, "/me", map[string]string{"timezone": zone})
}

// Press sends one event and fails the test unless it is accepted.
func (c *Client) Press(t *testing.T, event any) EventAnswer {
	t.Helper()
	var answer EventAnswer
	c.Must(t, http.StatusOK, http.MethodPost, "/events", event).Decode(t, &answer)
	return answer
}

// TryPress sends one event. The answer is the zero EventAnswer unless the status is 200.
func (c *Client) TryPress(ctx context.Context, event any) (EventAnswer, Reply, error) {
	got, err := c.Do(ctx, http.MethodPost, "/events", event)
	if err != nil || got.Status != http.StatusOK {
		return EventAnswer{}, got, err
	}
	answer, err := Decoded[EventAnswer](got)
	return answer, got, err
}

// Summary returns the summary of a session.
func (c *Client) Summary(t *testing.T, sessionID string) SessionSummary {
	t.Helper()
	var summary SessionSummary
	c.Must(t, http.StatusOK, http.MethodGet, "/summary/"+sessionID, nil).Decode(t, &summary)
	return summary
}

// Day returns the summary of a local day such as "2024-05-01".
func (c *Client) Day(t *testing.T, date string) DaySummary {
	t.Helper()
	var day DaySummary
	c.Must(t, http.StatusOK, http.MethodGet, "/dashboard/today/json?date="+date, nil).Decode(t, &day)
	return day
}

// Recent returns the newest sessions, at most 100, newest first.
func (c *Client) Recent(t *testing.T) []RecentSession {
	t.Helper()
	var recent []RecentSession
	c.Must(t, http.StatusOK, http.MethodGet, "/sessions/recent?limit=100", nil).Decode(t, &recent)
	return recent
}

// Event is the body of one press.
type Event struct {
	ID        string `json:"id,omitempty"`
	Type      string `json:"type"`
	Timestamp string `json:"timestamp,omitempty"`
}

// EventBatch is the body of a batch.
type EventBatch struct {
	Events []Event `json:"events"`
}

// SendBatch posts a batch and fails the test unless the call is answered 200.
func (c *Client) SendBatch(t *testing.T, batch any) BatchAnswer {
	t.Helper()
	var answer BatchAnswer
	c.Must(t, http.StatusOK, http.MethodPost, "/events/batch", batch).Decode(t, &answer)
	return answer
}

// String implements fmt.Stringer, for messages of failed tests.
func (r BatchResult) String() string {
	return fmt.Sprintf("%s %d %s of %s", r.Result, r.Status, r.Reason, r.EventID)
}

// ID returns the user's own id, as /me shows it.
func (c *Client) ID(t *testing.T) string {
	t.Helper()
	var me struct {
		ID json.RawMessage `json:"id"`
	}
	c.Must(t, http.StatusOK, http.MethodGet, "/me", nil).Decode(t, &me)
	return strings.Trim(string(me.ID), `"`)
}

// LoggedEvent is an event of a session's log, as the debug route shows it.
type LoggedEvent struct {
	ID            string  `json:"event_id"`
	Type          string  `json:"type"`
	QuestionID    string  `json:"question_id"`    // of a correction
	ActiveSeconds float64 `json:"active_seconds"` // of an ADJUST_QUESTION
}

// Logged returns the log of a session as it arrived: page after page, each with the next one's
// address in the header Link.
func (c *Client) Logged(t *testing.T, sessionID string) (log []LoggedEvent) {
	t.Helper()
	path := "/admin/debug/user-events/" + sessionID
	for path != "" {
		var page []LoggedEvent
		reply := c.Must(t, http.StatusOK, http.MethodGet, path, nil)
		reply.Decode(t, &page)
		log = append(log, page...)
		path = reply.next()
	}
	return log
}
