package chart

import (
	"fmt"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// QuestionBars draws the active time of each question of a session against its target. In
// the narrow layout each question has a row that says in words how far over or under it
// is; in the wide layout the number stands on the column if it fits.
func QuestionBars(id string, layout Layout, session report.Session) Chart {
	width := 880.0
	if layout == Narrow {
		width = narrowWidth
	}
	f := frame{id: id, kind: "questionbars", layout: layout, table: questionsTable(session)}
	questions := session.Questions
	if len(questions) == 0 {
		return f.empty(width, "No closed questions in this session yet.")
	}
	f.summary = questionsSummary(session)

	b := bars{axis: questionAxis(report.TimingsOf(questions)), every: []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}, goal: []string{"target", "of each"}}
	if target := commonTarget(report.TimingsOf(questions)); target > 0 {
		b.goal = []string{"target", report.MMSS(target)}
	}
	for _, q := range questions {
		b.bars = append(b.bars, questionBar(q, layout))
	}
	if layout == Narrow {
		c := f.canvas(width, b.rowsHeight())
		b.rows(c)
		return f.chart(c)
	}
	c := f.canvas(width, 236)
	b.columns(c, box{b.axis.marksWidth(), 24, width - 46, 210})
	return f.chart(c)
}

func questionBar(q report.Question, layout Layout) bar {
	b := bar{
		number: q.Index, label: strconv.Itoa(q.Index),
		class: ClassOf(paceOf(q)), title: questionTitle(q),
		value: float64(q.Active), goal: float64(q.Target),
		note: report.SignedMMSS(q.OverUnder()),
	}
	if layout == Narrow {
		b.note = against(q.OverUnder())
	}
	return b
}

// questionTitle returns the text for a pointer that rests on a bar.
func questionTitle(q report.Question) string {
	title := fmt.Sprintf("Question %d: %s, target %s, %s (%s)",
		q.Index, report.MMSS(q.Active), report.MMSS(q.Target), against(q.OverUnder()), paceOf(q).Label)
	if q.Task.Type != "" {
		title += ", " + q.Task.Type
	}
	return title
}

func questionsSummary(s report.Session) string {
	over, longest := 0, s.Questions[0]
	for _, q := range s.Questions {
		if q.OverUnder() > 0 {
			over++
		}
		if q.Active > longest.Active {
			longest = q
		}
	}
	return fmt.Sprintf("%s, average %s: %s. %d took longer than the target; the longest was question %d with %s.",
		count(len(s.Questions), "question"), report.MMSS(s.Totals.Average()), s.Totals.Pace().Label,
		over, longest.Index, report.MMSS(longest.Active))
}

func questionsTable(s report.Session) Table {
	t := Table{
		Caption: "Each question against its target",
		Header:  []string{"Question", "Active", "Target", "Against the target", "Pace", "Task type"},
		Total: []string{
			count(s.Totals.Questions, "question"), total(s.Totals.Active), total(s.Totals.Expected),
			against(s.Totals.Active - s.Totals.Expected), s.Totals.Pace().Label, "",
		},
	}
	for _, q := range s.Questions {
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(q.Index), report.MMSS(q.Active), report.MMSS(q.Target),
			against(q.OverUnder()), paceOf(q).Label, q.Task.Type,
		})
	}
	return t
}
