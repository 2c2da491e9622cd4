package report_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestPaceOf(t *testing.T) {
	const target = 330 * timeline.Second // 5.5 minutes, the default
	type pace struct {
		Label, Emoji string
		Colour       report.Colour
		Score        int
	}
	for _, tc := range []struct {
		name             string
		active, expected timeline.Micros
		want             pace
	}{
		{"no time at all", 0, target, pace{"way too fast", "⚡🐇", report.Fast, 30}},
		{"a microsecond below 0.5", target/2 - 1, target, pace{"way too fast", "⚡🐇", report.Fast, 55}},
		{"exactly 0.5", target / 2, target, pace{"fast", "🐇", report.Fast, 55}},
		{"a microsecond below 0.7", target*7/10 - 1, target, pace{"fast", "🐇", report.Fast, 70}},
		{"exactly 0.7", target * 7 / 10, target, pace{"slightly fast", "🙂", report.Good, 70}},
		{"a microsecond below 0.9", target*9/10 - 1, target, pace{"slightly fast", "🙂", report.Good, 89}},
		{"exactly 0.9", target * 9 / 10, target, pace{"on target", "💜✅", report.Good, 89}},
		{"exactly the target", target, target, pace{"on target", "💜✅", report.Good, 100}},
		{"a microsecond below 1.1", target*11/10 - 1, target, pace{"on target", "💜✅", report.Good, 89}},
		{"exactly 1.1", target * 11 / 10, target, pace{"a bit slow", "🐢", report.Slow, 89}},
		{"a microsecond below 1.3", target*13/10 - 1, target, pace{"a bit slow", "🐢", report.Slow, 70}},
		{"exactly 1.3", target * 13 / 10, target, pace{"slow", "🐌", report.Over, 70}},
		{"ten times the target", 10 * target, target, pace{"slow", "🐌", report.Over, 0}},
		{"nothing expected", 0, 0, pace{"No questions", "😴", "", 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := report.PaceOf(tc.active, tc.expected)
			if diff := cmp.Diff(tc.want, pace{p.Label, p.Emoji, p.Colour, p.Score}); diff != "" {
				t.Errorf("PaceOf(%d, %d) (-want +got):\n%s", tc.active, tc.expected, diff)
			}
		})
	}
}

// The limits hold for sums of any size, not only for one question: the label
// follows from integers alone.
func TestPaceLimitsAreExact(t *testing.T) {
	limits := []struct {
		below timeline.Micros // tenths
		label string
	}{{5, "way too fast"}, {7, "fast"}, {9, "slightly fast"}, {11, "on target"}, {13, "a bit slow"}}

	rapid.Check(t, func(t *rapid.T) {
		// Up to a year of work, around a limit or anywhere.
		expected := 10 * timeline.Micros(rapid.Int64Range(1, 365*24*3600*100_000).Draw(t, "expected / 10"))
		near := rapid.SampledFrom(limits).Draw(t, "limit")
		distance := rapid.OneOf(
			rapid.Int64Range(-2, 2),
			rapid.Int64Range(-int64(expected/10), int64(expected)),
		).Draw(t, "distance")
		active := max(0, expected/10*near.below+timeline.Micros(distance))

		want := "slow"
		for i := len(limits) - 1; i >= 0; i-- {
			if 10*active < limits[i].below*expected {
				want = limits[i].label
			}
		}
		got := report.PaceOf(active, expected)
		if got.Label != want {
			t.Errorf("PaceOf(%d, %d).Label = %q, want %q", active, expected, got.Label, want)
		}
		if got.Score < 0 || got.Score > 100 || math.IsNaN(got.Ratio) {
			t.Errorf("PaceOf(%d, %d) = %+v, want a score from 0 to 100", active, expected, got)
		}
	})
}
