package httpapi

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// timeOf returns an instant as JSON shows it: RFC 3339 with Z.
func timeOf(at timeline.Instant) time.Time { return at.Time() }

// timeOrNull returns an instant that may be none, 0, which JSON shows as null.
func timeOrNull(at timeline.Instant) *time.Time {
	if at == 0 {
		return nil
	}
	t := at.Time()
	return &t
}

// minutes returns a client's number of minutes as a length of time.
func minutes(m float64) timeline.Micros { return timeline.Micros(m*float64(timeline.Minute) + 0.5) }
