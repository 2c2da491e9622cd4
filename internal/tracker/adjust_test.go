package tracker_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// to returns an adjustment to this many seconds.
func to(seconds int) timeline.Adjustment {
	return timeline.Adjustment{Set: true, Active: timeline.Micros(seconds) * timeline.Second}
}

func (c corrected) adjust(t *testing.T, question string, a timeline.Adjustment) {
	t.Helper()
	if err := c.AdjustQuestion(t.Context(), c.rater, c.sessionID, question, a); err != nil {
		t.Fatal(err)
	}
}

func TestAdjustQuestion(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	for _, step := range []struct {
		name string
		to   timeline.Adjustment
		want float64 // active seconds of the first question
	}{
		{"down", to(20), 20},
		{"to nothing", to(0), 0},
		{"to all of it", to(60), 60},
		{"taken back", timeline.Adjustment{}, 60},
		{"again", to(1), 1},
	} {
		t.Log(step.name)
		for range 2 { // the second time it changes nothing
			c.adjust(t, c.questions[1], step.to)
			c.requireActive(t, step.want, 30, 10)
		}
	}
	c.requireEntries(t, 4+5)
}

// An active time is never above the raw time, nor below 0. A refused adjustment changes
// nothing.
func TestAdjustQuestionBounds(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.adjust(t, c.questions[1], to(20))
	for _, bad := range []timeline.Micros{-1, 60*timeline.Second + 1, 1 << 62, -1 << 62} {
		err := c.AdjustQuestion(t.Context(), c.rater, c.sessionID, c.questions[1], timeline.Adjustment{Set: true, Active: bad})
		var fields fault.FieldErrors
		if !errors.As(err, &fields) || len(fields) != 1 || fields[0].Field != "active_seconds" {
			t.Errorf("%d µs: got %v, want a problem of active_seconds", bad, err)
		}
	}
	c.requireActive(t, 20, 30, 10)
	c.requireEntries(t, 5)
}

// Day and session add the adjusted time up, and the raw time stays.
func TestAdjustedTimeCountsEverywhere(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.adjust(t, c.questions[1], to(20))
	want := report.Totals{Questions: 3, Raw: 100 * timeline.Second, Active: 60 * timeline.Second, Expected: 990 * timeline.Second, Tasks: 3, Outcomes: report.Outcomes{Untold: 3}}

	summary, err := c.Summary(t.Context(), c.rater, c.sessionID)
	if err != nil {
		t.Fatal(err)
	}
	today, err := c.Today(c.rater)
	if err != nil {
		t.Fatal(err)
	}
	day, err := c.Day(t.Context(), c.rater, today, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]report.Totals{
		"session": summary.Totals, "day": day.Totals, "hour": day.Hours[9].Totals, "session of the day": day.Sessions[0].Totals,
	} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	first := summary.Questions[0]
	if !first.IsAdjusted || first.OriginalActive != 60*timeline.Second || first.Raw != 60*timeline.Second {
		t.Errorf("the adjusted question is %+v", first)
	}
}

// UNDO reopens the question as its presses left it: without the adjustment, with the
// pauses that it had.
func TestUndoDropsTheAdjustment(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.record(t, c.rater, pause(105), pause(110), next(130)) // 30 s, 5 of them paused
	a := c.record(t, c.rater, undo(140), next(140))         // as it was, 10 s longer
	c.requireActive(t, 60, 30, 10, 35)
	c.adjust(t, a[1].EventID, to(3))
	c.requireActive(t, 60, 30, 10, 3)
	c.record(t, c.rater, undo(3700), next(3700))
	c.requireActive(t, 60, 30, 10, 3595)
}

// A question keeps its adjustment when a late press shortens it, but the adjustment counts
// only up to the new raw time.
func TestAdjustedQuestionGetsShorter(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.adjust(t, c.questions[1], to(50))
	c.record(t, c.rater, next(40)) // splits it: what its own event closes is 20 s
	c.requireActive(t, 40, 20, 30, 10)
	c.adjust(t, c.questions[1], to(5))
	c.record(t, c.rater, next(30))
	c.requireActive(t, 30, 10, 5, 30, 10)
}
