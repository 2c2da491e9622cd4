package httpapi

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// timeOf is an instant in JSON: RFC 3339 with Z. None, 0, is null.
func timeOf(at timeline.Instant) *time.Time {
	if at == 0 {
		return nil
	}
	t := at.Time()
	return &t
}

// minutes is a number of minutes from a client as a length of time.
func minutes(m float64) timeline.Micros { return timeline.Micros(m*float64(timeline.Minute) + 0.5) }
