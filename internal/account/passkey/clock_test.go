package passkey

import "time"

// clock is a time that only the test moves.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 12, 0, 0, 123_456_000, time.UTC)} }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }
