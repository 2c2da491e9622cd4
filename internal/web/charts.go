package web

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// drawing draws a chart in a layout; id names it on the page.
type drawing func(id string, l chart.Layout) chart.Chart

// chartOf draws a chart in both layouts.
func chartOf(id, heading string, draw drawing) view.Chart {
	wide, narrow := draw(id, chart.Wide), draw(id+"-phone", chart.Narrow)
	m := view.Chart{
		ID: id, Heading: heading, Wide: wide.SVG, Narrow: narrow.SVG,
		Columns: wide.Table.Header, Rows: wide.Table.Rows,
	}
	if total := wide.Table.Total; total != nil {
		m.Rows = append(m.Rows[:len(m.Rows):len(m.Rows)], total)
	}
	return m
}

// pageChart does what chartOf does, with the wide drawing as wide as the page.
func pageChart(id, heading string, draw drawing) view.Chart {
	return chartOf(id, heading, func(id string, l chart.Layout) chart.Chart {
		if l == chart.Wide {
			l = chart.Page
		}
		return draw(id, l)
	})
}

// numbersIn leads to the table of the page under this heading instead of repeating its rows
// below the chart.
func numbersIn(headingID, heading string, c view.Chart) view.Chart {
	if len(c.Rows) > 0 {
		c.Numbers, c.Columns, c.Rows = view.Link{Address: "#" + headingID, Label: heading}, nil, nil
	}
	return c
}

// dayCharts draws the day as a line, its questions by hour, and how long its questions
// took. The line shows the sessions that the page lists.
func (f *face) dayCharts(day tracker.DayDetail) []view.Chart {
	if len(day.Line) == 0 {
		return nil
	}
	line := dayLine(chart.DayWork{
		Calendar: day.Calendar, Date: day.Date, Now: timeline.InstantOf(f.Now()), Sessions: day.Line, OnlyBands: day.OnlyBands,
	})
	if day.SessionCount == 0 {
		return []view.Chart{line}
	}
	return []view.Chart{
		line,
		numbersIn("hours", "By hour", chartOf("hours-chart", "Questions by hour", func(id string, l chart.Layout) chart.Chart {
			return chart.Hours(id, l, day.Day)
		})),
		chartOf("lengths", "How long they took", func(id string, l chart.Layout) chart.Chart { return chart.Distribution(id, l, day.Timings) }),
	}
}

func dayLine(work chart.DayWork) view.Chart {
	line := chartOf("day-line", "The day", func(id string, l chart.Layout) chart.Chart { return chart.DayLine(id, l, work) })
	for _, key := range chart.LegendOf(work) {
		line.Legend = append(line.Legend, view.Key{Class: key.Class, Words: key.Words})
	}
	return line
}

// sessionCharts draws the listed questions of a session against the target, and how long
// all of them took.
func sessionCharts(s report.SessionPage) []view.Chart {
	if s.QuestionCount == 0 {
		return nil
	}
	var charts []view.Chart
	if len(s.Questions) > 0 {
		charts = append(charts, numbersIn("questions", "Questions", chartOf("bars", "Against the target", func(id string, l chart.Layout) chart.Chart {
			return chart.QuestionBars(id, l, s.Listing())
		})))
	}
	return append(charts, pageChart("lengths", "How long they took", func(id string, l chart.Layout) chart.Chart {
		return chart.Distribution(id, l, s.Timings)
	}))
}

func weekCharts(week report.Period) []view.Chart {
	return []view.Chart{
		numbersIn("by-day", "By day", chartOf("week-bars", "Active time by day", func(id string, l chart.Layout) chart.Chart {
			return chart.WeekActive(id, l, week, 0)
		})),
		dayAverages(chartOf, week),
	}
}

func monthCharts(month report.Period, rater tracker.Rater) []view.Chart {
	return []view.Chart{
		numbersIn("by-day", "By day", chartOf("heat", "The month", func(id string, l chart.Layout) chart.Chart {
			return chart.MonthHeat(id, l, month, rater.WeekStart)
		})),
		dayAverages(pageChart, month),
	}
}

// dayAverages draws the trend of a range whose days are in a table of the page.
func dayAverages(in func(id, heading string, draw drawing) view.Chart, p report.Period) view.Chart {
	return numbersIn("by-day", "By day", in("trend", "Average per question by day", func(id string, l chart.Layout) chart.Chart {
		return chart.DayAverages(id, l, p)
	}))
}
