package chart

import (
	"fmt"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// Hours draws how many questions started in each hour of a day, in the colour of the
// hour's pace. It shows the hours that were worked and one more on either side.
func Hours(id string, layout Layout, day report.Day) Chart {
	width := 640.0
	if layout == Narrow {
		width = narrowWidth
	}
	from, to := workedHours(day.Hours)
	f := frame{id: id, kind: "hours", layout: layout, table: hoursTable(day, from, to)}
	if day.Totals.Questions == 0 {
		return f.empty(width, "No questions on this day.")
	}
	f.summary = hoursSummary(day)

	b := bars{every: []int{1, 2, 3, 6, 12}}
	most := 0
	for _, h := range day.Hours[from : to+1] {
		most = max(most, h.Totals.Questions)
		b.bars = append(b.bars, hourBar(h))
	}
	b.axis = countAxis(most)
	c := f.canvas(width, 216)
	b.columns(c, box{b.axis.marksWidth(), 24, width, 190})
	return f.chart(c)
}

func hourBar(h report.Hour) bar {
	b := bar{number: h.Hour, label: fmt.Sprintf("%02d", h.Hour)}
	if n := h.Totals.Questions; n > 0 {
		pace := h.Totals.Pace()
		b.value, b.class, b.note = float64(n), ClassOf(pace), strconv.Itoa(n)
		b.title = fmt.Sprintf("%s: %s, %s, average %s",
			hourWords(h.Hour), count(n, "question"), pace.Label, report.MMSS(h.Totals.Average()))
	}
	return b
}

// workedHours returns the places in the day of the first and the last hour to show: at
// least eight hours, so that one hour of work is not a bar as wide as the page.
func workedHours(hours [report.HoursInDay]report.Hour) (from, to int) {
	const fewest, last = 8, report.HoursInDay - 1
	from, to = last, 0
	for i, h := range hours {
		if h.Totals.Questions > 0 {
			from, to = min(from, i), max(to, i)
		}
	}
	from, to = max(from-1, 0), min(to+1, last)
	for to-from+1 < fewest {
		from, to = max(from-1, 0), min(to+1, last)
	}
	return from, to
}

func hourWords(h int) string { return fmt.Sprintf("%02d:00 to %02d:00", h, h+1) }

func hoursSummary(day report.Day) string {
	busiest, slowest := day.Hours[0], day.Hours[0]
	for _, h := range day.Hours {
		if h.Totals.Questions > busiest.Totals.Questions {
			busiest = h
		}
		if h.Totals.Pace().Ratio > slowest.Totals.Pace().Ratio {
			slowest = h
		}
	}
	return fmt.Sprintf("%s; most of them, %d, from %s. Slowest from %s: %s, average %s.",
		count(day.Totals.Questions, "question"), busiest.Totals.Questions, hourWords(busiest.Hour),
		hourWords(slowest.Hour), slowest.Totals.Pace().Label, report.MMSS(slowest.Totals.Average()))
}

func hoursTable(day report.Day, from, to int) Table {
	t := Table{
		Caption: "Questions by hour, " + dateWords(day.Date),
		Header:  []string{"Hour", "Questions", "Active", "Average", "Pace"},
		Total:   totalsRow("Day", day.Totals),
	}
	for _, h := range day.Hours[from : to+1] {
		t.Rows = append(t.Rows, totalsRow(hourWords(h.Hour), h.Totals))
	}
	return t
}

// totalsRow returns a row with questions, active time, average and pace.
func totalsRow(name string, t report.Totals) []string {
	return []string{
		name, strconv.Itoa(t.Questions), total(t.Active), report.MMSS(t.Average()), t.Pace().Label,
	}
}
