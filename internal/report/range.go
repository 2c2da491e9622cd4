package report

import (
	"slices"
	"time"
)

// Week is the part of a period that lies in one week.
type Week struct {
	Dates        DateRange // those of the period only
	Totals       Totals
	SessionCount int // sessions on any of the days, each counted once
}

// Weeks cuts a period into weeks that begin on start. The first and the last may have
// fewer than seven days.
func (p Period) Weeks(start time.Weekday) []Week {
	var weeks []Week
	for from := 0; from < len(p.Days); {
		to := from + 1
		for to < len(p.Days) && p.Days[to].Date.Weekday() != start {
			to++
		}
		weeks = append(weeks, weekOf(p.Days[from:to]))
		from = to
	}
	return weeks
}

func weekOf(days []Day) Week {
	w := Week{Dates: DateRange{From: days[0].Date, Days: len(days)}}
	for _, day := range days {
		w.Totals = w.Totals.Plus(day.Totals)
		w.SessionCount += day.SessionCount
		for _, before := range day.Continued {
			if w.Dates.Contains(before) {
				w.SessionCount--
			}
		}
	}
	return w
}

// Contains reports whether d is one of the days.
func (r DateRange) Contains(d Date) bool {
	since := d.DaysSince(r.From)
	return since >= 0 && since < r.Days
}

// On returns the session with only the questions that started on a run of days of a
// calendar, and their totals. The questions keep their indexes.
func (s Session) On(dates DateRange, calendar Calendar) Session {
	return s.with(slices.DeleteFunc(slices.Clone(s.Questions), func(q Question) bool {
		return !dates.Contains(calendar.DateOf(q.StartedAt))
	}))
}

// with returns the session with some of its questions, and their totals.
func (s Session) with(questions []Question) Session {
	s.Questions, s.Totals = questions, TotalsOf(questions)
	return s
}
