package chart

import (
	"fmt"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// Spark draws the questions of a session as bars small enough for a table row:
// 140 by 24 units in every layout, so that rows compare.
func Spark(id string, questions []report.Question) Chart {
	const width, height, widest = 140, 24, 7
	f := frame{id: id, kind: "spark", table: sparkTable(questions), summary: "No questions yet."}
	if len(questions) == 0 {
		c := f.canvas(width, height)
		c.line("base", 0, height-1, width, height-1)
		empty := f.chart(c)
		empty.Empty = true
		return empty
	}
	f.summary = sparkSummary(questions)

	axis := questionAxis(questions)
	c := f.canvas(width, height)
	pitch := min(widest, width/float64(len(questions)))
	y := func(v float64) float64 { return height - axis.part(v)*height }
	for i, q := range questions {
		left := float64(i) * pitch
		b := box{left, min(y(float64(q.Active)), height-1), left + pitch*5/7, height}
		c.rect("q "+ClassOf(paceOf(q)), b, 0, "")
	}
	if target := commonTarget(questions); target > 0 {
		c.line("tline", 0, y(float64(target)), float64(len(questions))*pitch, y(float64(target)))
	}
	return f.chart(c)
}

func sparkSummary(questions []report.Question) string {
	totals := totalsOf(questions)
	return fmt.Sprintf("%s, average %s: %s.",
		count(totals.Questions, "question"), report.MMSS(totals.Average()), totals.Pace().Label)
}

func sparkTable(questions []report.Question) Table {
	t := Table{Caption: "Each question", Header: []string{"Question", "Active", "Pace"}}
	if len(questions) == 0 {
		return t
	}
	for _, q := range questions {
		t.Rows = append(t.Rows, []string{strconv.Itoa(q.Index), report.MMSS(q.Active), paceOf(q).Label})
	}
	totals := totalsOf(questions)
	t.Total = []string{"All", total(totals.Active), totals.Pace().Label}
	return t
}
