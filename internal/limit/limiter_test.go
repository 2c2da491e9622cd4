package limit

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

func TestParseRate(t *testing.T) {
	good := map[string]Rate{
		"15/minute":    {15, time.Minute},
		"1/second":     {1, time.Second},
		"100/hour":     {100, time.Hour},
		"1000/day":     {1000, 24 * time.Hour},
		" 5 / minute ": {5, time.Minute},
		"off":          {},
		"OFF":          {},
	}
	for text, want := range good {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("ParseRate(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "5", "minute", "/", "5/", "/minute", "0/minute", "-1/minute", "1001/day", "1.5/minute",
		"5/minutes", "5/week", "5/minute/hour", "five/minute", "99999999999999999999/minute",
	} {
		if got, err := ParseRate(text); err == nil {
			t.Errorf("ParseRate(%q) = %v", text, got)
		}
	}
}

// clock is a time that only the test moves.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{at: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newTestLimiter(rate Rate, c *clock) *Limiter {
	return NewLimiter("test", rate, NewMemory(c.now), c.now)
}

// fatal is a test or a property check.
type fatal interface {
	Helper()
	Fatal(...any)
}

func take(t fatal, limiter *Limiter, key string) (time.Duration, bool) {
	t.Helper()
	err := limiter.Take(context.Background(), key)
	if throttled, ok := errors.AsType[*fault.Throttled](err); ok {
		return throttled.RetryAfter, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, true
}

// 5/minute allows no sixth request within any minute, and the sixth as soon as the minute
// is over.
func TestLimiterSlidingWindow(t *testing.T) {
	steps := []struct {
		after time.Duration // since the start
		wait  time.Duration // 0: allowed
	}{
		{0, 0},
		{10 * time.Second, 0},
		{10 * time.Second, 0},
		{50 * time.Second, 0},
		{59 * time.Second, 0},
		{59 * time.Second, time.Second},
		{time.Minute - time.Microsecond, time.Microsecond},
		{time.Minute, 0}, // the first is a minute old
		{time.Minute, 10 * time.Second},
		{70 * time.Second, 0}, // so are the second and the third
		{70 * time.Second, 0},
		{70*time.Second + time.Microsecond, 40*time.Second - time.Microsecond},
		{time.Hour, 0},
	}
	clock := newClock()
	start := clock.at
	limiter := newTestLimiter(Rate{Requests: 5, Window: time.Minute}, clock)
	for i, step := range steps {
		clock.at = start.Add(step.after)
		if wait, ok := take(t, limiter, "one"); wait != step.wait || ok != (step.wait == 0) {
			t.Errorf("step %d at %s: wait %s, ok %t; want wait %s", i, step.after, wait, ok, step.wait)
		}
	}
}

// A request is allowed exactly when its key made fewer requests than the rate in the window
// before it, and Retry-After says when that will be the case again.
func TestLimiterAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{Requests: rapid.IntRange(1, 4).Draw(t, "requests"), Window: 10 * time.Microsecond}
		clock := newClock()
		limiter := newTestLimiter(rate, clock)
		passed := map[string][]time.Time{}
		for range rapid.IntRange(1, 40).Draw(t, "takes") {
			clock.advance(time.Duration(rapid.IntRange(0, 12).Draw(t, "step")) * time.Microsecond)
			key := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key")
			var recent []time.Time
			for _, at := range passed[key] {
				if clock.at.Sub(at) < rate.Window {
					recent = append(recent, at)
				}
			}
			wait, ok := take(t, limiter, key)
			if want := len(recent) < rate.Requests; ok != want {
				t.Fatalf("let through: %t, with %d of %d in the window", ok, len(recent), rate.Requests)
			}
			if ok {
				passed[key] = append(passed[key], clock.at)
				continue
			}
			if free := recent[0].Add(rate.Window); !clock.at.Add(wait).Equal(free) {
				t.Fatalf("wait %d, want %d", wait, free.Sub(clock.at))
			}
		}
	})
}

func TestLimiterOff(t *testing.T) {
	limiter := newTestLimiter(Rate{}, newClock())
	for range 1000 {
		if _, ok := take(t, limiter, "one"); !ok {
			t.Fatal("refused without a limit")
		}
	}
	if len(limiter.counters.(*Memory).kept) != 0 {
		t.Error("remembers requests that it does not limit")
	}
}

func TestLimiterConcurrently(t *testing.T) {
	const rate, callers, takes = 100, 16, 20
	limiter := newTestLimiter(Rate{Requests: rate, Window: time.Minute}, newClock())
	var passed atomic.Int64
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range takes {
				if _, ok := take(t, limiter, "one"); ok {
					passed.Add(1)
				}
			}
		})
	}
	group.Wait()
	if passed.Load() != rate {
		t.Errorf("%d of %d let through, want %d", passed.Load(), callers*takes, rate)
	}
}

// Keys that are used once do not fill the memory.
func TestLimiterForgets(t *testing.T) {
	clock := newClock()
	limiter := newTestLimiter(Rate{Requests: 5, Window: time.Minute}, clock)
	for i := range 1000 {
		take(t, limiter, strconv.Itoa(i))
	}
	clock.advance(time.Minute - time.Microsecond)
	take(t, limiter, "late")
	if len(limiter.counters.(*Memory).kept) != 1001 {
		t.Errorf("remembers %d keys within the window, want 1001", len(limiter.counters.(*Memory).kept))
	}
	clock.advance(time.Minute)
	take(t, limiter, "later")
	if len(limiter.counters.(*Memory).kept) != 1 {
		t.Errorf("remembers %d keys after the window, want 1", len(limiter.counters.(*Memory).kept))
	}
}
