package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

var counterCases = []testCase{
	{"an update sees what was kept", updateSeesWhatWasKept},
	{"a key without times is forgotten", emptyCounterIsForgotten},
	{"keys are apart", keysAreApart},
	{"hostile keys are told apart", hostileKeys},
	{"counting at once loses nothing", func(t *testing.T, s *suite) { Count(t, s.newID(), s.counters()) }},
	{"emptying and counting at once loses nothing", emptyingAtOnce},
	{"a caller that gives up breaks nothing", countersOfWhoGaveUp},
}

// expires is when the counters of the suite may be forgotten: not while it runs.
var expires = int64(second(1000))

// counters returns counters whose clock stands still.
func (s *suite) counters() limit.Counters { return s.Counters(second(0).Time) }

// update makes an update that must succeed.
func update(t *testing.T, counters limit.Counters, key string, change func([]int64) []int64) {
	t.Helper()
	done(t, counters.UpdateCounter(t.Context(), key, expires, change))
}

// requireCounter fails the test unless the times of a key are want. It changes nothing.
func requireCounter(t *testing.T, counters limit.Counters, key string, want ...int64) {
	t.Helper()
	update(t, counters, key, func(times []int64) []int64 {
		same(t, "counter "+key, want, slices.Clone(times))
		return times
	})
}

func updateSeesWhatWasKept(t *testing.T, s *suite) {
	counters, key := s.counters(), s.newID()
	requireCounter(t, counters, key)
	for _, kept := range [][]int64{{5}, {5, 6}, {6, 5, 5}, {-1 << 63, 0, 1<<63 - 1}, slices.Repeat([]int64{7}, 1000), {8}} {
		update(t, counters, key, func([]int64) []int64 { return kept })
		requireCounter(t, counters, key, kept...)
	}
}

func emptyCounterIsForgotten(t *testing.T, s *suite) {
	counters, key := s.counters(), s.newID()
	for _, empty := range [][]int64{nil, {}} {
		update(t, counters, key, func([]int64) []int64 { return []int64{5} })
		for range 2 { // the second time it is not there
			update(t, counters, key, func([]int64) []int64 { return empty })
			requireCounter(t, counters, key)
		}
	}
}

func keysAreApart(t *testing.T, s *suite) {
	counters, one, other := s.counters(), s.newID(), s.newID()
	update(t, counters, one, func([]int64) []int64 { return []int64{1} })
	requireCounter(t, counters, other)
	update(t, counters, other, func([]int64) []int64 { return []int64{2} })
	requireCounter(t, counters, one, 1)
	update(t, counters, one, func([]int64) []int64 { return nil })
	requireCounter(t, counters, other, 2)
}

func hostileKeys(t *testing.T, s *suite) {
	counters := s.counters()
	for i, text := range hostileTexts {
		update(t, counters, text, func([]int64) []int64 { return []int64{int64(i)} })
	}
	for i, text := range hostileTexts {
		requireCounter(t, counters, text, int64(i))
	}
}

// Count counts in many goroutines under one key, which is not in use, through counters that
// share what they keep. It fails the test unless all of it is kept.
func Count(t *testing.T, key string, replicas ...limit.Counters) {
	t.Helper()
	const callers, each = 32, 20
	for i, err := range atOnce(callers, func(i int) error {
		for n := range each {
			add := func(times []int64) []int64 { return append(times, int64(i*each+n)) }
			if err := replicas[i%len(replicas)].UpdateCounter(t.Context(), key, expires, add); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	for _, replica := range replicas {
		update(t, replica, key, func(times []int64) []int64 {
			counted := slices.Sorted(slices.Values(times))
			for i := range callers * each {
				if len(counted) != callers*each || counted[i] != int64(i) {
					t.Errorf("%d counted, want %d: %v", len(counted), callers*each, counted)
					break
				}
			}
			return times
		})
	}
}

// Some callers count, and others remove what they find. Each count is removed once.
func emptyingAtOnce(t *testing.T, s *suite) {
	counters, key := s.counters(), s.newID()
	const each = 20
	var taken [contenders * each]atomic.Int64
	take := func(times []int64) []int64 {
		for _, at := range times {
			taken[at].Add(1)
		}
		return nil
	}
	for i, err := range atOnce(contenders, func(i int) error {
		for n := range each {
			change := take
			if i%2 == 0 {
				change = func(times []int64) []int64 { return append(times, int64(i*each+n)) }
			}
			if err := counters.UpdateCounter(t.Context(), key, expires, change); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	update(t, counters, key, take)
	for at := range taken {
		if want := int64(1 - at/each%2); taken[at].Load() != want {
			t.Errorf("count %d is removed %d times, want %d", at, taken[at].Load(), want)
		}
	}
}

// A caller that gives up before or during its update gets an error, or is counted. There
// are more callers than a store has connections.
func countersOfWhoGaveUp(t *testing.T, s *suite) {
	counters, key := s.counters(), s.newID()
	var want []int64
	for i := range int64(20) {
		ctx, giveUp := context.WithCancel(t.Context())
		if i%2 == 0 {
			giveUp()
		}
		err := counters.UpdateCounter(ctx, key, expires, func(times []int64) []int64 {
			giveUp()
			return append(times, i)
		})
		giveUp()
		switch {
		case err == nil:
			want = append(want, i)
		case !errors.Is(err, context.Canceled):
			t.Errorf("got %v, want context.Canceled", err)
		}
		requireCounter(t, counters, key, want...)
		requireCounter(t, counters, fmt.Sprintf("%s beside %d", key, i))
	}
}
