package chart

import (
	"fmt"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// MonthHeat draws a calendar of the active time of each day, in five steps from no work
// to most. Its rows are weeks that begin on weekStart. The numbers stand above the
// coloured fields and not on them, so that they are legible on every colour.
func MonthHeat(id string, layout Layout, month report.Period, weekStart time.Weekday) Chart {
	h := heatMap{width: pageWidth, rowHeight: 46, perLine: 5, weekStart: weekStart, step: heatStep(month)}
	if layout == Narrow {
		h.width, h.rowHeight, h.perLine = narrowWidth, 40, 2
	}
	f := frame{id: id, kind: "monthheat", layout: layout, table: daysTable("Active time by day", month)}
	if month.Totals.Questions == 0 {
		return f.empty(h.width, "No questions in this month.")
	}
	f.summary = daysSummary(month)

	const heading, legendLine = 22, 20
	weeks := h.week(month, month.Dates.Last()) + 1
	legendTop := heading + h.rowHeight*float64(weeks) + 8
	lines := (heatSteps + h.perLine - 1) / h.perLine
	c := f.canvas(h.width, legendTop+legendLine*float64(lines))
	h.weekdays(c)
	for _, day := range month.Days {
		h.day(c, day, heading+h.rowHeight*float64(h.week(month, day.Date)), layout)
	}
	h.legend(c, legendTop, legendLine)
	return f.chart(c)
}

// heatSteps is the number of colours.
const heatSteps = 5

type heatMap struct {
	width, rowHeight float64
	perLine          int // entries of the legend per line
	weekStart        time.Weekday
	step             timeline.Micros // active time between two colours
}

// heatStep returns the largest round time with which the month's longest day reaches the
// last colour.
func heatStep(month report.Period) timeline.Micros {
	var longest timeline.Micros
	for _, day := range month.Days {
		longest = max(longest, day.Totals.Active)
	}
	step := 15 * timeline.Minute
	for _, minutes := range []timeline.Micros{30, 60, 120, 180} {
		if larger := minutes * timeline.Minute; (heatSteps-2)*larger <= longest {
			step = larger
		}
	}
	return step
}

// heat returns the step of a day, from 0.
func (h heatMap) heat(t report.Totals) int {
	if t.Questions == 0 {
		return 0
	}
	return int(min(t.Active/h.step+1, heatSteps-1))
}

// words returns what a step means: "none", "under 1 h", "1 to 2 h", "3 h or more".
func (h heatMap) words(step int) string {
	unit, size := "min", h.step/timeline.Minute
	if h.step >= hour {
		unit, size = "h", h.step/hour
	}
	n := timeline.Micros(step)
	switch step {
	case 0:
		return "none"
	case 1:
		return fmt.Sprintf("under %d %s", size, unit)
	case heatSteps - 1:
		return fmt.Sprintf("%d %s or more", size*(n-1), unit)
	default:
		return fmt.Sprintf("%d to %d %s", size*(n-1), size*n, unit)
	}
}

func (h heatMap) column(d time.Weekday) int { return (int(d) - int(h.weekStart) + 7) % 7 }

// week returns the row of a date, from 0.
func (h heatMap) week(p report.Period, d report.Date) int {
	return (h.column(p.Dates.From.Weekday()) + d.DaysSince(p.Dates.From)) / 7
}

func (h heatMap) columnWidth() float64 { return h.width / 7 }

func (h heatMap) weekdays(c *canvas) {
	for i := range 7 {
		name := ((h.weekStart + time.Weekday(i)) % 7).String()[:3]
		c.text("tick", float64(i)*h.columnWidth()+1, 12, start, name)
	}
}

func (h heatMap) day(c *canvas, day report.Day, top float64, layout Layout) {
	const gap = 4
	left := float64(h.column(day.Date.Weekday())) * h.columnWidth()
	right := left + h.columnWidth() - gap
	c.text("tick", left+1, top+12, start, strconv.Itoa(day.Date.Day))
	if layout == Wide && day.Totals.Questions > 0 {
		c.text("num", right-1, top+12, end, total(day.Totals.Active))
	}
	c.rect("heat"+strconv.Itoa(h.heat(day.Totals)), box{left, top + 17, right, top + h.rowHeight - gap}, 3, dayTitle(day))
}

func (h heatMap) legend(c *canvas, top, lineHeight float64) {
	const swatch = 12
	entry := h.width / float64(h.perLine)
	for step := range heatSteps {
		x := float64(step%h.perLine) * entry
		y := top + float64(step/h.perLine)*lineHeight
		c.rect("heat"+strconv.Itoa(step), box{x, y + 2, x + swatch, y + 2 + swatch}, 3, "")
		c.text("tick", x+swatch+6, y+swatch, start, h.words(step))
	}
}
