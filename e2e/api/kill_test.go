package api

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
)

const (
	killRaters        = 6
	kills             = 30
	stops             = 5
	killsBehindPooler = 5
)

// TestKill checks that 200 means "committed": the server is killed again and again while
// raters press all the time, and a client that retries until it is answered neither loses
// an event nor records one twice. (Whether a commit survives a power cut depends on the
// store's settings; this test cannot cut the power.)
func TestKill(t *testing.T) {
	t.Parallel()
	skipInterruptions(t)
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		raters.Interruption{Raters: killRaters, Rounds: kills, End: (*program.Server).Kill}.
			Interrupt(t, &tracker, databaseURL)
	})
}

// TestKillBehindPooler is TestKill in short, through PgBouncer in transaction mode: a
// killed server leaves nothing behind on the pooler's connections.
func TestKillBehindPooler(t *testing.T) {
	t.Parallel()
	skipInterruptions(t)
	databaseURL, sessionURL := tracker.Pooled(t)
	t.Cleanup(func() { tracker.Verify(t, sessionURL) })
	raters.Interruption{
		Raters: killRaters, Rounds: killsBehindPooler, End: (*program.Server).Kill,
		Settings: []string{"DATABASE_SESSION_URL=" + sessionURL},
	}.Interrupt(t, &tracker, databaseURL)
}

// TestStop is TestKill with a server that is asked to stop. It must end with exit code 0
// although the raters go on pressing.
func TestStop(t *testing.T) {
	t.Parallel()
	skipInterruptions(t)
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		raters.Interruption{Raters: killRaters, Rounds: stops, End: (*program.Server).Stop}.
			Interrupt(t, &tracker, databaseURL)
	})
}

func skipInterruptions(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out under -short: it starts the program again and again")
	}
}
