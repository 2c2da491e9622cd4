package timeline

import "time"

// Instant is a moment in UTC, in microseconds since 1970-01-01T00:00:00Z.
// It is an integer so that times compare, subtract and store exactly.
type Instant int64

// Micros is a length of time in microseconds.
type Micros int64

// Lengths of time that the rules are written in.
const (
	Second Micros = 1_000_000
	Minute        = 60 * Second
)

// InstantOf truncates t to the microsecond; its zone does not matter.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns i as a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// Add returns the instant d later.
func (i Instant) Add(d Micros) Instant { return i + Instant(d) }

// Since returns the time from earlier to i, or 0 if earlier comes after i.
func (i Instant) Since(earlier Instant) Micros { return max(0, Micros(i-earlier)) }

// Seconds returns m in seconds; exact to the microsecond for any length below 272 years.
func (m Micros) Seconds() float64 { return float64(m) / float64(Second) }

// Minutes returns m in minutes.
func (m Micros) Minutes() float64 { return float64(m) / float64(Minute) }
