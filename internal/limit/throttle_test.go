package limit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newTestThrottle(c *clock) *Throttle { return NewThrottle("test", NewMemory(c.now), c.now) }

func begin(t fatal, throttle *Throttle, key string) Try {
	t.Helper()
	try, err := throttle.Begin(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	return try
}

// From the 3rd failure on the wait is 30 s × (failures − 2), after the 5th 15 minutes.
func TestThrottleSchedule(t *testing.T) {
	const tick = time.Microsecond
	clock := newClock()
	start := clock.at
	throttle := newTestThrottle(clock)
	for i, step := range []struct {
		at       time.Duration // since the start
		wait     time.Duration // 0: let through, and fails
		failures int
	}{
		{0, 0, 1},
		{0, 0, 2},
		{5 * time.Second, 0, 3},
		{5 * time.Second, 30 * time.Second, 3},
		{35*time.Second - tick, tick, 3},
		{35 * time.Second, 0, 4},
		{36 * time.Second, 59 * time.Second, 4},
		{95*time.Second - tick, tick, 4},
		{95 * time.Second, 0, 5},
		{95*time.Second + tick, 15*time.Minute - tick, 5},
		{95*time.Second + 15*time.Minute - tick, tick, 5},
		{95*time.Second + 15*time.Minute, 0, 1}, // the lockout is over, and so is the count
		{95*time.Second + 15*time.Minute, 0, 2},
		{110*time.Second + 30*time.Minute, 0, 1}, // a quarter of an hour without a failure
	} {
		clock.at = start.Add(step.at)
		try := begin(t, throttle, "one")
		if try.Allowed != (step.wait == 0) || try.RetryAfter != step.wait || try.Failures != step.failures {
			t.Errorf("step %d at %s: %+v, want wait %s and %d failures", i, step.at, try, step.wait, step.failures)
		}
		if other := begin(t, throttle, "other"); !other.Allowed {
			t.Errorf("step %d: another key must wait %s", i, other.RetryAfter)
		} else if err := throttle.Clear(t.Context(), "other"); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever the order of tries, successes and pauses, a key is blocked exactly when a
// separate list of its failures says so.
func TestThrottleAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := newClock()
		throttle := newTestThrottle(clock)
		var failures []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			clock.advance(time.Duration(rapid.SampledFrom([]int{0, 1, 29, 30, 31, 60, 90, 899, 900, 901}).Draw(t, "pause")) * time.Second)
			if len(failures) > 0 && clock.at.Sub(failures[len(failures)-1]) >= 15*time.Minute {
				failures = nil
			}
			wait := time.Duration(0)
			if n := len(failures); n >= 3 {
				wait = failures[n-1].Add(map[int]time.Duration{3: 30 * time.Second, 4: time.Minute, 5: 15 * time.Minute}[n]).Sub(clock.at)
			}
			try := begin(t, throttle, "one")
			if try.Allowed != (wait <= 0) || !try.Allowed && try.RetryAfter != wait {
				t.Fatalf("%+v after %d failures, want wait %s", try, len(failures), wait)
			}
			if !try.Allowed {
				continue
			}
			var err error
			switch rapid.SampledFrom([]string{"fails", "fails", "fails", "succeeds", "is taken back"}).Draw(t, "outcome") {
			case "fails":
				failures = append(failures, clock.at)
			case "succeeds":
				failures, err = nil, throttle.Clear(t.Context(), "one")
			case "is taken back":
				err = throttle.Forgive(t.Context(), try)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Parallel tries do not get further than tries one after another.
func TestThrottleConcurrently(t *testing.T) {
	throttle := newTestThrottle(newClock())
	var allowed atomic.Int64
	var group sync.WaitGroup
	for range 500 {
		group.Go(func() {
			if begin(t, throttle, "one").Allowed {
				allowed.Add(1)
			}
		})
	}
	group.Wait()
	if allowed.Load() != 3 {
		t.Errorf("%d tries let through, want 3", allowed.Load())
	}
}

// brokenCounters is a database that cannot be reached.
type brokenCounters struct{ err error }

func (b brokenCounters) UpdateCounter(context.Context, string, int64, func([]int64) []int64) error {
	return b.err
}

// No try is allowed while nothing can be counted.
func TestCountersThatFail(t *testing.T) {
	failure := errors.New("no database")
	clock := newClock()
	throttle := NewThrottle("test", brokenCounters{failure}, clock.now)
	if try, err := throttle.Begin(t.Context(), "one"); !errors.Is(err, failure) || try.Allowed {
		t.Errorf("throttle: %+v, %v", try, err)
	}
	limiter := NewLimiter("test", Rate{Requests: 1, Window: time.Minute}, brokenCounters{failure}, clock.now)
	if err := limiter.Take(t.Context(), "one"); !errors.Is(err, failure) {
		t.Errorf("limiter: %v", err)
	}
}

// A counter's update must not reach into what is kept.
func TestMemoryKeepsItsOwn(t *testing.T) {
	memory := NewMemory(newClock().now)
	expires := newClock().at.Add(time.Hour).UnixMicro()
	for _, want := range [][]int64{nil, {1}, {1, 2}, {1, 2, 3}} {
		err := memory.UpdateCounter(t.Context(), "one", expires, func(times []int64) []int64 {
			if !slices.Equal(times, want) {
				t.Errorf("kept %v, want %v", times, want)
			}
			return append(slices.Clone(times), int64(len(times)+1))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
