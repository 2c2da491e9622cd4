package timeline_test

import (
	"testing"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestType(t *testing.T) {
	tests := []struct {
		of                                tl.Type
		press, meansQuestion, reachesBack bool
	}{
		{tl.Next, true, false, false},
		{tl.Pause, true, false, false},
		{tl.Undo, true, false, true},
		{tl.Exit, true, false, false},
		{tl.DeleteQuestion, false, true, true},
		{tl.RestoreQuestion, false, true, true},
		{tl.AdjustQuestion, false, true, true},
		{tl.DeleteSession, false, false, true},
		{tl.RestoreSession, false, false, true},
		{tl.SetTarget, false, false, false},
		{"next", false, false, false},
		{"", false, false, false},
	}
	for _, test := range tests {
		if got := test.of.IsPress(); got != test.press {
			t.Errorf("%q.IsPress() = %t", test.of, got)
		}
		if got := test.of.MeansQuestion(); got != test.meansQuestion {
			t.Errorf("%q.MeansQuestion() = %t", test.of, got)
		}
		if got := test.of.ReachesBack(); got != test.reachesBack {
			t.Errorf("%q.ReachesBack() = %t", test.of, got)
		}
	}
}

// The AET high value becomes the question's target.
func TestQuestionTarget(t *testing.T) {
	const session = 330 * tl.Second
	tests := []struct {
		name string
		task tl.Task
		want tl.Micros
	}{
		{"without an AET the session's", tl.Task{}, session},
		{"the upper end of a range", tl.Task{AETLow: 2 * tl.Minute, AETHigh: 4 * tl.Minute}, 4 * tl.Minute},
		{"a single value", tl.Task{AETLow: 3 * tl.Minute, AETHigh: 3 * tl.Minute}, 3 * tl.Minute},
		{"an upper end alone", tl.Task{AETHigh: tl.Minute}, tl.Minute},
		{"a lower end alone says nothing of the target", tl.Task{AETLow: tl.Minute}, session},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (tl.Question{Task: test.task}).Target(session); got != test.want {
				t.Errorf("target %d, want %d", got, test.want)
			}
		})
	}
}

// Raw and active time are never below 0, whatever a stored question
// says; nor is an adjusted time ever above the raw one.
func TestQuestionTimes(t *testing.T) {
	adjusted := func(active tl.Micros, q tl.Question) tl.Question {
		q.Adjustment = tl.Adjustment{Set: true, Active: active}
		return q
	}
	tests := []struct {
		name                  string
		question              tl.Question
		raw, active, original tl.Micros
	}{
		{"no pause", tl.Question{StartedAt: 10, EndedAt: 50}, 40, 40, 40},
		{"a pause", tl.Question{StartedAt: 10, EndedAt: 50, Paused: 15}, 40, 25, 25},
		{"nothing but pause", tl.Question{StartedAt: 10, EndedAt: 50, Paused: 40}, 40, 0, 0},
		{"more pause than time", tl.Question{StartedAt: 10, EndedAt: 50, Paused: 41}, 40, 0, 0},
		{"an end before the start", tl.Question{StartedAt: 50, EndedAt: 10}, 0, 0, 0},
		{"adjusted down", adjusted(7, tl.Question{StartedAt: 10, EndedAt: 50, Paused: 15}), 40, 7, 25},
		{"adjusted up, a pause was work", adjusted(40, tl.Question{StartedAt: 10, EndedAt: 50, Paused: 15}), 40, 40, 25},
		{"adjusted to nothing", adjusted(0, tl.Question{StartedAt: 10, EndedAt: 50}), 40, 0, 40},
		{"adjusted, and shorter since", adjusted(40, tl.Question{StartedAt: 10, EndedAt: 30, Paused: 5}), 20, 20, 15},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			raw, active, original := test.question.Raw(), test.question.Active(), test.question.OriginalActive()
			if raw != test.raw || active != test.active || original != test.original {
				t.Errorf("raw %d active %d originally %d, want %d, %d and %d", raw, active, original, test.raw, test.active, test.original)
			}
		})
	}
}

func TestQuestionCounts(t *testing.T) {
	for _, opening := range []bool{false, true} {
		for _, deleted := range []bool{false, true} {
			got := tl.Question{Opening: opening, Deleted: deleted}.Counts()
			if want := !opening && !deleted; got != want {
				t.Errorf("opening %t, deleted %t: counts %t", opening, deleted, got)
			}
		}
	}
}
