package report

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// HoursInDay is how many hours of the wall clock a day has, also when the clocks change.
const HoursInDay = 24

// Calendar says how somebody's days are cut: a day is from DayStart on its date to
// DayStart on the next date, by the clocks of Zone. With DayStart 5, what happens at 02:00
// on 8 February belongs to 7 February.
type Calendar struct {
	Zone     *time.Location
	DayStart int // full hour, 0 to 6
}

// DateOf returns the day to which an instant belongs.
func (c Calendar) DateOf(at timeline.Instant) Date {
	date, _ := c.locate(at)
	return date
}

// locate returns the day of an instant, and the place of its hour in that day: 0 is the
// hour that begins at DayStart.
func (c Calendar) locate(at timeline.Instant) (date Date, place int) {
	local := at.Time().In(c.Zone)
	date, place = dateOf(local), local.Hour()-c.DayStart
	if place < 0 {
		return date.AddDays(-1), place + HoursInDay
	}
	return date, place
}

// hourAt returns the hour of the clock, 0 to 23, at a place of the day, and the wall time at
// which that hour of d begins, as if it were UTC.
func (c Calendar) hourAt(d Date, place int) (hour int, wall time.Time) {
	return (c.DayStart + place) % HoursInDay, d.wall(c.DayStart + place)
}
