package chart

import (
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// WeekActive draws the active time of each day of a week, in the colour of the day's
// pace. goal is per day and drawn as a line; 0 draws none.
func WeekActive(id string, layout Layout, week report.Period, goal timeline.Micros) Chart {
	b := bars{}
	most := goal
	for _, day := range week.Days {
		most = max(most, day.Totals.Active)
		b.bars = append(b.bars, dayBar(day, float64(day.Totals.Active), float64(goal), total(day.Totals.Active)))
	}
	b.axis = timeAxis(most)
	if goal > 0 {
		b.goal = []string{"goal", total(goal)}
	}
	return drawWeek(id, layout, week, b, "Active time by day")
}

func drawWeek(id string, layout Layout, week report.Period, b bars, title string) Chart {
	width := 640.0
	if layout == Narrow {
		width = narrowWidth
	}
	f := frame{id: id, kind: "week", layout: layout, table: daysTable(title, week)}
	if week.Totals.Questions == 0 {
		return f.empty(width, "No questions in this week.")
	}
	f.summary = daysSummary(week)
	b.every = []int{1, 2, 5, 10} // the first for a week, the others for longer ranges
	if layout == Narrow {
		c := f.canvas(width, b.rowsHeight())
		b.rows(c)
		return f.chart(c)
	}
	c := f.canvas(width, 216)
	right := width
	if len(b.goal) > 0 {
		right -= 54
	}
	b.columns(c, box{b.axis.marksWidth(), 24, right, 190})
	return f.chart(c)
}

func dayBar(day report.Day, value, goal float64, note string) bar {
	b := bar{number: day.Date.Day, label: dayWords(day.Date), value: value, goal: goal}
	if day.Totals.Questions > 0 {
		pace := day.Totals.Pace()
		b.class, b.note, b.title = ClassOf(pace), note, dayTitle(day)
	}
	return b
}

func dayTitle(day report.Day) string {
	if day.Totals.Questions == 0 {
		return dateWords(day.Date) + ": no work"
	}
	return fmt.Sprintf("%s: %s, %s active, average %s, %s", dateWords(day.Date),
		count(day.Totals.Questions, "question"), exact(day.Totals.Active),
		report.MMSS(day.Totals.Average()), day.Totals.Pace().Label)
}

// daysSummary describes a range of days in a sentence.
func daysSummary(p report.Period) string {
	worked, longest := 0, p.Days[0]
	for _, day := range p.Days {
		if day.Totals.Questions > 0 {
			worked++
		}
		if day.Totals.Active > longest.Totals.Active {
			longest = day
		}
	}
	return fmt.Sprintf("%s and %s active on %s, %s. Most on %s: %s.",
		count(p.Totals.Questions, "question"), total(p.Totals.Active), count(worked, "day"),
		p.Totals.Pace().Label, dateWords(longest.Date), total(longest.Totals.Active))
}

func daysTable(title string, p report.Period) Table {
	t := Table{
		Caption: title + ", " + rangeWords(p.Dates),
		Header:  []string{"Day", "Questions", "Active", "Average", "Pace"},
		Total:   totalsRow("Total", p.Totals),
	}
	for _, day := range p.Days {
		t.Rows = append(t.Rows, totalsRow(dateWords(day.Date), day.Totals))
	}
	return t
}
