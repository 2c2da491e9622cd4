package report_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// What the choices hold adds up to the session: each question is in one of them, with its
// index, and in Everything.
func TestChoicesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, log := range anyLogs(0).Draw(t, "logs") {
			session := report.SummarizeSession(log)
			var sum report.Totals
			for _, choice := range report.Choices() {
				chosen := session.Chosen(choice)
				if got := session.Totals.Outcomes.Count(choice); got != len(chosen.Questions) {
					t.Errorf("%d questions are %s, the totals say %d", len(chosen.Questions), choice, got)
				}
				for _, q := range chosen.Questions {
					if string(q.Outcome) != string(choice) && (q.Outcome != "" || choice != report.Untold) {
						t.Errorf("%q is among the %s", q.Outcome, choice)
					}
					if session.Questions[q.Index-1] != q {
						t.Errorf("question %d is another in the whole session", q.Index)
					}
				}
				sum = sum.Plus(chosen.Totals)
			}
			all := session.Chosen(report.Everything)
			if sum != session.Totals || all.Totals != session.Totals || len(all.Questions) != len(session.Questions) {
				t.Errorf("the choices are %+v, everything %+v, the session %+v", sum, all.Totals, session.Totals)
			}
			if got := session.Totals.Outcomes.Count(report.Everything); got != session.Totals.Questions {
				t.Errorf("%d outcomes of %d questions", got, session.Totals.Questions)
			}
		}
	})
}

func TestParseChoice(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "submitted": true, "released": true, "expired": true, "skipped": true, "untold": true,
		"Released": false, "done": false, " released": false, "all": false,
	} {
		if choice, ok := report.ParseChoice(text); ok != want || ok && string(choice) != text {
			t.Errorf("%q is %q, %t", text, choice, ok)
		}
	}
}

// A page has something to tell as soon as one task was not submitted.
func TestOutcomesAreNotable(t *testing.T) {
	for _, test := range []struct {
		outcomes report.Outcomes
		want     bool
	}{
		{report.Outcomes{}, false},
		{report.Outcomes{Submitted: 3, Untold: 2}, false},
		{report.Outcomes{Released: 1}, true},
		{report.Outcomes{Submitted: 3, Expired: 1}, true},
		{report.Outcomes{Untold: 2, Skipped: 1}, true},
	} {
		if got := test.outcomes.AreNotable(); got != test.want {
			t.Errorf("%+v: %t", test.outcomes, got)
		}
	}
}

// Time counts whatever became of the task.
func TestEveryOutcomeCountsAsTime(t *testing.T) {
	for _, outcome := range append(timeline.Outcomes(), "") {
		log := report.SessionLog{Questions: []timeline.Question{{EndedAt: 7, Outcome: outcome}}}
		if got := report.SummarizeSession(log).Totals; got.Active != 7 || got.Raw != 7 || got.Questions != 1 {
			t.Errorf("%s: %+v", outcome, got)
		}
	}
}
