package chart

import (
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// fewAverages is how many bars have room in a drawing as wide as that of a week; more
// bars get one as wide as a page.
const fewAverages = 10

// stretch is one bar of averages: a day or a week.
type stretch struct {
	label, name string
	number      int
	totals      report.Totals
}

// DayAverages draws the average active time per question of each day, in the colour of
// its pace, and the day's average target as a line.
func DayAverages(id string, layout Layout, p report.Period) Chart {
	spans := make([]stretch, len(p.Days))
	for i, day := range p.Days {
		spans[i] = stretch{label: dayWords(day.Date), name: dateWords(day.Date), number: day.Date.Day, totals: day.Totals}
	}
	return averages(id, layout, p, spans, "day")
}

// WeekAverages draws what DayAverages draws by weeks that begin on start, for long ranges.
func WeekAverages(id string, layout Layout, p report.Period, start time.Weekday) Chart {
	var spans []stretch
	for i, week := range p.Weeks(start) {
		spans = append(spans, stretch{
			label: noon(week.Dates.From).Format("2 Jan"), name: rangeWords(week.Dates), number: i, totals: week.Totals,
		})
	}
	return averages(id, layout, p, spans, "week")
}

func averages(id string, layout Layout, p report.Period, spans []stretch, unit string) Chart {
	f := frame{id: id, kind: "averages", layout: layout, table: averagesTable(p, spans, unit)}
	width := 640.0
	switch {
	case layout == Narrow:
		width = narrowWidth
	case layout == Page || len(spans) > fewAverages:
		f.kind, width = "averages long", pageWidth
	}
	if p.Totals.Questions == 0 {
		return f.empty(width, "No questions on these days.")
	}
	f.summary = fmt.Sprintf("%s, average %s against a target of %s: %s.", count(p.Totals.Questions, "question"),
		report.MMSS(p.Totals.Average()), report.MMSS(p.Totals.AverageTarget()), p.Totals.Pace().Label)
	b := averageBars(spans)
	if layout == Narrow {
		c := f.canvas(width, b.rowsHeight())
		b.rows(c)
		return f.chart(c)
	}
	c := f.canvas(width, 216)
	b.columns(c, box{b.axis.marksWidth(), 24, width - 54, 190})
	return f.chart(c)
}

func averageBars(spans []stretch) bars {
	b := bars{every: []int{1, 2, 5, 10}}
	var most timeline.Micros
	targets := targetsOf(spans)
	for i, s := range spans {
		most = max(most, s.totals.Average(), targets[i])
		m := bar{number: s.number, label: s.label, value: float64(s.totals.Average()), goal: float64(targets[i])}
		if s.totals.Questions > 0 {
			pace := s.totals.Pace()
			m.class, m.note = ClassOf(pace), report.MMSS(s.totals.Average())
			m.title = fmt.Sprintf("%s: average %s, target %s, %s", s.name, m.note, report.MMSS(targets[i]), pace.Label)
		}
		b.bars = append(b.bars, m)
	}
	b.axis = timeAxis(most)
	b.goal = []string{"target", report.MMSS(targets[len(targets)-1])}
	return b
}

// targetsOf returns the target of each span. A span without questions has the target of
// the one before, and the first spans that of the first one with questions, so that the
// line has no gaps.
func targetsOf(spans []stretch) []timeline.Micros {
	targets := make([]timeline.Micros, len(spans))
	var last timeline.Micros
	for i := len(spans) - 1; i >= 0; i-- {
		if spans[i].totals.Questions > 0 {
			last = spans[i].totals.AverageTarget()
		}
	}
	for i, s := range spans {
		if s.totals.Questions > 0 {
			last = s.totals.AverageTarget()
		}
		targets[i] = last
	}
	return targets
}

func averagesTable(p report.Period, spans []stretch, unit string) Table {
	t := Table{
		Caption: "Average per question by " + unit + ", " + rangeWords(p.Dates),
		Header:  []string{map[string]string{"day": "Day", "week": "Week"}[unit], "Questions", "Active", "Average", "Target", "Pace"},
		Total:   averagesRow("Total", p.Totals),
	}
	for _, s := range spans {
		t.Rows = append(t.Rows, averagesRow(s.name, s.totals))
	}
	return t
}

func averagesRow(name string, t report.Totals) []string {
	row := totalsRow(name, t)
	target := "–"
	if t.Questions > 0 {
		target = report.MMSS(t.AverageTarget())
	}
	return append(row[:len(row)-1:len(row)-1], target, row[len(row)-1])
}
