package report

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ErrBadDate is returned for a date or month that cannot be read. Its text may be shown to
// the person who typed it.
var ErrBadDate = errors.New("not a date")

// The years of dates that people may ask for. Events begin in 2000 UTC, which is still 1999
// west of Greenwich. The days around a date must have a four-digit year too.
const (
	firstYear = 1999
	lastYear  = 9998
)

// Date is a day of the calendar, in no zone yet. The zero Date is not a day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date of the form "2024-02-07" and nothing looser. The error
// wraps ErrBadDate.
func ParseDate(s string) (Date, error) {
	t, err := parseWithin(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%w: want YYYY-MM-DD, from %d to %d", ErrBadDate, firstYear, lastYear)
	}
	return dateOf(t), nil
}

// ParseMonth reads a month of the form "2024-02" and nothing looser, and gives
// its days. The error wraps ErrBadDate.
func ParseMonth(s string) (DateRange, error) {
	t, err := parseWithin("2006-01", s)
	if err != nil {
		return DateRange{}, fmt.Errorf("%w: want YYYY-MM, from %d to %d", ErrBadDate, firstYear, lastYear)
	}
	return MonthOf(dateOf(t)), nil
}

// IsAskable reports whether ParseDate accepts d, so that a page may link to it.
func (d Date) IsAskable() bool { return d.Year >= firstYear && d.Year <= lastYear }

func parseWithin(layout, s string) (time.Time, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}, err
	}
	if !dateOf(t).IsAskable() {
		return time.Time{}, ErrBadDate
	}
	return t, nil
}

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// String returns the date as "2024-02-07".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return dateOf(d.wall(0).AddDate(0, 0, n)) }

// DaysSince returns the number of days from earlier to d; negative when d comes first.
func (d Date) DaysSince(earlier Date) int {
	const secondsPerDay = 24 * 60 * 60 // in wall time every day has 24 hours
	return int((d.wall(0).Unix() - earlier.wall(0).Unix()) / secondsPerDay)
}

// Compare returns a negative number, 0 or a positive number as d is before, the same as, or
// after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.wall(0).Weekday() }

// Cover returns DateRange.Cover of this one day.
func (d Date) Cover(c Calendar) (from, to timeline.Instant) {
	return DateRange{From: d, Days: 1}.Cover(c)
}

// wall returns what a clock shows at the full hour on d, as if it were UTC. Hours from 24
// on are those of the next date.
func (d Date) wall(hour int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, time.UTC)
}

// DateRange is a run of days.
type DateRange struct {
	From Date // the first day
	Days int  // how many
}

// WeekOf returns the week that contains d; weeks begin on start.
func WeekOf(d Date, start time.Weekday) DateRange {
	since := (int(d.Weekday()) - int(start) + 7) % 7
	return DateRange{From: d.AddDays(-since), Days: 7}
}

// MonthOf returns the calendar month that contains d.
func MonthOf(d Date) DateRange {
	endOfMonth := time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC)
	return DateRange{From: Date{Year: d.Year, Month: d.Month, Day: 1}, Days: endOfMonth.Day()}
}

// Last returns the last day of the range.
func (r DateRange) Last() Date { return r.From.AddDays(r.Days - 1) }

// Cover returns the shortest run of instants, from ≤ t < to, that contains every instant
// of the range's days. It may contain others: where clocks fall back across the start of a
// day, minutes of the next day lie between minutes of this one. So filter by
// Calendar.DateOf what was read by a Cover. A day that the zone skipped has an empty Cover:
// from equals to.
func (r DateRange) Cover(c Calendar) (from, to timeline.Instant) {
	from, _ = crossing(r.From.wall(c.DayStart), c.Zone)
	_, to = crossing(r.From.AddDays(r.Days).wall(c.DayStart), c.Zone)
	return from, to
}
