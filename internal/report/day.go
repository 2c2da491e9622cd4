package report

import (
	"cmp"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Day is the summary of one day of a calendar.
type Day struct {
	Calendar
	Date   Date
	Totals Totals
	Hours  [HoursInDay]Hour // from the first of the day to its last: 5, 6, … 23, 0, … 4
	// Sessions are those with a question on this day, and those that started on it and have
	// no question at all. They are ordered by start, then ID.
	Sessions []SessionDay
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

// add adds one question of a session, or a session without questions, to the day, in the
// hour at a place of Hours. The calls for one session must follow one another.
func (d *Day) add(info SessionInfo, place int, t Totals) {
	if n := len(d.Sessions); n == 0 || d.Sessions[n-1].ID != info.ID {
		d.Sessions = append(d.Sessions, SessionDay{SessionInfo: info})
	}
	session := &d.Sessions[len(d.Sessions)-1]
	session.Totals = session.Totals.Plus(t)
	d.Hours[place].Totals = d.Hours[place].Totals.Plus(t)
	d.Totals = d.Totals.Plus(t)
}

func (d *Day) sortSessions() {
	slices.SortFunc(d.Sessions, func(a, b SessionDay) int {
		return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
}
