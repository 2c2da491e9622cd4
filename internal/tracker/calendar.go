package tracker

import (
	"fmt"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// HasWeekZone reports whether the user's weeks are made of other days than the user's own.
func (r Rater) HasWeekZone() bool { return r.WeekZone != "" && r.WeekZone != r.Zone }

// OfWeeks returns the rater with the days of which their weeks are made. In another week
// zone these begin at midnight there; otherwise they are the user's own days.
func (r Rater) OfWeeks() Rater {
	if r.HasWeekZone() {
		r.Zone, r.DayStart = r.WeekZone, 0
	}
	return r
}

// Today returns the day at this moment in the user's days; for the days of weeks ask with
// Rater.OfWeeks.
func (t *Tracker) Today(rater Rater) (report.Date, error) {
	calendar, err := t.calendar(rater)
	if err != nil {
		return report.Date{}, err
	}
	return calendar.DateOf(timeline.InstantOf(t.now())), nil
}

// ThisWeek returns the week that runs at this moment in the user's week zone.
func (t *Tracker) ThisWeek(rater Rater) (report.DateRange, error) {
	today, err := t.Today(rater.OfWeeks())
	if err != nil {
		return report.DateRange{}, err
	}
	return report.WeekOf(today, rater.WeekStart), nil
}

// calendar returns how the user's days are cut.
func (t *Tracker) calendar(rater Rater) (report.Calendar, error) {
	zone, err := t.zones.load(rater.Zone)
	return report.Calendar{Zone: zone, DayStart: rater.DayStart}, err
}

// zones keeps the time zones that were loaded: reading one takes longer than
// summarizing a day. There are some 600.
type zones struct {
	loaded sync.Map // name → *time.Location
}

func (z *zones) load(name string) (*time.Location, error) {
	if zone, ok := z.loaded.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("loading time zone: %w", err)
	}
	z.loaded.Store(name, zone)
	return zone, nil
}
