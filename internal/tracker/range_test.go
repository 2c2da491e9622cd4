package tracker_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A range is at most a year and a leap day, and has the days of the zone.
func TestRange(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, work...)
	from := date(t, "2026-01-01")
	for _, days := range []int{0, -1, tracker.MaxRangeDays + 1} {
		dates := report.DateRange{From: from, Days: days}
		if _, err := f.Range(t.Context(), rater, dates); !errors.Is(err, tracker.ErrRange) {
			t.Errorf("%d days: %v", days, err)
		}
		for _, err := range f.Questions(t.Context(), rater, dates) {
			if !errors.Is(err, tracker.ErrRange) {
				t.Errorf("questions of %d days: %v", days, err)
			}
		}
	}
	year := report.DateRange{From: from, Days: tracker.MaxRangeDays}
	period, err := f.Range(t.Context(), rater, year)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range period.Days {
		single, err := f.Day(t.Context(), rater, day.Date, 1)
		if err != nil {
			t.Fatal(err)
		}
		if single.Totals != day.Totals || single.SessionCount != day.SessionCount {
			t.Errorf("%s is %+v in the range and %+v by itself", day.Date, day.Totals, single.Totals)
		}
		// The questions of a day are those of its summary, also across midnight.
		totals, err := f.totalsOn(t.Context(), rater, report.DateRange{From: day.Date, Days: 1})
		if err != nil || totals != day.Totals {
			t.Errorf("%s has questions of %+v, and is %+v", day.Date, totals, day.Totals)
		}
	}
	if period.Totals.Questions == 0 {
		t.Error("the range has no questions")
	}
}

// Logs yields all sessions of a user, however many, also deleted ones, and no other user's.
func TestLogs(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater, other := newYorker(t, f), f.newRater(t)
	start := local(t, "02-01 08:00")
	for i := range 103 { // more than one page
		at := start.Add(timeline.Micros(i) * 10 * timeline.Minute)
		f.record(t, rater, tracker.Press{Type: timeline.Next, At: at}, tracker.Press{Type: timeline.Exit, At: at.Add(timeline.Minute)})
	}
	f.record(t, other, tracker.Press{Type: timeline.Next, At: start})
	recent, err := f.Recent(t.Context(), rater, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteSession(t.Context(), rater, recent[0].ID); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for log, err := range f.Logs(t.Context(), rater) {
		if err != nil {
			t.Fatal(err)
		}
		want := 2
		if log.ID == recent[0].ID {
			want = 3
		}
		if len(log.Events) != want || log.UserID != rater.ID {
			t.Errorf("session %s of user %d has %d events, want %d", log.ID, log.UserID, len(log.Events), want)
		}
		seen = append(seen, log.ID)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(seen)))) != 103 || len(seen) != 103 || !slices.Contains(seen, recent[0].ID) {
		t.Errorf("%d logs", len(seen))
	}
	for range f.Logs(t.Context(), rater) {
		break // and nothing is asked for any more
	}
}
