package tracker_test

import (
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Today is a day of the user's own; this week runs in the week zone, and only the weeks of
// the user's own zone are made of days that begin later than midnight.
func TestTodayAndThisWeek(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.clock.set(local(t, "03-09 04:30")) // Monday; 01:30 in Los Angeles, 22:30 in Kiritimati
	for _, test := range []struct {
		name               string
		rater              tracker.Rater
		today, ofWeeks, of string // today, today in the days of weeks, first day of this week
	}{
		{"days from midnight", tracker.Rater{Zone: "America/New_York"}, "2026-03-09", "2026-03-09", "2026-03-09"},
		{"days from 04:00", tracker.Rater{Zone: "America/New_York", DayStart: 4}, "2026-03-09", "2026-03-09", "2026-03-09"},
		{"days from 05:00", tracker.Rater{Zone: "America/New_York", DayStart: 5}, "2026-03-08", "2026-03-08", "2026-03-02"},
		{
			"the same zone, named",
			tracker.Rater{Zone: "America/New_York", DayStart: 5, WeekZone: "America/New_York"},
			"2026-03-08", "2026-03-08", "2026-03-02",
		},
		{
			"weeks elsewhere",
			tracker.Rater{Zone: "America/New_York", DayStart: 5, WeekZone: "America/Los_Angeles"},
			"2026-03-08", "2026-03-09", "2026-03-09",
		},
		{"weeks behind", tracker.Rater{Zone: "Asia/Manila", WeekZone: "Pacific/Pago_Pago"}, "2026-03-09", "2026-03-08", "2026-03-02"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rater := test.rater
			rater.WeekStart = time.Monday
			today, err := f.Today(rater)
			if err != nil || today != date(t, test.today) {
				t.Errorf("today is %v, %v; want %s", today, err, test.today)
			}
			if today, err = f.Today(rater.OfWeeks()); err != nil || today != date(t, test.ofWeeks) {
				t.Errorf("today is %v in the days of weeks, %v; want %s", today, err, test.ofWeeks)
			}
			want := report.DateRange{From: date(t, test.of), Days: 7}
			for _, r := range []tracker.Rater{rater, rater.OfWeeks()} {
				if week, err := f.ThisWeek(r); err != nil || week != want {
					t.Errorf("this week is %v, %v; want %v", week, err, want)
				}
			}
		})
	}
}

// A night of work is on one day of a rater whose days begin at 05:00, in every summary.
func TestNightsAreOneDay(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, []string{"03-01 04:50", "03-01 05:00", "03-01 23:40", "03-02 00:20", "03-02 04:59", "03-02 05:10"})
	rater.DayStart, rater.WeekStart = 5, time.Monday
	sunday := date(t, "2026-03-01")
	day, err := f.Day(t.Context(), rater, sunday, 1)
	if err != nil || day.Totals.Questions != 4 {
		t.Errorf("the day has %d questions, %v", day.Totals.Questions, err)
	}
	inDetail, err := f.DayInDetail(t.Context(), rater, sunday, 1)
	if err != nil || inDetail.Totals != day.Totals || len(inDetail.Line) != 1 {
		t.Errorf("in detail it has %+v in %d sessions, %v; want %+v", inDetail.Totals, len(inDetail.Line), err, day.Totals)
	}
	week, err := f.Week(t.Context(), rater, sunday)
	if err != nil || week.Days[6].Totals != day.Totals || week.Totals.Questions != 5 { // the one from 04:50 is of Saturday
		t.Errorf("the week ends with %+v, %v; want %+v", week.Days[6].Totals, err, day.Totals)
	}
	month, err := f.Month(t.Context(), rater, report.MonthOf(sunday))
	if err != nil || month.Days[0].Totals != day.Totals {
		t.Errorf("the month begins with %+v, %v; want %+v", month.Days[0].Totals, err, day.Totals)
	}
	questions, err := f.totalsOn(t.Context(), rater, report.DateRange{From: sunday, Days: 1})
	if err != nil || questions != day.Totals {
		t.Errorf("its questions are %+v, %v; want %+v", questions, err, day.Totals)
	}
}
