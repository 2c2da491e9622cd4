package limit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// maxRequests bounds a rate, because every request of the window is remembered.
const maxRequests = 1000

// Rate is how many requests a key may make in any window of a length. The zero Rate
// means no limit.
type Rate struct {
	Requests int
	Window   time.Duration
}

// ParseRate reads "15/minute" (also second, hour and day) or "off".
func ParseRate(text string) (Rate, error) {
	if strings.EqualFold(text, "off") {
		return Rate{}, nil
	}
	count, unit, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	windows := map[string]time.Duration{
		"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour,
	}
	window := windows[strings.TrimSpace(unit)]
	if !ok || err != nil || n < 1 || n > maxRequests || window == 0 {
		return Rate{}, fmt.Errorf(`%q is not a rate: want "15/minute", for example (1 to %d a second, minute, hour or day), or "off"`, text, maxRequests)
	}
	return Rate{Requests: n, Window: window}, nil
}

// Limiter holds each key to a rate, exactly: it remembers the time of every
// request that it let through in the last window.
type Limiter struct {
	name     string
	rate     Rate
	counters Counters
	now      func() time.Time
}

// NewLimiter returns a Limiter. Limiters with the same name and counters count together.
func NewLimiter(name string, rate Rate, counters Counters, now func() time.Time) *Limiter {
	return &Limiter{name: name, rate: rate, counters: counters, now: now}
}

// Counter names the counter that Take updates, or is "" if there is no limit.
func (l *Limiter) Counter(key string) string {
	if l.rate.Requests == 0 {
		return ""
	}
	return l.name + ":" + key
}

// Take takes a request of key into account. It returns a *fault.Throttled, and does not
// count the request, if there were too many in the window before it. Other errors are
// those of the counters.
func (l *Limiter) Take(ctx context.Context, key string) error {
	return l.TakeFrom(ctx, l.counters, key)
}

// TakeFrom is Take on counters that keep the same times as those of the limiter, such as
// those of a transaction under way.
func (l *Limiter) TakeFrom(ctx context.Context, counters Counters, key string) error {
	if l.rate.Requests == 0 {
		return nil
	}
	now, window := l.now().UnixMicro(), l.rate.Window.Microseconds()
	var throttled *fault.Throttled
	err := counters.UpdateCounter(ctx, l.Counter(key), now+window, func(times []int64) []int64 {
		throttled = nil
		passed := after(times, now-window)
		if len(passed) < l.rate.Requests {
			return append(passed, now)
		}
		throttled = &fault.Throttled{RetryAfter: time.Duration(slices.Min(passed)+window-now) * time.Microsecond}
		return passed
	})
	switch {
	case err != nil:
		return fmt.Errorf("counting requests: %w", err)
	case throttled != nil:
		return throttled
	}
	return nil
}
