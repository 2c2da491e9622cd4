package web

import (
	"fmt"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

func (f *face) week(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked := f.zoned(v.User, true)
	now, err := f.Tracker.ThisWeek(asked.rater)
	if err != nil {
		return err
	}
	date, err := httpx.DateOr(r.URL.Query().Get("date"), now.From)
	if err != nil {
		return err
	}
	revision, err := f.revision(r, v, now.Contains(date))
	if err != nil {
		return err
	}
	week, err := f.Tracker.Week(r.Context(), asked.rater, date)
	if err != nil {
		return err
	}
	from, to := week.Dates.From, week.Dates.Last()
	m := periodPage(week, asked, fmt.Sprintf("%d %s – %d %s %d", from.Day, from.Month, to.Day, to.Month, to.Year), view.Steps{
		// The nearest day of each week: the first week that can be shown begins in 1999.
		Previous: wayTo(from.AddDays(-1), weekAddress), Next: wayTo(to.AddDays(1), weekAddress),
		Now: weekPath, NowLabel: "This week", Unit: "week",
	})
	m.Zone = weekCut(week)
	frame := f.Frame(w, r, "Week", "week", v.User)
	frame.Live = revision
	return site.Show(w, r, http.StatusOK, frame, view.PeriodPage(m, view.Charts(weekCharts(week))))
}

func (f *face) month(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked := f.zoned(v.User, false)
	today, err := f.Tracker.Today(asked.rater)
	if err != nil {
		return err
	}
	dates, err := httpx.MonthOr(r.URL.Query().Get("month"), today)
	if err != nil {
		return err
	}
	revision, err := f.revision(r, v, dates == report.MonthOf(today))
	if err != nil {
		return err
	}
	month, err := f.Tracker.Month(r.Context(), asked.rater, dates)
	if err != nil {
		return err
	}
	m := periodPage(month, asked, fmt.Sprintf("%s %d", dates.From.Month, dates.From.Year), view.Steps{
		Previous: wayTo(dates.From.AddDays(-1), monthAddress), Next: wayTo(dates.Last().AddDays(1), monthAddress),
		Now: "/dashboard/month", NowLabel: "This month", Unit: "month",
	})
	frame := f.Frame(w, r, "Month", "month", v.User)
	frame.Live = revision
	return site.Show(w, r, http.StatusOK, frame, view.PeriodPage(m, view.Charts(monthCharts(month, asked.rater))))
}

// weekCut says on which days and in which zone the week begins and ends, which matters to
// people who are paid by the week.
func weekCut(week report.Period) string {
	return fmt.Sprintf("Your pay week: %s to %s, in %s", week.Dates.From.Weekday(), week.Dates.Last().Weekday(), words.Days(week.Calendar))
}

const weekPath = "/dashboard/week"

// weekAddress returns the address of the week that contains d.
func weekAddress(d report.Date) string { return weekPath + "?date=" + d.String() }

// monthAddress returns the address of the month that contains d.
func monthAddress(d report.Date) string {
	return fmt.Sprintf("/dashboard/month?month=%04d-%02d", d.Year, int(d.Month))
}

// periodPage returns a page of days of the kind that was asked for.
func periodPage(p report.Period, asked askedRange, heading string, steps view.Steps) view.Period {
	m := view.Period{
		Heading: heading, Zone: words.Days(p.Calendar), Steps: steps,
		Totals: words.Totals(p.Totals, p.SessionCount), Days: make([]view.PeriodDay, len(p.Days)),
	}
	for i, d := range p.Days {
		m.Days[i] = view.PeriodDay{
			Date: d.Date.String(), Address: wayTo(d.Date, asked.dayAddress), Name: fmt.Sprintf("%.3s %d %.3s", d.Date.Weekday(), d.Date.Day, d.Date.Month),
			Sessions: d.SessionCount, Questions: d.Totals.Questions,
			Active: words.Clock(d.Totals.Active), Average: report.MMSS(d.Totals.Average()),
			Target: report.MMSS(d.Totals.AverageTarget()), Pace: words.Pace(d.Totals.Pace()),
		}
	}
	return m
}
