package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
)

// The JSON that the program answers, as far as tests read it (SPEC sections 3
// to 5); lengths of time in seconds, times in RFC 3339.

type eventAnswer struct {
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

type batchAnswer struct {
	Results []batchResult `json:"results"`
}

type batchResult struct {
	EventID string       `json:"event_id"`
	Result  string       `json:"result"`
	Status  int          `json:"status"`
	Reason  string       `json:"reason"`
	Answer  *eventAnswer `json:"answer"`
}

type sessionSummary struct {
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
	Questions          []summaryQuestion `json:"questions"`
}

type summaryQuestion struct {
	ID            string  `json:"id"`
	Index         int     `json:"index"`
	RawSeconds    float64 `json:"raw_seconds"`
	ActiveSeconds float64 `json:"active_seconds"`
	OverUnder     float64 `json:"over_under_target_seconds"`
}

type daySummary struct {
	TotalSessions  int          `json:"total_sessions"`
	TotalQuestions int          `json:"total_questions"`
	ActiveSeconds  float64      `json:"total_active_seconds"`
	AverageActive  float64      `json:"avg_active_seconds"`
	PaceEmoji      string       `json:"daily_pace_emoji"`
	Hours          []dayHour    `json:"hourly_activity"`
	Sessions       []daySession `json:"sessions"`
}

type dayHour struct {
	Hour           int     `json:"hour"`
	TotalQuestions int     `json:"total_questions"`
	ActiveSeconds  float64 `json:"active_seconds"`
}

type daySession struct {
	SessionID      string  `json:"session_id"`
	IsActive       bool    `json:"is_active"`
	TotalQuestions int     `json:"total_questions"`
	ActiveSeconds  float64 `json:"total_active_seconds"`
	Score          int     `json:"score"`
}

type recentSession struct {
	SessionID            string `json:"session_id"`
	IsActive             bool   `json:"is_active"`
	CurrentQuestionIndex int    `json:"current_question_index"`
}

// setZone sets the time zone of the profile.
func (c *client) setZone(t *testing.T, zone string) {
	t.Helper()
	c.must(t, http.StatusOK, http.MethodPatch, "/me", map[string]string{"timezone": zone})
}

// press sends one event and fails the test unless it is accepted.
func (c *client) press(t *testing.T, event any) eventAnswer {
	t.Helper()
	var answer eventAnswer
	c.must(t, http.StatusOK, http.MethodPost, "/events", event).decode(t, &answer)
	return answer
}

// tryPress sends one event; the answer is meaningful when the status is 200.
func (c *client) tryPress(ctx context.Context, event any) (eventAnswer, reply, error) {
	got, err := c.do(ctx, http.MethodPost, "/events", event)
	if err != nil || got.status != http.StatusOK {
		return eventAnswer{}, got, err
	}
	var answer eventAnswer
	err = json.Unmarshal(got.body, &answer)
	return answer, got, err
}

func (c *client) summary(t *testing.T, sessionID string) sessionSummary {
	t.Helper()
	var summary sessionSummary
	c.must(t, http.StatusOK, http.MethodGet, "/summary/"+sessionID, nil).decode(t, &summary)
	return summary
}

func (c *client) day(t *testing.T, date string) daySummary {
	t.Helper()
	var day daySummary
	c.must(t, http.StatusOK, http.MethodGet, "/dashboard/today/json?date="+date, nil).decode(t, &day)
	return day
}

func (c *client) recent(t *testing.T) []recentSession {
	t.Helper()
	var recent []recentSession
	c.must(t, http.StatusOK, http.MethodGet, "/sessions/recent?limit=100", nil).decode(t, &recent)
	return recent
}
