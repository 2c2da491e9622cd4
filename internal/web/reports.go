package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

const (
	reportsPath = "/dashboard/reports"
	// weeksFrom is the number of days from which on there is also a table by week.
	weeksFrom = 15
	// dayBars is the most days that are drawn as a bar each; longer ranges are drawn by
	// week.
	dayBars = 31
)

// reports shows a range of days: from and to, or one date, or by default this week. For a
// query that makes no sense it shows the page without a report.
func (f *face) reports(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	presets, err := f.presets(v.User)
	if err != nil {
		return err
	}
	asked, query := presets[1].askedRange, r.URL.Query()
	if date := query.Get("date"); date != "" && !query.Has("from") && !query.Has("to") {
		query.Set("from", date)
		query.Set("to", date)
	}
	if query.Has("from") || query.Has("to") {
		asked, err = f.rangeIn(query, v.User)
	}
	m := view.Reports{
		From: dateField(query.Get("from")), To: dateField(query.Get("to")),
		Presets: presetLinks(presets, asked), TwoZones: f.Rater(v.User).HasWeekZone(), InWeekZone: asked.inWeekZone,
	}
	if bad, ok := errors.AsType[*badQuery](err); ok {
		m.Heading = "Reports"
		m.From.Problem, m.To.Problem = bad.of("from"), bad.of("to")
		return f.showReports(w, r, v, http.StatusBadRequest, m, nil)
	}
	if err != nil {
		return err
	}
	period, err := f.Tracker.Range(r.Context(), asked.rater, asked.dates)
	if err != nil {
		return err
	}
	fillReport(&m, asked, period)
	return f.showReports(w, r, v, http.StatusOK, m, reportCharts(period, asked))
}

func (f *face) showReports(w http.ResponseWriter, r *http.Request, v site.Visitor, status int, m view.Reports, charts []view.Chart) error {
	return site.Show(w, r, status, f.Frame(w, r, "Reports", "reports", v.User), view.ReportsPage(m, view.Charts(charts)))
}

// dateField keeps what was typed if it is a date, because a date field of a browser
// accepts nothing else.
func dateField(text string) view.Field {
	if _, err := report.ParseDate(text); err != nil {
		return view.Field{}
	}
	return view.Field{Value: text}
}

// of returns what is wrong with a field, as a sentence below it, or "".
func (b *badQuery) of(field string) string {
	if b.field != field {
		return ""
	}
	return words.Sentence("This " + b.problem)
}

// preset is a range of days behind a link.
type preset struct {
	label string
	askedRange
}

// presets returns the links. They cut days as the pages of a day, a week and a month do.
func (f *face) presets(user account.User) ([]preset, error) {
	days, weeks := f.zoned(user, false), f.zoned(user, true)
	today, err := f.Tracker.Today(days.rater)
	if err != nil {
		return nil, err
	}
	week, err := f.Tracker.ThisWeek(weeks.rater)
	if err != nil {
		return nil, err
	}
	month := report.MonthOf(today)
	presets := []preset{{"Today", days}, {"This week", weeks}, {"Last week", weeks}, {"This month", days}, {"Last month", days}}
	for i, dates := range []report.DateRange{
		{From: today, Days: 1},
		week, report.WeekOf(week.From.AddDays(-1), user.WeekStart),
		month, report.MonthOf(month.From.AddDays(-1)),
	} {
		presets[i].dates = dates
	}
	return presets, nil
}

func presetLinks(presets []preset, asked askedRange) []view.Preset {
	links := make([]view.Preset, len(presets))
	for i, p := range presets {
		links[i] = view.Preset{
			Link:      view.Link{Label: p.label, Address: reportsPath + p.query()},
			IsCurrent: p.dates == asked.dates && p.inWeekZone == asked.inWeekZone,
		}
	}
	return links
}

func fillReport(m *view.Reports, asked askedRange, p report.Period) {
	m.Heading, m.Zone = rangeHeading(p.Dates), "Days in "+words.Days(p.Calendar)
	m.From.Value, m.To.Value = p.Dates.From.String(), p.Dates.Last().String()
	m.HasReport, m.Totals = true, words.Totals(p.Totals, p.SessionCount)
	for _, day := range p.Days {
		if day.SessionCount > 0 || len(p.Days) < weeksFrom {
			m.Days = append(m.Days, reportRow(dayName(day.Date), day.SessionCount, day.Totals))
			row := &m.Days[len(m.Days)-1]
			row.Date, row.Address = day.Date.String(), wayTo(day.Date, asked.dayAddress)
		}
	}
	if len(p.Days) >= weeksFrom {
		for _, week := range p.Weeks(asked.rater.WeekStart) {
			m.Weeks = append(m.Weeks, reportRow(dayName(week.Dates.From)+" – "+dayName(week.Dates.Last()), week.SessionCount, week.Totals))
		}
	}
	query := asked.query()
	m.Downloads = []view.Link{
		{Label: "Days (CSV)", Address: "/reports/days.csv" + query}, {Label: "Questions (CSV)", Address: "/reports/questions.csv" + query},
	}
	m.Downloads = append(m.Downloads, outcomeFiles(p.Totals.Outcomes, query)...)
}

func reportRow(name string, sessions int, t report.Totals) view.ReportRow {
	return view.ReportRow{
		Name: name, Sessions: sessions, Questions: t.Questions, Active: words.Clock(t.Active), Raw: words.Clock(t.Raw),
		Average: report.MMSS(t.Average()), Target: report.MMSS(t.AverageTarget()), Pace: words.Pace(t.Pace()),
	}
}

func dayName(d report.Date) string { return fmt.Sprintf("%.3s %d %.3s", d.Weekday(), d.Day, d.Month) }

func rangeHeading(dates report.DateRange) string {
	from, to := dates.From, dates.Last()
	switch {
	case dates.Days == 1:
		return words.LongDate(from)
	case from.Year == to.Year:
		return fmt.Sprintf("%d %s – %d %s %d", from.Day, from.Month, to.Day, to.Month, to.Year)
	}
	return fmt.Sprintf("%d %s %d – %d %s %d", from.Day, from.Month, from.Year, to.Day, to.Month, to.Year)
}

// reportCharts draws the trend, which a single day does not have.
func reportCharts(p report.Period, asked askedRange) []view.Chart {
	switch {
	case len(p.Days) < 2 || p.Totals.Questions == 0:
		return nil
	case len(p.Days) > dayBars:
		return []view.Chart{numbersIn("by-week", "By week", pageChart("trend", "Average per question by week", func(id string, l chart.Layout) chart.Chart {
			return chart.WeekAverages(id, l, p, asked.rater.WeekStart)
		}))}
	}
	return []view.Chart{dayAverages(pageChart, p)}
}
