package report_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// RaterHub's pay week: Monday to Sunday, Pacific time, whatever the user's zone.
func TestPayWeek(t *testing.T) {
	logs := []report.SessionLog{
		logOf("sunday night", // Sunday in Los Angeles, already Monday in Berlin
			question(t, "before", "2024-03-04T08:30:00+01:00", timeline.Minute),
			question(t, "first", "2024-03-04T09:00:00+01:00", timeline.Minute)),
		logOf("over midnight",
			question(t, "saturday", "2024-03-09T23:50:00-08:00", 2*timeline.Minute),
			question(t, "sunday", "2024-03-10T00:10:00-08:00", 3*timeline.Minute)),
		logOf("last minute",
			question(t, "last", "2024-03-10T23:59:00-07:00", 4*timeline.Minute),
			question(t, "after", "2024-03-11T00:00:00-07:00", 5*timeline.Minute)),
		logOf("next week", question(t, "out", "2024-03-12T12:00:00-07:00", timeline.Minute)),
	}
	pacific := midnights(t, "America/Los_Angeles")
	week := report.SummarizePeriod(report.WeekOf(date(t, "2024-03-06"), time.Monday), pacific, logs)

	got := map[string][]sessionLine{}
	for _, day := range week.Days {
		got[day.Date.String()] = lines(day)
	}
	want := map[string][]sessionLine{
		"2024-03-04": {{"sunday night", 1, timeline.Minute}},
		"2024-03-05": nil, "2024-03-06": nil, "2024-03-07": nil, "2024-03-08": nil,
		"2024-03-09": {{"over midnight", 1, 2 * timeline.Minute}},
		"2024-03-10": {{"over midnight", 1, 3 * timeline.Minute}, {"last minute", 1, 4 * timeline.Minute}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if week.SessionCount != 3 {
		t.Errorf("SessionCount = %d, want 3: the one over midnight counts once", week.SessionCount)
	}
	if week.Totals.Questions != 4 || week.Totals.Active != 10*timeline.Minute {
		t.Errorf("totals = %+v, want 4 questions in 10 minutes", week.Totals)
	}
}

func TestAnEmptyMonthHasAllItsDays(t *testing.T) {
	month, err := report.ParseMonth("2011-12")
	if err != nil {
		t.Fatal(err)
	}
	p := report.SummarizePeriod(month, midnights(t, "Pacific/Apia"), nil)
	if len(p.Days) != 31 || p.SessionCount != 0 || p.Totals != (report.Totals{}) {
		t.Errorf("%d days, %d sessions, %+v; want 31 empty days", len(p.Days), p.SessionCount, p.Totals)
	}
	for i, day := range p.Days {
		if want := month.From.AddDays(i); day.Date != want || day.Zone != p.Zone {
			t.Errorf("day %d is %v in %v, want %v in %v", i, day.Date, day.Zone, want, p.Zone)
		}
	}
}

func TestPeriodAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		noon := anyInstant(calendar).Draw(t, "instant")
		logs := anyLogs(noon).Draw(t, "logs")
		dates := report.DateRange{From: calendar.DateOf(noon), Days: rapid.IntRange(1, 4).Draw(t, "days")}
		p := report.SummarizePeriod(dates, calendar, logs)

		var days report.Totals
		sessions := map[string]bool{}
		for i, day := range p.Days {
			days = days.Plus(day.Totals)
			for _, s := range day.Sessions {
				sessions[s.ID] = true
			}
			alone := summarizeDay(dates.From.AddDays(i), calendar, logs)
			alone.Continued = day.Continued // depends on the days before
			if diff := cmp.Diff(alone, day, sameZone); diff != "" {
				t.Errorf("day %d by itself is another (-alone +in the period):\n%s", i, diff)
			}
		}
		want := sumOf(logs, func(q timeline.Question) bool {
			d := calendar.DateOf(q.StartedAt)
			return d.Compare(dates.From) >= 0 && d.Compare(dates.Last()) <= 0
		})
		if p.Totals != want || days != want {
			t.Errorf("totals %+v, days %+v, want %+v", p.Totals, days, want)
		}
		if p.SessionCount != len(sessions) {
			t.Errorf("SessionCount = %d, want %d", p.SessionCount, len(sessions))
		}
	})
}

// Every question that counts is on exactly one day of a period that is long enough.
func TestEveryQuestionIsOnOneDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		noon := anyInstant(calendar).Draw(t, "instant")
		logs := anyLogs(noon).Draw(t, "logs")
		dates := report.DateRange{From: calendar.DateOf(noon).AddDays(-4), Days: 9}

		want, got := map[string]int{}, map[string]int{}
		for _, log := range logs {
			want[log.ID] += log.QuestionCount
		}
		for _, day := range report.SummarizePeriod(dates, calendar, logs).Days {
			for _, s := range day.Sessions {
				got[s.ID] += s.Totals.Questions
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("questions by session (-want +got):\n%s", diff)
		}
	})
}

// A summary needs only the questions and sessions inside the Cover.
func TestCoverIsEnoughToRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		noon := anyInstant(calendar).Draw(t, "instant")
		logs := anyLogs(noon).Draw(t, "logs")
		dates := report.DateRange{From: calendar.DateOf(noon), Days: rapid.IntRange(1, 3).Draw(t, "days")}

		from, to := dates.Cover(calendar)
		within := func(i timeline.Instant) bool { return from <= i && i < to }
		var read []report.SessionLog
		for _, log := range logs {
			log.Questions = slices.DeleteFunc(slices.Clone(log.Questions), func(q timeline.Question) bool {
				return !within(q.StartedAt)
			})
			if len(log.Questions) > 0 || within(log.StartedAt) {
				read = append(read, log)
			}
		}
		all, covered := report.SummarizePeriod(dates, calendar, logs), report.SummarizePeriod(dates, calendar, read)
		if diff := cmp.Diff(all, covered, sameZone); diff != "" {
			t.Errorf("reading only the cover changes the summary (-all +cover):\n%s", diff)
		}
	})
}

func BenchmarkSummarizePeriod(b *testing.B) {
	calendar := midnights(b, "America/New_York")
	month := report.MonthOf(date(b, "2024-03-10"))
	from, _ := month.Cover(calendar)
	var logs []report.SessionLog
	for s := range 60 { // two sessions a day of 30 questions each
		log := report.SessionLog{SessionInfo: report.SessionInfo{
			ID: fmt.Sprint(s), StartedAt: from.Add(timeline.Micros(s) * 12 * 60 * timeline.Minute), Target: target, QuestionCount: 30,
		}}
		for q := range 30 {
			start := log.StartedAt.Add(timeline.Micros(q) * target)
			log.Questions = append(log.Questions, timeline.Question{StartedAt: start, EndedAt: start.Add(target)})
		}
		logs = append(logs, log)
	}
	for b.Loop() {
		report.SummarizePeriod(month, calendar, logs)
	}
}
