package report

import "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"

// Totals adds up questions. Average and Pace derive from the sums, so totals of
// parts add up to the totals of the whole.
type Totals struct {
	Questions int
	Raw       timeline.Micros // start to end, pauses included
	Active    timeline.Micros // without pauses, or what a person set it to
	Expected  timeline.Micros // each question's own target
	Tasks     int             // a question holds one or more
	Outcomes  Outcomes        // of the questions
}

// Average returns the active time per question, rounded half up to the microsecond; 0
// without questions.
func (t Totals) Average() timeline.Micros {
	if t.Questions == 0 {
		return 0
	}
	n := timeline.Micros(t.Questions)
	return (2*t.Active + n) / (2 * n)
}

// AverageTarget returns the average of the questions' targets, rounded like Average.
func (t Totals) AverageTarget() timeline.Micros {
	return Totals{Questions: t.Questions, Active: t.Expected}.Average()
}

// Pace compares the active time with the expected one.
func (t Totals) Pace() Pace { return PaceOf(t.Active, t.Expected) }

// Plus returns the sum of both.
func (t Totals) Plus(u Totals) Totals {
	return Totals{
		Questions: t.Questions + u.Questions,
		Raw:       t.Raw + u.Raw,
		Active:    t.Active + u.Active,
		Expected:  t.Expected + u.Expected,
		Tasks:     t.Tasks + u.Tasks,
		Outcomes:  t.Outcomes.Plus(u.Outcomes),
	}
}

// totalsOf returns the totals of one question in a session with this target.
func totalsOf(q timeline.Question, target timeline.Micros) Totals {
	return Totals{
		Questions: 1, Raw: q.Raw(), Active: q.Active(), Expected: q.Target(target),
		Tasks: q.Task.Tasks(), Outcomes: outcomesOf(q.Outcome),
	}
}

// TotalsOf returns the totals of questions of a summary.
func TotalsOf(questions []Question) Totals {
	var t Totals
	for _, q := range questions {
		t = t.Plus(Totals{
			Questions: 1, Raw: q.Raw, Active: q.Active, Expected: q.Target,
			Tasks: q.Task.Tasks(), Outcomes: outcomesOf(q.Outcome),
		})
	}
	return t
}
