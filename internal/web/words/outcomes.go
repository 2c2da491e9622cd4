package words

import (
	"fmt"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Choice returns what became of the questions that a choice holds: "Released".
func Choice(c report.Choice) string {
	if c == report.Untold {
		return "Not told"
	}
	return Capital(string(c))
}

// Outcome marks a task that was not submitted, "Released"; another one has no mark.
func Outcome(o timeline.Outcome) string {
	if o == timeline.Submitted {
		return ""
	}
	return Capital(string(o))
}

// Outcomes counts what became of tasks, "38 submitted · 2 released", if any of them was not
// submitted; else it returns "". No line breaks between a number and its word.
func Outcomes(o report.Outcomes) string {
	if !o.AreNotable() {
		return ""
	}
	var parts []string
	for _, c := range report.Choices() {
		if n := o.Count(c); n > 0 {
			parts = append(parts, fmt.Sprintf("%d\u00a0%s", n, strings.ToLower(Choice(c))))
		}
	}
	return strings.Join(parts, " · ")
}

// Tasks returns the number of tasks, "3 tasks", if these questions held more than one each.
func Tasks(tasks, questions int) string {
	if tasks <= questions {
		return ""
	}
	return Counted(tasks, "task", "tasks")
}
