package chart

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// axis runs from 0 to top, with a few marks to read by.
type axis struct {
	top   float64
	marks []mark
}

type mark struct {
	at    float64
	label string
}

// part returns v as a part of the axis, from 0 to 1.
func (a axis) part(v float64) float64 {
	if a.top <= 0 {
		return 0
	}
	return min(max(v/a.top, 0), 1)
}

// mostSpaces is the most spaces between the marks of an axis: enough to estimate values,
// few enough not to distract.
const mostSpaces = 4

// countAxis returns an axis for counts up to most.
func countAxis(most int) axis {
	step := 1
	for i := 0; step*mostSpaces < most; i++ {
		step = step * [...]int{2, 5, 2}[i%3] / [...]int{1, 2, 1}[i%3] // 1, 2, 5, 10, …
	}
	top := step * max(1, (most+step-1)/step)
	a := axis{top: float64(top)}
	for at := 0; at <= top; at += step {
		a.marks = append(a.marks, mark{float64(at), strconv.Itoa(at)})
	}
	return a
}

// timeAxis returns an axis for lengths of time up to most.
func timeAxis(most timeline.Micros) axis {
	step := timeStep(most)
	top := step * max(1, (most+step-1)/step)
	a := axis{top: float64(top)}
	for at := timeline.Micros(0); at <= top; at += step {
		a.marks = append(a.marks, mark{float64(at), axisTime(at, top)})
	}
	return a
}

// axisTime writes a time on an axis that ends at top, with the same unit for all labels.
func axisTime(at, top timeline.Micros) string {
	switch {
	case at == 0:
		return "0"
	case top >= hour:
		return fmt.Sprintf("%02d:%02d h", at/hour, at%hour/timeline.Minute)
	default:
		return report.MMSS(at)
	}
}

func timeStep(most timeline.Micros) timeline.Micros {
	for _, seconds := range []timeline.Micros{5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 4 * 3600} {
		if step := seconds * timeline.Second; step*mostSpaces >= most {
			return step
		}
	}
	step := 6 * hour
	for step*mostSpaces < most {
		step *= 2
	}
	return step
}

// questionAxis returns an axis for the times of questions and their targets. It may end
// before the longest one, because one question that somebody forgot to pause must not
// flatten all the others.
func questionAxis(questions []report.Timing) axis {
	var target, longest timeline.Micros
	for _, q := range questions {
		target, longest = max(target, q.Target), max(longest, q.Active)
	}
	enough := max(3*target, report.Percentile(actives(questions), 90)*3/2)
	return timeAxis(max(min(longest, enough), target, timeline.Second))
}

func actives(questions []report.Timing) []timeline.Micros {
	times := make([]timeline.Micros, len(questions))
	for i, q := range questions {
		times[i] = q.Active
	}
	return times
}

// commonTarget returns the target that all questions have, or 0.
func commonTarget(questions []report.Timing) timeline.Micros {
	if len(questions) == 0 {
		return 0
	}
	target := questions[0].Target
	if slices.ContainsFunc(questions, func(q report.Timing) bool { return q.Target != target }) {
		return 0
	}
	return target
}
