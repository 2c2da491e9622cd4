package faults

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
)

// TestKills checks that nothing is lost or doubled when the program is killed in the middle of
// presses, batches and corrections, and that what is stored beside the logs agrees with them.
// e2e/api has the same for presses alone.
func TestKills(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out under -short: it starts the program again and again")
	}
	kills, events := 10, int64(500)
	if isLong() {
		kills, events = 200, 20_000
	}
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		raters.Interruption{Raters: 6, Rounds: kills, Events: events, Mixed: true, End: (*program.Server).Kill}.
			Interrupt(t, &tracker, databaseURL)
	})
}
