package report_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestClocks(t *testing.T) {
	const ms = timeline.Second / 1000
	for _, tc := range []struct {
		length                     timeline.Micros
		mmss, signed, total, exact string
	}{
		{0, "00:00", "00:00", "00:00", "0:00:00"},
		{499_999, "00:00", "00:00", "00:00", "0:00:00"},
		{500_000, "00:01", "+00:01", "00:01", "0:00:01"},
		{59_499 * ms, "00:59", "+00:59", "00:59", "0:00:59"},
		{59_500 * ms, "01:00", "+01:00", "01:00", "0:01:00"},
		{62 * timeline.Second, "01:02", "+01:02", "01:02", "0:01:02"},
		{599_700 * ms, "10:00", "+10:00", "10:00", "0:10:00"},
		{3599*timeline.Second + 499_999, "59:59", "+59:59", "59:59", "0:59:59"},
		{3599_500 * ms, "60:00", "+60:00", "01:00", "1:00:00"},
		{3600 * timeline.Second, "60:00", "+60:00", "01:00", "1:00:00"},
		{3629_999 * ms, "60:30", "+60:30", "01:00", "1:00:30"}, // from the length itself, not from 60:30
		{3630 * timeline.Second, "60:30", "+60:30", "01:01", "1:00:30"},
		{7169 * timeline.Second, "119:29", "+119:29", "01:59", "1:59:29"},
		{7199 * timeline.Second, "119:59", "+119:59", "02:00", "1:59:59"},
		{7199_500 * ms, "120:00", "+120:00", "02:00", "2:00:00"},
		{100 * 3600 * timeline.Second, "6000:00", "+6000:00", "100:00", "100:00:00"},
		{-499_999, "00:00", "00:00", "00:00", "0:00:00"},
		{-500_000, "-00:01", "-00:01", "-00:01", "-0:00:01"},
		{-329 * timeline.Second, "-05:29", "-05:29", "-05:29", "-0:05:29"},
		{-599_700 * ms, "-10:00", "-10:00", "-10:00", "-0:10:00"},
		{-3660 * timeline.Second, "-61:00", "-61:00", "-01:01", "-1:01:00"},
		{-3690 * timeline.Second, "-61:30", "-61:30", "-01:02", "-1:01:30"},
	} {
		t.Run(fmt.Sprint(tc.length), func(t *testing.T) {
			if got := report.MMSS(tc.length); got != tc.mmss {
				t.Errorf("MMSS(%d) = %q, want %q", tc.length, got, tc.mmss)
			}
			if got := report.SignedMMSS(tc.length); got != tc.signed {
				t.Errorf("SignedMMSS(%d) = %q, want %q", tc.length, got, tc.signed)
			}
			if got := report.Total(tc.length); got != tc.total {
				t.Errorf("Total(%d) = %q, want %q", tc.length, got, tc.total)
			}
			if got := report.HMMSS(tc.length); got != tc.exact {
				t.Errorf("HMMSS(%d) = %q, want %q", tc.length, got, tc.exact)
			}
		})
	}
}

// What MMSS writes is never more than half a second off, and never has 60 seconds.
func TestMMSSReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := timeline.Micros(rapid.Int64Range(0, 400*3600*1_000_000).Draw(t, "length"))
		var minutes, seconds timeline.Micros
		if _, err := fmt.Sscanf(report.MMSS(length), "%d:%d", &minutes, &seconds); err != nil {
			t.Fatal(err)
		}
		off := minutes*timeline.Minute + seconds*timeline.Second - length
		if seconds > 59 || off > timeline.Second/2 || off <= -timeline.Second/2 {
			t.Errorf("MMSS(%d) = %q, which is %d µs off", length, report.MMSS(length), off)
		}
	})
}

// The days of a week as they are shown add up to the week as it is shown, to within a
// minute a day.
func TestShownDaysAddUpToTheShownWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.Int64Range(0, 86_400_000_000), 7, 7).Draw(t, "days")
		var sum, shown timeline.Micros
		for _, day := range days {
			sum += timeline.Micros(day)
			shown += readTotal(t, timeline.Micros(day))
		}
		if off := shown - readTotal(t, sum); off > 7*timeline.Minute || off < -7*timeline.Minute {
			t.Errorf("days %v are shown as %d µs, the week as %s", days, shown, report.Total(sum))
		}
	})
}

// readTotal returns the length that a person reads from Total.
func readTotal(t *rapid.T, d timeline.Micros) timeline.Micros {
	t.Helper()
	var large, small timeline.Micros
	if _, err := fmt.Sscanf(report.Total(d), "%d:%d", &large, &small); err != nil {
		t.Fatal(err)
	}
	unit := timeline.Second
	if report.TotalIsRounded(d) {
		unit = timeline.Minute
	}
	length := (60*large + small) * unit
	if off := length - d; off > unit/2 || off <= -unit/2 {
		t.Errorf("Total(%d) = %q, which is %d µs off", d, report.Total(d), off)
	}
	return length
}
