package replicas

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// These types are the JSON of answers, as far as the model says what they must be. All times
// and lengths become microseconds, so that they compare exactly.

type moment int64 // 0 for null

// UnmarshalJSON reads RFC 3339.
func (m *moment) UnmarshalJSON(raw []byte) error {
	var at *time.Time
	if err := json.Unmarshal(raw, &at); err != nil || at == nil {
		return err
	}
	*m = moment(at.UnixMicro())
	return nil
}

type seconds int64

// UnmarshalJSON reads a number of seconds.
func (s *seconds) UnmarshalJSON(raw []byte) error { return scaled((*int64)(s), raw, 1e6) }

type minutes int64

// UnmarshalJSON reads a number of minutes.
func (m *minutes) UnmarshalJSON(raw []byte) error { return scaled((*int64)(m), raw, 60e6) }

func scaled(to *int64, raw []byte, by float64) error {
	var number float64
	if err := json.Unmarshal(raw, &number); err != nil {
		return err
	}
	*to = int64(math.Round(number * by))
	return nil
}

// pressAnswer is the answer to a press.
type pressAnswer struct {
	EventID        string   `json:"event_id"`
	Duplicate      bool     `json:"duplicate"`
	SessionID      string   `json:"session_id"`
	Total          int      `json:"total_questions"`
	Type           string   `json:"last_event_type"`
	LastIndex      int      `json:"last_question_index"`
	LastActive     *seconds `json:"last_question_active_seconds"`
	LastRaw        *seconds `json:"last_question_raw_seconds"`
	IsActive       bool     `json:"is_active"`
	IsPaused       bool     `json:"is_paused"`
	CurrentIndex   int      `json:"current_question_index"`
	CurrentStarted moment   `json:"current_question_started_at"`
	PausedAt       moment   `json:"paused_at"`
	Accumulated    seconds  `json:"pause_accumulated_seconds"`
	Target         minutes  `json:"target_minutes_per_question"`
}

type batchAnswer struct {
	Results []struct {
		EventID string       `json:"event_id"`
		Result  string       `json:"result"`
		Status  int          `json:"status"`
		Answer  *pressAnswer `json:"answer"`
	} `json:"results"`
}

// correctionAnswer is the answer to a correction.
type correctionAnswer struct {
	Changed bool     `json:"changed"`
	EventID string   `json:"event_id"`
	Session *summary `json:"session"`
}

// summary is a session with its questions.
type summary struct {
	ID        string            `json:"session_id"`
	StartedAt moment            `json:"started_at"`
	EndedAt   moment            `json:"ended_at"`
	IsActive  bool              `json:"is_active"`
	Target    minutes           `json:"target_minutes_per_question"`
	Total     int               `json:"total_questions"`
	Questions []summaryQuestion `json:"questions"`
}

type summaryQuestion struct {
	ID        string  `json:"id"`
	Index     int     `json:"index"`
	StartedAt moment  `json:"started_at"`
	EndedAt   moment  `json:"ended_at"`
	Raw       seconds `json:"raw_seconds"`
	Active    seconds `json:"active_seconds"`
	Original  seconds `json:"original_active_seconds"`
	Adjusted  bool    `json:"is_adjusted"`
	Target    minutes `json:"target_minutes"`
	Outcome   string  `json:"outcome"`
}

// recentSession is one of the list of sessions.
type recentSession struct {
	ID           string `json:"session_id"`
	StartedAt    moment `json:"started_at"`
	EndedAt      moment `json:"ended_at"`
	IsActive     bool   `json:"is_active"`
	CurrentIndex int    `json:"current_question_index"`
}

// largestPage is how many questions one page has: docs/contract.md#summaries.
const largestPage = 500

// total returns how many questions are closed, the opening one included.
func (f *folded) total() (n int) {
	for _, q := range f.closed {
		if !q.deleted {
			n++
		}
	}
	return n
}

func (f *folded) currentIndex() int {
	if f.active() {
		return f.total() + 1
	}
	return f.total()
}

// accumulated returns the pauses of the current question that are over.
func (f *folded) accumulated() (sum int64) {
	for _, s := range f.current.spent {
		if !s.work && (f.phase == running || s.from < f.pausedAt) {
			sum += s.to - s.from
		}
	}
	return sum
}

// answerAbout returns what a client is told about a recorded press: what it did then, and the
// state of its session now.
func (m *model) answerAbout(p place, duplicate bool) *pressAnswer {
	view, then, e := m.seen(p.session), p.session.after(p.at+1), p.session.log[p.at]
	a := &pressAnswer{
		EventID: e.id, Duplicate: duplicate, SessionID: p.session.id, Type: e.kind,
		Total: view.total(), LastIndex: then.total(),
		IsActive: view.active(), IsPaused: view.phase == paused, CurrentIndex: view.currentIndex(),
		Target: minutes(view.target),
	}
	if view.active() {
		a.CurrentStarted, a.Accumulated = moment(view.current.start), seconds(view.accumulated())
		if view.current.estimate > 0 {
			a.Target = minutes(view.current.estimate)
		}
	}
	if view.phase == paused {
		a.PausedAt = moment(view.pausedAt)
	}
	for _, q := range then.closed {
		if q.id == e.id {
			active, raw := seconds(q.active()), seconds(q.raw())
			a.LastActive, a.LastRaw = &active, &raw
		}
	}
	return a
}

// summaryOf returns a session with its questions as people see it.
func summaryOf(id string, f folded) *summary {
	s := &summary{
		ID: id, StartedAt: moment(f.startedAt), EndedAt: moment(f.endedAt), IsActive: f.active(),
		Target: minutes(f.target), Questions: []summaryQuestion{},
	}
	for _, q := range f.closed {
		if !q.counts() {
			continue
		}
		s.Total++
		shown := summaryQuestion{
			ID: q.id, Index: s.Total, StartedAt: moment(q.start), EndedAt: moment(q.end), Raw: seconds(q.raw()),
			Active: seconds(q.active()), Original: seconds(q.original()), Adjusted: q.adjusted,
			Target: minutes(f.target), Outcome: q.outcome,
		}
		if q.estimate > 0 {
			shown.Target = minutes(q.estimate)
		}
		if s.Total <= largestPage {
			s.Questions = append(s.Questions, shown)
		}
	}
	return s
}

func (a *pressAnswer) String() string { return asText(a) }

// asText returns a value for the message of a failed test.
func asText(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(encoded)
}
