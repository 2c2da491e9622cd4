package httpapi

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A PAUSE that falls into a session of the past pauses or continues nothing that runs now.
func TestMessageOfAPause(t *testing.T) {
	t.Parallel()
	for phase, want := range map[timeline.Phase]string{
		timeline.Running: "running", timeline.Paused: "paused", timeline.Ended: "PAUSE recorded",
	} {
		got := messageOf(tracker.Answer{Type: timeline.Pause, State: timeline.State{Phase: phase}})
		if got != want {
			t.Errorf("phase %d: %q, want %q", phase, got, want)
		}
	}
}

// A NEXT that finds its session full tells the person that another one has begun.
func TestMessageOfANextThatCuts(t *testing.T) {
	t.Parallel()
	cut := tracker.Answer{Type: timeline.Next, HasCut: true, Answered: tracker.Answered{Index: 1, Closed: true, Raw: 7}}
	if got, want := messageOf(cut), "question closed; the session was full, so the next one has begun"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
