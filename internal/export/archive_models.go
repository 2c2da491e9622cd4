package export

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// session is one session of an archive. The events are the record. The rest is derived from
// them, for people who read the file without this program.
type session struct {
	ID        string     `json:"session_id"`
	StartedAt *time.Time `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
	IsActive  bool       `json:"is_active"`
	IsDeleted bool       `json:"is_deleted"`
	Target    Seconds    `json:"target_seconds"`
	Events    []event    `json:"entries"`
	Questions []question `json:"questions"`
}

type event struct {
	ID         string     `json:"id"`
	Seq        int64      `json:"seq"`
	Type       string     `json:"type"`
	At         time.Time  `json:"timestamp"`
	ReceivedAt *time.Time `json:"received_at,omitempty"`
	ClientAt   *time.Time `json:"client_timestamp,omitempty"` // before its clock was corrected
	SentAt     *time.Time `json:"sent_at,omitempty"`
	Paused     *bool      `json:"paused,omitempty"`
	Outcome    string     `json:"outcome,omitempty"` // of the question that the press closed
	task
	Target     *Seconds `json:"target_seconds,omitempty"` // of the session, from this event on
	ByHand     bool     `json:"by_hand,omitempty"`        // a person added the press later
	QuestionID string   `json:"question_id,omitempty"`    // that the event corrects
	PressID    string   `json:"press_id,omitempty"`       // that the event corrects
	// MovedTo is the new time of the press that a MOVE_PRESS corrects.
	MovedTo *time.Time `json:"moved_to,omitempty"`
	// Adjusted is what an ADJUST_QUESTION sets; without it the event undoes an earlier one.
	Adjusted *Seconds `json:"adjusted_active_seconds,omitempty"`
}

type task struct {
	ID      string   `json:"task_id,omitempty"`
	Type    string   `json:"task_type,omitempty"`
	AETLow  *Seconds `json:"aet_low_seconds,omitempty"`
	AETHigh *Seconds `json:"aet_high_seconds,omitempty"`
	AETText string   `json:"aet_text,omitempty"`
	Count   int      `json:"task_count,omitempty"` // left out when no press told it
}

type question struct {
	ID             string    `json:"id"`
	Index          int       `json:"index"`
	StartedAt      time.Time `json:"started_at"`
	EndedAt        time.Time `json:"ended_at"`
	Raw            Seconds   `json:"raw_seconds"`
	Active         Seconds   `json:"active_seconds"`
	OriginalActive *Seconds  `json:"original_active_seconds,omitempty"` // of an adjusted one
	Target         Seconds   `json:"target_seconds"`
	Outcome        string    `json:"outcome,omitempty"` // left out when no press told it
	task
}

func taskOf(t timeline.Task) task {
	return task{
		ID: t.ID, Type: t.Type, AETText: t.AETText, Count: t.Count,
		AETLow: SecondsIf(t.AETLow, t.AETLow > 0), AETHigh: SecondsIf(t.AETHigh, t.AETHigh > 0),
	}
}

func eventOf(e Event) event {
	return event{
		ID: e.ID, Seq: e.Seq, Type: string(e.Type), At: e.At.Time(),
		ReceivedAt: TimeIf(e.ReceivedAt), ClientAt: TimeIf(e.ClientAt), SentAt: TimeIf(e.SentAt),
		Paused: e.WantPaused, Outcome: string(e.Outcome), task: taskOf(e.Task), Target: SecondsIf(e.Target, e.Target > 0),
		ByHand: e.ByHand, PressID: e.PressID, MovedTo: TimeIf(e.MovedTo),
		QuestionID: e.QuestionID, Adjusted: SecondsIf(e.Adjustment.Active, e.Adjustment.Set),
	}
}

func questionOf(q report.Question) question {
	return question{
		ID: q.ID, Index: q.Index, StartedAt: q.StartedAt.Time(), EndedAt: q.EndedAt.Time(),
		Raw: Seconds(q.Raw), Active: Seconds(q.Active), OriginalActive: SecondsIf(q.OriginalActive, q.IsAdjusted),
		Target: Seconds(q.Target), Outcome: string(q.Outcome), task: taskOf(q.Task),
	}
}
