package web

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// drawing draws a chart under an id in a layout.
type drawing func(id string, l chart.Layout) chart.Chart

// chartOf is a chart in both layouts.
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

// dayCharts are the day as a line, its hours, and how long its questions took.
func (f *face) dayCharts(ctx context.Context, rater tracker.Rater, day report.Day) ([]view.Chart, error) {
	if len(day.Sessions) == 0 {
		return nil, nil
	}
	work := chart.DayWork{Date: day.Date, Zone: day.Zone, Now: timeline.InstantOf(f.Now())}
	var questions []report.Question
	for _, s := range day.Sessions {
		session, err := f.Tracker.Summary(ctx, rater, s.ID)
		if err != nil {
			return nil, fmt.Errorf("drawing a day: %w", err)
		}
		work.Sessions = append(work.Sessions, session)
		for _, q := range session.Questions {
			if report.DateOf(q.StartedAt, day.Zone) == day.Date {
				questions = append(questions, q)
			}
		}
	}
	line := chartOf("day-line", "The day", func(id string, l chart.Layout) chart.Chart { return chart.DayLine(id, l, work) })
	for _, key := range chart.Legend() {
		line.Legend = append(line.Legend, view.Key{Class: key.Class, Words: key.Words})
	}
	return []view.Chart{
		line,
		chartOf("hours-chart", "Questions by hour", func(id string, l chart.Layout) chart.Chart { return chart.Hours(id, l, day) }),
		chartOf("lengths", "How long they took", func(id string, l chart.Layout) chart.Chart { return chart.Distribution(id, l, questions) }),
	}, nil
}

func sessionCharts(s report.Session) []view.Chart {
	if len(s.Questions) == 0 {
		return nil
	}
	return []view.Chart{
		chartOf("bars", "Against the target", func(id string, l chart.Layout) chart.Chart { return chart.QuestionBars(id, l, s) }),
		chartOf("lengths", "How long they took", func(id string, l chart.Layout) chart.Chart { return chart.Distribution(id, l, s.Questions) }),
	}
}

func weekCharts(week report.Period) []view.Chart {
	return []view.Chart{
		chartOf("week-bars", "Active time by day", func(id string, l chart.Layout) chart.Chart { return chart.WeekActive(id, l, week, 0) }),
		dayAverages(week),
	}
}

func monthCharts(month report.Period, rater tracker.Rater) []view.Chart {
	return []view.Chart{
		chartOf("heat", "The month", func(id string, l chart.Layout) chart.Chart {
			return chart.MonthHeat(id, l, month, rater.WeekStart)
		}),
		dayAverages(month),
	}
}
