package report_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestPercentile(t *testing.T) {
	tests := []struct {
		times   []timeline.Micros
		percent int
		want    timeline.Micros
	}{
		{nil, 50, 0},
		{[]timeline.Micros{7}, 1, 7},
		{[]timeline.Micros{7}, 100, 7},
		{[]timeline.Micros{50, 20, 15, 40, 35}, 5, 15},
		{[]timeline.Micros{50, 20, 15, 40, 35}, 30, 20},
		{[]timeline.Micros{50, 20, 15, 40, 35}, 40, 20},
		{[]timeline.Micros{50, 20, 15, 40, 35}, 50, 35},
		{[]timeline.Micros{50, 20, 15, 40, 35}, 100, 50},
		{[]timeline.Micros{4, 3, 2, 1}, 50, 2},
		{[]timeline.Micros{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 90, 9},
		{[]timeline.Micros{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 91, 10},
	}
	for _, test := range tests {
		if got := report.Percentile(test.times, test.percent); got != test.want {
			t.Errorf("percentile %d of %v = %d, want %d", test.percent, test.times, got, test.want)
		}
	}
}

// At least percent % of the times are no longer than the percentile, and fewer than that
// are shorter.
func TestPercentileRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 30), func(n int) timeline.Micros { return timeline.Micros(n) }), 1, 60).Draw(t, "times")
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		p := report.Percentile(times, percent)
		shorter, within := 0, 0
		for _, v := range times {
			if v < p {
				shorter++
			}
			if v <= p {
				within++
			}
		}
		if 100*within < percent*len(times) || 100*shorter >= percent*len(times) {
			t.Errorf("%d of %d within %d, %d shorter, want %d %%", within, len(times), p, shorter, percent)
		}
	})
}
