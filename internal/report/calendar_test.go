package report_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestCoverOfDaysThatBeginLater(t *testing.T) {
	for _, tc := range []struct {
		zone           string
		hour           int
		date, from, to string
	}{
		{"Asia/Manila", 5, "2024-02-07", "2024-02-07T05:00:00+08:00", "2024-02-08T05:00:00+08:00"},
		{"America/New_York", 6, "2024-03-09", "2024-03-09T06:00:00-05:00", "2024-03-10T06:00:00-04:00"},
		// 02:00 is skipped: the day begins when the clocks show 03:00.
		{"America/New_York", 2, "2024-03-10", "2024-03-10T03:00:00-04:00", "2024-03-11T02:00:00-04:00"},
		{"America/New_York", 2, "2024-03-09", "2024-03-09T02:00:00-05:00", "2024-03-10T03:00:00-04:00"},
		// 01:00 comes twice: the day begins with the first.
		{"America/New_York", 1, "2024-11-03", "2024-11-03T01:00:00-04:00", "2024-11-04T01:00:00-05:00"},
		{"America/New_York", 2, "2024-11-03", "2024-11-03T02:00:00-05:00", "2024-11-04T02:00:00-05:00"},
		// At 03:00 it is 01:00 again: two days that begin at 02:00 interleave for an hour.
		{"Antarctica/Troll", 2, "2024-10-26", "2024-10-26T02:00:00+02:00", "2024-10-27T02:00:00+00:00"},
		{"Antarctica/Troll", 2, "2024-10-27", "2024-10-27T02:00:00+02:00", "2024-10-28T02:00:00+00:00"},
		// Samoa left out a date; the night before it went on for five hours.
		{"Pacific/Apia", 5, "2011-12-29", "2011-12-29T05:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		{"Pacific/Apia", 5, "2011-12-30", "2011-12-31T00:00:00+14:00", "2011-12-31T05:00:00+14:00"},
	} {
		t.Run(fmt.Sprintf("%s %s from %d", tc.zone, tc.date, tc.hour), func(t *testing.T) {
			from, to := date(t, tc.date).Cover(daysFrom(t, tc.zone, tc.hour))
			if from != at(t, tc.from) || to != at(t, tc.to) {
				t.Errorf("Cover = %v to %v, want %s to %s", from.Time(), to.Time(), tc.from, tc.to)
			}
		})
	}
}

// A night of work is one day of somebody whose days begin at 05:00, in the order in which
// it was worked.
func TestANightOfWorkIsOneDay(t *testing.T) {
	night := logOf("night",
		question(t, "a", "2024-02-07T04:59:59.999999+08:00", timeline.Minute), // of the night before
		question(t, "b", "2024-02-07T05:00:00+08:00", 2*timeline.Minute),
		question(t, "c", "2024-02-07T23:50:00+08:00", 3*timeline.Minute),
		question(t, "d", "2024-02-08T00:10:00+08:00", 4*timeline.Minute),
		question(t, "e", "2024-02-08T04:59:59+08:00", 5*timeline.Minute),
		question(t, "f", "2024-02-08T05:00:00+08:00", 6*timeline.Minute)) // of the next
	day := summarizeDay(date(t, "2024-02-07"), daysFrom(t, "Asia/Manila", 5), []report.SessionLog{night})

	if want := 14 * timeline.Minute; day.Totals.Questions != 4 || day.Totals.Active != want {
		t.Errorf("totals = %+v, want 4 questions in %d µs", day.Totals, want)
	}
	var order []int
	for _, h := range day.Hours {
		if h.Totals.Questions > 0 {
			order = append(order, h.Hour)
		}
	}
	if diff := cmp.Diff([]int{5, 23, 0, 4}, order); diff != "" {
		t.Errorf("hours with work (-want +got):\n%s", diff)
	}
	if first, midnight := day.Hours[0], day.Hours[19]; first.Start != at(t, "2024-02-07T05:00:00+08:00") || midnight.Start != at(t, "2024-02-08T00:00:00+08:00") {
		t.Errorf("the day begins at %v, and midnight is at %v", first.Start.Time(), midnight.Start.Time())
	}
}

// Every instant is on one day and in one hour of it: the day whose wall clock shows it.
func TestEveryInstantIsOnOneDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		i := anyInstant(calendar).Draw(t, "instant")
		logs := []report.SessionLog{{
			SessionInfo: report.SessionInfo{ID: "s", StartedAt: i, Target: target, QuestionCount: 1},
			Questions:   []timeline.Question{{StartedAt: i, EndedAt: i.Add(target)}},
		}}
		d := calendar.DateOf(i)
		period := report.SummarizePeriod(report.DateRange{From: d.AddDays(-2), Days: 5}, calendar, logs)
		var found []string
		for _, day := range period.Days {
			for _, h := range day.Hours {
				if h.Totals.Questions > 0 {
					found = append(found, fmt.Sprintf("%v %02d", day.Date, h.Hour))
				}
			}
		}
		local := i.Time().In(calendar.Zone)
		shown := report.Date{Year: local.Year(), Month: local.Month(), Day: local.Day()}
		if local.Hour() < calendar.DayStart {
			shown = shown.AddDays(-1)
		}
		want := []string{fmt.Sprintf("%v %02d", shown, local.Hour())}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%v with days from %d (-want +got):\n%s", local, calendar.DayStart, diff)
		}
	})
}

// The days of a week follow one another: the clocks show the start of each after the start
// of the one before.
func TestDaysAndHoursFollowOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		d := calendar.DateOf(anyInstant(calendar).Draw(t, "instant"))
		last := timeline.Instant(0)
		for _, day := range report.SummarizePeriod(report.DateRange{From: d.AddDays(-3), Days: 7}, calendar, nil).Days {
			for _, h := range day.Hours {
				if h.Start < last {
					t.Errorf("hour %d of %v begins at %v, before the hour before it at %v", h.Hour, day.Date, h.Start.Time(), last.Time())
				}
				last = h.Start
			}
		}
	})
}
