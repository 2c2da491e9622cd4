package report

import (
	"cmp"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Period is the summary of a run of days of a calendar: a week or a month.
type Period struct {
	Calendar
	Dates        DateRange
	Totals       Totals
	Days         []Day // one for each of Dates, empty ones included
	SessionCount int   // sessions on any of the days, each counted once
}

// SummarizePeriod summarizes a run of days of a calendar, with all their sessions. There is one
// log per session. Questions that started on other days are skipped.
func SummarizePeriod(dates DateRange, calendar Calendar, logs []SessionLog) Period {
	g := Gather(dates, calendar, allSessions)
	w := g.Window(dates)
	for _, log := range logs {
		isEmpty := log.QuestionCount == 0 && !slices.ContainsFunc(log.Questions, timeline.Question.Counts)
		number := w.Session(log.SessionInfo, isEmpty)
		for _, q := range asStarted(log.Questions) {
			w.Question(number, q)
		}
	}
	w.Close()
	return g.Period()
}

// asStarted returns a copy of questions in the order in which they started.
func asStarted(questions []timeline.Question) []timeline.Question {
	return slices.SortedStableFunc(slices.Values(questions), func(a, b timeline.Question) int {
		return cmp.Compare(a.StartedAt, b.StartedAt)
	})
}
