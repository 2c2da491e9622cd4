package report_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// Weeks cut a period without gaps, begin on their day, and add up to it.
func TestWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Weekday(rapid.IntRange(0, 6).Draw(t, "start"))
		dates := report.DateRange{From: report.Date{Year: 2026, Month: time.March, Day: 1}.AddDays(rapid.IntRange(0, 40).Draw(t, "from")), Days: rapid.IntRange(1, 60).Draw(t, "days")}
		period := report.SummarizePeriod(dates, report.Calendar{Zone: time.UTC}, anyLogs(0).Draw(t, "logs"))
		next, totals := dates.From, report.Totals{}
		for i, week := range period.Weeks(start) {
			if week.Dates.From != next || week.Dates.Days < 1 || week.Dates.Days > 7 || i > 0 && next.Weekday() != start {
				t.Errorf("week %d of weeks from %s is %v, want it to begin on %s", i, start, week.Dates, next)
			}
			if week.SessionCount > period.SessionCount {
				t.Errorf("%d sessions in a week of a period with %d", week.SessionCount, period.SessionCount)
			}
			next, totals = week.Dates.Last().AddDays(1), totals.Plus(week.Totals)
		}
		if next != dates.Last().AddDays(1) || totals != period.Totals {
			t.Errorf("the weeks end before %s with %+v, the period after %s with %+v", next, totals, dates.Last(), period.Totals)
		}
	})
}

// The parts of a session on separate runs of days add up to the session.
func TestSessionOn(t *testing.T) {
	utc := report.Calendar{Zone: time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		for _, log := range anyLogs(0).Draw(t, "logs") {
			session, totals := report.SummarizeSession(log), report.Totals{}
			if len(session.Questions) == 0 {
				continue
			}
			first := utc.DateOf(session.Questions[0].StartedAt)
			for _, dates := range []report.DateRange{{From: first.AddDays(-5000), Days: 5000}, {From: first, Days: 1}, {From: first.AddDays(1), Days: 5000}} {
				part := session.On(dates, utc)
				for _, q := range part.Questions {
					if session.Questions[q.Index-1].ID != q.ID {
						t.Errorf("question %s has the index %d", q.ID, q.Index)
					}
				}
				totals = totals.Plus(part.Totals)
			}
			if totals != session.Totals {
				t.Errorf("the parts are %+v, the session %+v", totals, session.Totals)
			}
		}
	})
}
