package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Day is the summary of one local day.
type Day struct {
	Date   Date
	Zone   *time.Location // whose days and hours these are
	Totals Totals
	Hours  [24]Hour
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

func newDay(date Date, zone *time.Location) Day {
	d := Day{Date: date, Zone: zone}
	for h := range d.Hours {
		start, _ := crossing(date.wall(h), zone)
		d.Hours[h] = Hour{Hour: h, Start: start}
	}
	return d
}

// add adds one question of a session, or a session without questions, to the day. The calls
// for one session must follow one another.
func (d *Day) add(info SessionInfo, hour int, t Totals) {
	if n := len(d.Sessions); n == 0 || d.Sessions[n-1].ID != info.ID {
		d.Sessions = append(d.Sessions, SessionDay{SessionInfo: info})
	}
	session := &d.Sessions[len(d.Sessions)-1]
	session.Totals = session.Totals.Plus(t)
	d.Hours[hour].Totals = d.Hours[hour].Totals.Plus(t)
	d.Totals = d.Totals.Plus(t)
}

func (d *Day) sortSessions() {
	slices.SortFunc(d.Sessions, func(a, b SessionDay) int {
		return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
}
