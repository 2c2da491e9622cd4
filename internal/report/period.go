package report

import (
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

// SummarizePeriod summarizes a run of days of a calendar. There is one log per session.
// Questions that started on other days are skipped.
func SummarizePeriod(dates DateRange, calendar Calendar, logs []SessionLog) Period {
	p := Period{Calendar: calendar, Dates: dates, Days: make([]Day, dates.Days)}
	for i := range p.Days {
		p.Days[i] = newDay(dates.From.AddDays(i), calendar)
	}
	for _, log := range logs {
		if p.addSession(log) {
			p.SessionCount++
		}
	}
	for i := range p.Days {
		p.Days[i].sortSessions()
		p.Totals = p.Totals.Plus(p.Days[i].Totals)
	}
	return p
}

// addSession reports whether the session is on any of the days.
func (p *Period) addSession(log SessionLog) bool {
	if log.QuestionCount == 0 && !slices.ContainsFunc(log.Questions, timeline.Question.Counts) {
		return p.add(log.SessionInfo, log.StartedAt, Totals{})
	}
	found := false
	for _, q := range log.Questions {
		if q.Counts() && p.add(log.SessionInfo, q.StartedAt, totalsOf(q, log.Target)) {
			found = true
		}
	}
	return found
}

// add adds t to the day of startedAt, and reports whether that day is in the period.
func (p *Period) add(info SessionInfo, startedAt timeline.Instant, t Totals) bool {
	date, place := p.locate(startedAt)
	i := date.DaysSince(p.Dates.From)
	if i < 0 || i >= len(p.Days) {
		return false
	}
	p.Days[i].add(info, place, t)
	return true
}
