package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

var counterCases = []testCase{
	{"counters are kept, apart, until they are empty", countersAreKept},
	{"counting at once loses nothing", func(t *testing.T, s *suite) { Count(t, s.newID(), s.counters()) }},
	{"who has given up counts nothing", countersOfWhoGaveUp},
}

// counters are of a clock at which none of the suite's counters has expired.
func (s *suite) counters() limit.Counters { return s.Counters(second(0).Time) }

// expires is when the suite's counters may be forgotten.
var expires = int64(second(1000))

// Count increments one counter from many goroutines, over all counters in turn, and
// checks that none of it is lost: several are replicas on one database.
func Count(t *testing.T, key string, replicas ...limit.Counters) {
	t.Helper()
	const callers, each = 32, 20
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for range each {
				err := replicas[i%len(replicas)].UpdateCounter(context.Background(), key, expires, func(times []int64) []int64 {
					return append(times, int64(i))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for _, replica := range replicas {
		requireCounter(t, replica, key, func(times []int64) bool { return len(times) == callers*each })
	}
}

// requireCounter looks at what is kept and leaves it as it is.
func requireCounter(t *testing.T, counters limit.Counters, key string, right func([]int64) bool) {
	t.Helper()
	err := counters.UpdateCounter(t.Context(), key, expires, func(times []int64) []int64 {
		if !right(times) {
			t.Errorf("%s: kept %d times: %v", key, len(times), times)
		}
		return times
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countersAreKept(t *testing.T, s *suite) {
	counters, one, other := s.counters(), s.newID(), s.newID()
	var kept []int64
	for _, next := range [][]int64{{5}, {5, -7}, {1 << 60}, nil, nil, {0}} {
		err := counters.UpdateCounter(t.Context(), one, expires, func(times []int64) []int64 {
			if !slices.Equal(times, kept) {
				t.Errorf("kept %v, want %v", times, kept)
			}
			return next
		})
		if err != nil {
			t.Fatal(err)
		}
		kept = next
		requireCounter(t, counters, other, func(times []int64) bool { return len(times) == 0 })
	}
}

func countersOfWhoGaveUp(t *testing.T, s *suite) {
	counters, key := s.counters(), s.newID()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := counters.UpdateCounter(ctx, key, expires, func([]int64) []int64 { return []int64{1} })
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	counted := err == nil // in memory there is nothing to give up
	requireCounter(t, counters, key, func(times []int64) bool { return (len(times) == 1) == counted })
}
