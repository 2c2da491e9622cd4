package words

import (
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func TestSpan(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) timeline.Instant {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return timeline.InstantOf(moment)
	}
	start := at("2026-01-31T14:12:00Z")
	for _, test := range []struct {
		to   timeline.Instant
		want string
	}{
		{at("2026-01-31T15:38:59Z"), "09:12 – 10:38"},
		{at("2026-02-01T05:10:00Z"), "09:12 – 1 Feb 00:10"},
		{0, "09:12 – now"},
	} {
		if got := Span(start, test.to, zone); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// "01:00" is one hour in a total of hours, and one minute in a total of minutes.
func TestClock(t *testing.T) {
	for d, want := range map[timeline.Micros]view.Clock{
		0:                             {Text: "00:00", Unit: "min"},
		60 * timeline.Second:          {Text: "01:00", Unit: "min"},
		3599 * timeline.Second:        {Text: "59:59", Unit: "min"},
		3599*timeline.Second + 500000: {Text: "01:00", Unit: "h", Exact: "1:00:00"},
		3600 * timeline.Second:        {Text: "01:00", Unit: "h", Exact: "1:00:00"},
		7199 * timeline.Second:        {Text: "02:00", Unit: "h", Exact: "1:59:59"},
	} {
		if got := Clock(d); got != want {
			t.Errorf("%d: %v, want %v", d, got, want)
		}
	}
}

// Every pace has a colour; without questions there is none.
func TestPace(t *testing.T) {
	for percent, want := range map[int64]view.Pace{
		40: {Word: "Way too fast", Class: "fast", Score: 49}, 60: {Word: "Fast", Class: "fast", Score: 62},
		80: {Word: "Slightly fast", Class: "good", Score: 79}, 100: {Word: "On target", Class: "good", Score: 100},
		120: {Word: "A bit slow", Class: "slow", Score: 79}, 150: {Word: "Slow", Class: "over", Score: 55},
	} {
		if got := Pace(report.PaceOf(timeline.Micros(percent), 100)); got != want {
			t.Errorf("%d %%: %v, want %v", percent, got, want)
		}
	}
	if got := Pace(report.PaceOf(0, 0)); got != (view.Pace{Word: "No questions"}) {
		t.Errorf("without questions: %v", got)
	}
}
