package limit

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// The schedule of login throttling (SPEC section 6).
const (
	freeFailures    = 2 // without a wait
	lockoutFailures = 5
	cooldown        = 30 * time.Second
	lockout         = 15 * time.Minute

	// memory is how long a failure counts after the newest one. A lockout is as
	// long, so the count starts anew when it ends.
	memory = lockout
)

// Throttle slows down those who guess. From the 3rd failure of a key on, the next
// try must wait 30 s × (failures − 2), and after the 5th a quarter of an hour.
//
// A try counts as a failure from its start, and Clear or Forgive takes it back. So
// of many tries at once no more get through than one after another would.
type Throttle struct {
	name     string
	counters Counters
	now      func() time.Time
}

// NewThrottle makes a Throttle. Those of the same name and counters count together.
func NewThrottle(name string, counters Counters, now func() time.Time) *Throttle {
	return &Throttle{name: name, counters: counters, now: now}
}

// Try is a try that was let through, or not.
type Try struct {
	Allowed    bool
	RetryAfter time.Duration // unless allowed
	Failures   int           // this one included, if it was allowed

	Key string
	at  int64
}

// Locks reports whether this try, if it fails, locks its key.
func (t Try) Locks() bool { return t.Allowed && t.Failures == lockoutFailures }

// Begin lets a try of key through, or says when the next may be made; one that is
// not let through does not count. The error is that of the counters.
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

// Clear forgets all failures of a key, because a try succeeded.
func (t *Throttle) Clear(ctx context.Context, key string) error {
	return t.update(ctx, key, func([]int64) []int64 { return nil })
}

// Forgive takes back one try that was let through and did not fail; the failures
// before it remain.
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

// blockedUntil is when the next try may be made, in microseconds since 1970 UTC.
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
