package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100) // 1 to 100
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, test := range []struct {
		name    string
		sorted  []time.Duration
		percent int
		want    time.Duration
	}{
		{"of nothing", nil, 50, 0},
		{"of one, low", []time.Duration{7}, 1, 7},
		{"of one, high", []time.Duration{7}, 100, 7},
		{"median of two is the lower", []time.Duration{1, 2}, 50, 1},
		{"median of three", []time.Duration{1, 2, 9}, 50, 2},
		{"99 of two is the higher", []time.Duration{1, 2}, 99, 2},
		{"1 of a hundred", hundred, 1, 1},
		{"50 of a hundred", hundred, 50, 50},
		{"99 of a hundred", hundred, 99, 99},
		{"100 of a hundred", hundred, 100, 100},
		{"99 of 101", append(slices.Clone(hundred), 1000), 99, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := percentile(test.sorted, test.percent); got != test.want {
				t.Errorf("percentile %d = %d, want %d", test.percent, got, test.want)
			}
		})
	}
}

// The result meets the definition: it is one of the values, at least percent % of the
// values do not exceed it, and no smaller value has these properties.
func TestPercentileIsNearestRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 50), 1, 300).Draw(t, "values")
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		sorted := make([]time.Duration, len(values))
		for i, value := range values {
			sorted[i] = time.Duration(value)
		}
		slices.Sort(sorted)
		got := percentile(sorted, percent)
		if !slices.Contains(sorted, got) {
			t.Fatalf("%d is none of the values", got)
		}
		upTo, below := 0, 0
		for _, value := range sorted {
			if value <= got {
				upTo++
			}
			if value < got {
				below++
			}
		}
		if upTo*100 < percent*len(sorted) {
			t.Errorf("only %d of %d values are up to %d", upTo, len(sorted), got)
		}
		if below*100 >= percent*len(sorted) {
			t.Errorf("%d of %d values are below %d: a smaller one would do", below, len(sorted), got)
		}
	})
}

func TestSamplesCountWithinTheWindow(t *testing.T) {
	const second = time.Second
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w := newWindow(start, second, 2*second) // measures from second 1 to second 3
	for _, test := range []struct {
		name         string
		began, ended time.Duration // after start
		completed    int
		latencies    []time.Duration
	}{
		{"in the warm-up", 0, second / 2, 0, nil},
		{"out of the warm-up", second / 2, second, 1, nil},
		{"from the very start", second, second + 1, 1, []time.Duration{1}},
		{"within", second, 2 * second, 1, []time.Duration{second}},
		{"up to the end", 2 * second, 3 * second, 0, []time.Duration{second}},
		{"a stall at the end", 2 * second, 9 * second, 0, []time.Duration{7 * second}},
		{"after the end", 3 * second, 3*second + 1, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s samples
			s.success(w, start.Add(test.began), start.Add(test.ended))
			if s.completed != test.completed {
				t.Errorf("completed %d, want %d", s.completed, test.completed)
			}
			if diff := cmp.Diff(test.latencies, s.latencies); diff != "" {
				t.Errorf("latencies (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSamplesMergeAndSummarize(t *testing.T) {
	ms := time.Millisecond
	var all samples
	all.merge(samples{latencies: []time.Duration{3 * ms, 9 * ms}, completed: 2})
	all.merge(samples{latencies: []time.Duration{1 * ms}, completed: 4, errors: 2, firstError: "refused"})
	all.merge(samples{errors: 1, firstError: "broken"})
	want := summary{perSecond: 3, p50: 3 * ms, p99: 9 * ms, max: 9 * ms, errors: 3, firstError: "refused"}
	got := all.summarize(2 * time.Second)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(summary{})); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}
