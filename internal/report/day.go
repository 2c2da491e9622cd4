package report

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Day is the summary of one day of a calendar.
type Day struct {
	Calendar
	Date   Date
	Totals Totals
	Hours  [HoursInDay]Hour // from the first of the day to its last: 5, 6, … 23, 0, … 4
	// Sessions are those with a question on this day, and those that started on it and have
	// no question at all. They are ordered by start, then ID. A day of a Gathering lists one
	// page of them, or none.
	Sessions     []SessionDay
	SessionCount int // all of them
	Page         int // the number of the page, from 1
	// Continued has, for each session of the day that is on an earlier day of the period too,
	// the latest such day.
	Continued []Date
}

// Hour is what started in one hour by the wall clock. A day on which clocks
// change has 24 of them too: the hour that comes twice holds both, and the hour
// that is skipped holds nothing.
type Hour struct {
	Hour int // 0..23
	// Start is the first instant at which the clocks showed this hour or later on
	// this day: for a skipped hour, the instant of the jump.
	Start  timeline.Instant
	Totals Totals
}

// SessionDay is the part of a session that belongs to one day.
type SessionDay struct {
	SessionInfo
	Totals Totals
}

func newDay(date Date, calendar Calendar) Day {
	d := Day{Calendar: calendar, Date: date}
	for i := range d.Hours {
		hour, wall := calendar.hourAt(date, i)
		start, _ := crossing(wall, calendar.Zone)
		d.Hours[i] = Hour{Hour: hour, Start: start}
	}
	return d
}
