package widget

import (
	"math"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// naiveQuestion is a question as a person with a stopwatch and paper would note it.
type naiveQuestion struct {
	start, end time.Time
	paused     time.Duration
	opening    loggedEvent // the press that opened it
}

func (q naiveQuestion) raw() time.Duration { return q.end.Sub(q.start) }

// foldNaively implements the contract a second time, for presses in their order. It returns
// the closed questions of each session without the opening one, and whether the last session
// is open.
func foldNaively(log []loggedEvent) (sessions [][]naiveQuestion, isOpen bool) {
	var closed []naiveQuestion // questions of the running session, the opening one first
	var current naiveQuestion
	var pausedAt *time.Time
	resume := func(at time.Time) {
		if pausedAt != nil {
			current.paused += at.Sub(*pausedAt)
			pausedAt = nil
		}
	}
	closeAt := func(e loggedEvent) {
		resume(e.At)
		current.end = e.At
		closed = append(closed, current)
		current = naiveQuestion{start: e.At, opening: e}
	}
	for _, e := range log {
		switch e.Type {
		case "NEXT":
			if !isOpen {
				isOpen, closed = true, nil
				sessions = append(sessions, nil)
				current = naiveQuestion{start: e.At}
			}
			closeAt(e)
		case "PAUSE":
			if pausedAt == nil {
				pausedAt = &e.At
			} else {
				resume(e.At)
			}
		case "UNDO":
			resume(e.At)
			last := closed[len(closed)-1]
			last.paused += current.paused
			current, closed = last, closed[:len(closed)-1]
		case "EXIT":
			closeAt(e)
			isOpen = false
		}
		sessions[len(sessions)-1] = nil
		if len(closed) > 1 {
			sessions[len(sessions)-1] = append([]naiveQuestion(nil), closed[1:]...)
		}
	}
	return sessions, isOpen
}

// requireFolded fails the test unless the server's sessions follow from the log: every time
// exactly, and each question compared with the estimate of its own task.
func requireFolded(t *testing.T, sessions []program.SessionSummary, log []loggedEvent) {
	t.Helper()
	want, _ := foldNaively(log)
	if len(sessions) != len(want) {
		t.Fatalf("the server has %d sessions, want %d", len(sessions), len(want))
	}
	for i, questions := range want {
		if len(sessions[i].Questions) != len(questions) || sessions[i].TotalQuestions != len(questions) {
			t.Errorf("session %d has %d questions, want %d", i, len(sessions[i].Questions), len(questions))
			continue
		}
		var raw, active float64
		for j, q := range questions {
			got := sessions[i].Questions[j]
			wantRaw, wantActive := q.raw().Seconds(), (q.raw() - q.paused).Seconds()
			raw, active = raw+wantRaw, active+wantActive
			target := q.opening.AETHigh
			if target == 0 {
				target = sessions[i].TargetMinutes
			}
			if !same(got.RawSeconds, wantRaw) || !same(got.ActiveSeconds, wantActive) || !same(got.OverUnder, wantActive-60*target) {
				t.Errorf("question %d of session %d is %+v, want %v s raw, %v s active, against %v min", j+1, i, got, wantRaw, wantActive, target)
			}
		}
		if !same(sessions[i].TotalRawSeconds, raw) || !same(sessions[i].TotalActiveSeconds, active) {
			t.Errorf("session %d has %v s raw, %v s active; want %v and %v", i, sessions[i].TotalRawSeconds, sessions[i].TotalActiveSeconds, raw, active)
		}
	}
}

// same reports whether a and b differ by no more than the rounding of floats, which is less
// than a clock could show.
func same(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
