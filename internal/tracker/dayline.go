package tracker

import (
	"context"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DayLine returns the sessions that the line of a day shows: inDetail, as DayInDetail returned
// it, and before it the session that began on an earlier day and has a question that ran
// into this one. That question counts on the day on which it began. Sessions do not overlap,
// so there is at most one.
func (t *Tracker) DayLine(ctx context.Context, rater Rater, date report.Date, inDetail []report.Session) ([]report.Session, error) {
	calendar, err := t.calendar(rater)
	if err != nil {
		return nil, err
	}
	start, _ := date.Cover(calendar)
	before, err := t.store.SessionsBefore(ctx, rater.ID, start, 1)
	if err != nil || len(before) == 0 {
		return inDetail, err
	}
	s := before[0]
	isIn := slices.ContainsFunc(inDetail, func(d report.Session) bool { return d.ID == s.ID })
	if isIn || s.State.LastAt <= start {
		return inDetail, nil
	}
	seen, err := t.asSeen(ctx, s)
	if err != nil {
		return nil, err
	}
	questions, err := t.store.SessionQuestions(ctx, s)
	if err != nil || !slices.ContainsFunc(questions, func(q timeline.Question) bool { return spans(q, start) }) {
		return inDetail, err
	}
	carried := report.SummarizeSession(report.SessionLog{SessionInfo: infoOf(seen[0]), Questions: questions})
	return slices.Concat([]report.Session{carried}, inDetail), nil
}

// spans reports whether a question began before an instant and ended after it.
func spans(q timeline.Question, at timeline.Instant) bool { return q.StartedAt < at && q.EndedAt > at }
