package httpx

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Rate is how many requests a key may make in any window of that length. The
// zero Rate is no limit.
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
	if !ok || err != nil || n < 1 || n > 100_000 || window == 0 {
		return Rate{}, fmt.Errorf(`%q is no rate: want, say, "15/minute", or "off"`, text)
	}
	return Rate{Requests: n, Window: window}, nil
}

// Limiter holds each key to a rate, exactly: it remembers the time of every
// request that it let through in the last window. It counts in this process.
type Limiter struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex
	passed  map[string][]time.Time // oldest first
	sweepAt time.Time
}

// NewLimiter makes a Limiter.
func NewLimiter(rate Rate, now func() time.Time) *Limiter {
	return &Limiter{rate: rate, now: now, passed: make(map[string][]time.Time)}
}

// Take lets a request of key through, or says after which time to try again.
func (l *Limiter) Take(key string) (retryAfter time.Duration, ok bool) {
	if l.rate.Requests == 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	passed := inWindow(l.passed[key], now.Add(-l.rate.Window))
	if len(passed) >= l.rate.Requests {
		l.passed[key] = passed
		return passed[0].Add(l.rate.Window).Sub(now), false
	}
	l.passed[key] = append(passed, now)
	return 0, true
}

// sweep forgets, once in a window, the keys that made no request in the last one.
func (l *Limiter) sweep(now time.Time) {
	if now.Before(l.sweepAt) {
		return
	}
	l.sweepAt = now.Add(l.rate.Window)
	for key, passed := range l.passed {
		if len(inWindow(passed, now.Add(-l.rate.Window))) == 0 {
			delete(l.passed, key)
		}
	}
}

func inWindow(passed []time.Time, after time.Time) []time.Time {
	for len(passed) > 0 && !passed[0].After(after) {
		passed = passed[1:]
	}
	return passed
}

// TooMany is the problem of a request over the rate, with its Retry-After header
// in whole seconds, rounded up.
func TooMany(header http.Header, retryAfter time.Duration) *Problem {
	seconds := max(1, int(math.Ceil(retryAfter.Seconds())))
	header.Set("Retry-After", strconv.Itoa(seconds))
	return NewProblem(http.StatusTooManyRequests, fmt.Sprintf("too many requests: try again in %d s", seconds))
}
