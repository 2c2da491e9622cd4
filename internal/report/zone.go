package report

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// crossing finds when the clocks of zone pass a wall-clock time, which is given
// as if it were UTC. First is the first instant at which they show wall or later,
// which for a time that they skip is the instant of the jump. Last is the instant
// from which on they never again show less than wall. The two differ only where
// clocks fall back across wall.
//
// time.Date is not enough: it may pick either side of a jump.
func crossing(wall time.Time, zone *time.Location) (first, last timeline.Instant) {
	const aDay = 24 * time.Hour // no zone is a day away from UTC
	found := false
	for at, until := wall.Add(-aDay).In(zone), wall.Add(aDay); at.Before(until); {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(until) {
			end = until
		}
		// With the offset of [at, end), the clocks show wall at this instant.
		_, offset := at.Zone()
		shows := wall.Add(-time.Duration(offset) * time.Second)

		if !found && shows.Before(end) {
			found, first = true, timeline.InstantOf(later(at, shows))
		}
		if shows.After(at) {
			last = timeline.InstantOf(earlier(end, shows))
		}
		at = end.In(zone)
	}
	return first, last
}

// InstantsOf returns when the clocks of zone show a wall-clock time, which is given as if it
// were UTC: nearly always at one instant, never if they skip it, and at two, the earlier one
// first, if they fall back across it.
func InstantsOf(wall time.Time, zone *time.Location) []timeline.Instant {
	const aDay = 24 * time.Hour // no zone is a day away from UTC
	var found []timeline.Instant
	for at, until := wall.Add(-aDay).In(zone), wall.Add(aDay); at.Before(until); {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(until) {
			end = until
		}
		_, offset := at.Zone()
		if shows := wall.Add(-time.Duration(offset) * time.Second); !shows.Before(at) && shows.Before(end) {
			found = append(found, timeline.InstantOf(shows))
		}
		at = end.In(zone)
	}
	return found
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
