package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// IsForgotten reports whether the end of a session was probably forgotten, because its newest
// press is so long ago. pressedAt is that press, or 0 for a session that is not active: it is
// never forgotten, so that of a list of sessions at most one costs a read.
func (t *Tracker) IsForgotten(ctx context.Context, rater Rater, pressedAt timeline.Instant) (bool, error) {
	now := timeline.InstantOf(t.now())
	idle := now.Since(pressedAt)
	switch {
	case pressedAt == 0:
		return false, nil
	case rater.ForgottenAfter != 0:
		return idle > rater.ForgottenAfter, nil
	case idle <= report.MinForgottenAfter: // whatever the questions say
		return false, nil
	}
	recent, err := t.recentQuestions(ctx, rater, now)
	return err == nil && idle > report.ForgottenAfter(recent), err
}

// recentQuestions returns the questions that started within report.ForgottenWithin.
func (t *Tracker) recentQuestions(ctx context.Context, rater Rater, now timeline.Instant) ([]report.Question, error) {
	from := now.Add(-report.ForgottenWithin)
	sessions, err := t.store.SessionsIn(ctx, rater.ID, from, now)
	if err != nil {
		return nil, err
	}
	logs, err := t.logsIn(ctx, rater, sessions, from, now)
	if err != nil {
		return nil, err
	}
	var recent []report.Question
	for _, log := range logs {
		recent = append(recent, report.SummarizeSession(log).Questions...)
	}
	return recent, nil
}
