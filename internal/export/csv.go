package export

import (
	"io"
	"iter"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// Days writes one row for each day, with the columns of docs/contract.md#files.
func Days(w io.Writer, days []report.Day) error {
	t, err := daysTable(w, days)
	if err != nil {
		return err
	}
	return t.end()
}

// Week writes the days of a week, and a row of their totals.
func Week(w io.Writer, week report.Period) error {
	t, err := daysTable(w, week.Days)
	if err != nil {
		return err
	}
	if err := t.totals("TOTAL", week.SessionCount, week.Totals); err != nil {
		return err
	}
	return t.end()
}

func daysTable(w io.Writer, days []report.Day) (*table, error) {
	t, err := newTable(w, "date", "session_count", "total_active_seconds", "total_raw_seconds", "daily_pace_label", "daily_pace_emoji")
	if err != nil {
		return nil, err
	}
	for _, day := range days {
		if err := t.totals(day.Date.String(), day.SessionCount, day.Totals); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *table) totals(name string, sessions int, totals report.Totals) error {
	pace := totals.Pace()
	return t.row(name, number(sessions), seconds(totals.Active), seconds(totals.Raw), pace.Label, pace.Emoji)
}

// Question is a question with its session.
type Question struct {
	SessionID string
	report.Question
}

// Questions writes one row for each question. It stops at the first error of questions and
// returns it.
func Questions(w io.Writer, questions iter.Seq2[Question, error]) error {
	t, err := newTable(w,
		"session_id", "index", "started_at", "ended_at", "raw_seconds", "active_seconds", "original_active_seconds",
		"target_seconds", "over_under_target_seconds", "task_id", "task_type", "aet_low_seconds", "aet_high_seconds", "aet_text",
		"outcome", "task_count",
	)
	if err != nil {
		return err
	}
	for q, err := range questions {
		if err != nil {
			return err
		}
		if err := t.question(q); err != nil {
			return err
		}
	}
	return t.end()
}

// question leaves original_active_seconds empty unless a person set the active time.
func (t *table) question(q Question) error {
	return t.row(
		q.SessionID, number(q.Index), instant(q.StartedAt), instant(q.EndedAt),
		seconds(q.Raw), seconds(q.Active), secondsIf(q.OriginalActive, q.IsAdjusted),
		seconds(q.Target), seconds(q.OverUnder()), inert(q.Task.ID), inert(q.Task.Type),
		secondsIf(q.Task.AETLow, q.Task.AETLow > 0), secondsIf(q.Task.AETHigh, q.Task.AETHigh > 0), inert(q.Task.AETText),
		string(q.Outcome), number(q.Task.Tasks()),
	)
}
