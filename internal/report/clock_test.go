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
		length              timeline.Micros
		mmss, signed, total string
	}{
		{0, "00:00", "00:00", "00:00"},
		{499_999, "00:00", "00:00", "00:00"},
		{500_000, "00:01", "+00:01", "00:01"},
		{59_499 * ms, "00:59", "+00:59", "00:59"},
		{59_500 * ms, "01:00", "+01:00", "01:00"},
		{62 * timeline.Second, "01:02", "+01:02", "01:02"},
		{599_700 * ms, "10:00", "+10:00", "10:00"},
		{3599*timeline.Second + 499_999, "59:59", "+59:59", "59:59"},
		{3599_500 * ms, "60:00", "+60:00", "01:00"},
		{3600 * timeline.Second, "60:00", "+60:00", "01:00"},
		{3605 * timeline.Second, "60:05", "+60:05", "01:00"},
		{7199 * timeline.Second, "119:59", "+119:59", "01:59"},
		{7199_500 * ms, "120:00", "+120:00", "02:00"},
		{100 * 3600 * timeline.Second, "6000:00", "+6000:00", "100:00"},
		{-499_999, "00:00", "00:00", "00:00"},
		{-500_000, "-00:01", "-00:01", "-00:01"},
		{-329 * timeline.Second, "-05:29", "-05:29", "-05:29"},
		{-599_700 * ms, "-10:00", "-10:00", "-10:00"},
		{-3660 * timeline.Second, "-61:00", "-61:00", "-01:01"},
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
