package limit

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// The schedule of a Throttle.
const (
	freeFailures    = 2 // that cause no wait
	lockoutFailures = 5
	cooldown        = 30 * time.Second
	lockout         = 15 * time.Minute

	// memory is how long failures count after the newest one. A lockout is as long, so
	// the count starts again at zero when it ends.
	memory = lockout
)

// Throttle slows down people who guess. From the 3rd failure of a key on, the next try
// must wait 30 s × (failures − 2), and after the 5th failure 15 minutes.
//
// A try counts as a failure from its start, and Clear or Forgive takes it back. So parallel
// tries do not get further than tries one after another.
type Throttle struct {
	name     string
	counters Counters
	now      func() time.Time
}

// NewThrottle returns a Throttle. Throttles with the same name and counters count
// together.
func NewThrottle(name string, counters Counters, now func() time.Time) *Throttle {
	return &Throttle{name: name, counters: counters, now: now}
}

// Try is a try that was allowed or refused.
type Try struct {
	Allowed    bool
	RetryAfter time.Duration // unless allowed
	Failures   int           // this one included, if it was allowed

	Key string
	at  int64
}

// Locks reports whether this try locks its key if it fails.
func (t Try) Locks() bool { return t.Allowed && t.Failures == lockoutFailures }

// Begin allows a try of key, or says when the next one may be made. A refused try does
// not count. The error is that of the counters.
func (t *Throttle) Begin(ctx context.Context, key string) (Try, error) {
	now := t.now().UnixMicro()
	try := Try{Key: key, at: now}
	err := t.update(ctx, key, func(failures []int64) []int64 {
		until := blockedUntil(failures)
		if try.Allowed = until <= now; !try.Allowed {
			try.RetryAfter, try.Failures = time.Duration(until-now)*time.Microsecond, len(failures)
			return failures
		}
		try.RetryAfter, try.Failures = 0, len(failures)+1
		return append(failures, now)
	})
	return try, err
}

// Clear forgets all failures of a key, after a try that succeeded.
func (t *Throttle) Clear(ctx context.Context, key string) error {
	return t.update(ctx, key, func([]int64) []int64 { return nil })
}

// Forgive takes back one allowed try that did not fail; the failures before it remain.
func (t *Throttle) Forgive(ctx context.Context, try Try) error {
	return t.update(ctx, try.Key, func(failures []int64) []int64 {
		if i := slices.Index(failures, try.at); i >= 0 {
			return slices.Delete(failures, i, i+1)
		}
		return failures
	})
}

func (t *Throttle) update(ctx context.Context, key string, change func([]int64) []int64) error {
	now := t.now()
	err := t.counters.UpdateCounter(ctx, t.name+":"+key, now.Add(memory).UnixMicro(), func(times []int64) []int64 {
		if len(times) > 0 && slices.Max(times) <= now.Add(-memory).UnixMicro() {
			times = nil
		}
		return change(slices.Clone(times))
	})
	if err != nil {
		return fmt.Errorf("counting failures: %w", err)
	}
	return nil
}

// blockedUntil returns when the next try may be made, in microseconds since 1970 UTC.
func blockedUntil(failures []int64) int64 {
	if len(failures) <= freeFailures {
		return 0
	}
	wait := cooldown * time.Duration(len(failures)-freeFailures)
	if len(failures) >= lockoutFailures {
		wait = lockout
	}
	return slices.Max(failures) + wait.Microseconds()
}
