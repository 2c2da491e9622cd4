package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestRunningAt(t *testing.T) {
	const start, minute = timeline.Instant(1_000_000_000), timeline.Minute
	running := timeline.State{
		Phase: timeline.Running, Counted: 4, Target: 5 * minute,
		Current: timeline.Current{StartedAt: start, Paused: minute},
	}
	paused := running
	paused.Phase, paused.Current.PausedAt = timeline.Paused, start.Add(4*minute)
	estimated := running
	estimated.Current.Task.AETHigh = 7 * minute
	tests := []struct {
		name  string
		state timeline.State
		after timeline.Micros
		want  Running
	}{
		{"it runs", running, 3 * minute, Running{Active: 2 * minute, Paused: minute, Target: 5 * minute}},
		{"paused, the clock stands", paused, 10 * minute, Running{IsPaused: true, Active: 3 * minute, Paused: 7 * minute, Target: 5 * minute}},
		{"the page's estimate is the target", estimated, 3 * minute, Running{Active: 2 * minute, Paused: minute, Target: 7 * minute}},
		{"by a client's clock that is ahead", running, -minute, Running{Paused: minute, Target: 5 * minute}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.want.SessionID, test.want.Number, test.want.CanUndo, test.want.StartedAt = "s", 5, true, start
			if diff := cmp.Diff(test.want, RunningAt("s", test.state, start.Add(test.after))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
