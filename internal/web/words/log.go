package words

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Seconds writes instants to the second by the clocks of a zone.
type Seconds struct {
	zone   *time.Location
	layout string
	other  string // layout of instants of another date than the first one's
	date   string // of the first one
}

// SecondsOf returns how to write the instants of a session. They have their date if the
// session has more than one, and the name of their offset if the clocks change in it.
func SecondsOf(from, to timeline.Instant, zone *time.Location) Seconds {
	first, last := from.Time().In(zone), to.Time().In(zone)
	s := Seconds{zone: zone, layout: "15:04:05", other: "2 Jan 15:04:05", date: first.Format(time.DateOnly)}
	if last.Format(time.DateOnly) != s.date {
		s.layout = s.other
	}
	_, before := first.Zone()
	if _, after := last.Zone(); before != after {
		s.layout, s.other = s.layout+" MST", s.other+" MST"
	}
	return s
}

// At writes one instant: "10:42:10", or "1 Feb 10:42:10" if its date is not the session's.
func (s Seconds) At(at timeline.Instant) string {
	local := at.Time().In(s.zone)
	if local.Format(time.DateOnly) != s.date {
		return local.Format(s.other)
	}
	return local.Format(s.layout)
}

// Span writes a start and an end: "10:38:05 – 10:42:10".
func (s Seconds) Span(from, to timeline.Instant) string { return s.At(from) + " – " + s.At(to) }
