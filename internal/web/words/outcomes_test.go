package words

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		outcomes report.Outcomes
		want     string
	}{
		{report.Outcomes{}, ""},
		{report.Outcomes{Submitted: 3, Untold: 2}, ""},
		{report.Outcomes{Submitted: 38, Released: 2, Untold: 1}, "38\u00a0submitted · 2\u00a0released · 1\u00a0not told"},
		{report.Outcomes{Expired: 1, Skipped: 4}, "1\u00a0expired · 4\u00a0skipped"},
	} {
		if got := Outcomes(test.outcomes); got != test.want {
			t.Errorf("%+v: %q, want %q", test.outcomes, got, test.want)
		}
	}
	for outcome, want := range map[timeline.Outcome]string{
		timeline.Submitted: "", timeline.Released: "Released", timeline.Expired: "Expired", timeline.Skipped: "Skipped", "": "",
	} {
		if got := Outcome(outcome); got != want {
			t.Errorf("%q is marked %q, want %q", outcome, got, want)
		}
	}
}

func TestTasks(t *testing.T) {
	for _, test := range []struct {
		tasks, questions int
		want             string
	}{{0, 0, ""}, {1, 1, ""}, {5, 5, ""}, {2, 1, "2 tasks"}, {57, 40, "57 tasks"}} {
		if got := Tasks(test.tasks, test.questions); got != test.want {
			t.Errorf("%d tasks in %d questions: %q, want %q", test.tasks, test.questions, got, test.want)
		}
	}
}
