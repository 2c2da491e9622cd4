package tracker_test

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Summary returns a session with all its questions, page after page.
func (f *fixture) Summary(ctx context.Context, rater tracker.Rater, sessionID string) (report.Session, error) {
	whole, err := f.SessionPage(ctx, rater, sessionID, report.Listing{Page: 1})
	for number := 2; err == nil && number <= whole.Pages; number++ {
		var page report.SessionPage
		page, err = f.SessionPage(ctx, rater, sessionID, report.Listing{Page: number})
		whole.Questions = append(whole.Questions, page.Questions...)
	}
	return whole.Session, err
}

// seenOn returns the sessions of a run of days with all their questions, by start.
func (f *fixture) seenOn(ctx context.Context, rater tracker.Rater, dates report.DateRange) ([]report.Session, error) {
	var sessions []report.Session
	known := map[string]bool{}
	for i := range dates.Days {
		day, err := f.Day(ctx, rater, dates.From.AddDays(i), 1)
		if err != nil {
			return nil, err
		}
		for _, s := range day.Sessions {
			if known[s.ID] {
				continue
			}
			known[s.ID] = true
			session, err := f.Summary(ctx, rater, s.ID)
			if err != nil {
				return nil, err
			}
			sessions = append(sessions, session)
		}
	}
	return sessions, nil
}

// totalsOn returns the totals of the questions of a run of days.
func (f *fixture) totalsOn(ctx context.Context, rater tracker.Rater, dates report.DateRange) (report.Totals, error) {
	var questions []report.Question
	for q, err := range f.Questions(ctx, rater, dates) {
		if err != nil {
			return report.Totals{}, err
		}
		questions = append(questions, q.Question)
	}
	return report.TotalsOf(questions), nil
}

// Log returns the log of a session as it arrived, part after part.
func (f *fixture) Log(ctx context.Context, rater tracker.Rater, sessionID string) ([]tracker.StoredEvent, error) {
	log, err := f.LogAfter(ctx, rater, sessionID, 0)
	for part := log; err == nil && len(part) == tracker.LogPage; log = append(log, part...) {
		part, err = f.LogAfter(ctx, rater, sessionID, part[len(part)-1].Seq)
	}
	return log, err
}
