package standby

import (
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// TestPatroni kills the leader of a Patroni cluster again and again while raters press. Patroni
// promotes the synchronous standby by itself, and HAProxy, which is all that the program knows,
// leads there.
func TestPatroni(t *testing.T) {
	t.Parallel()
	cluster := pgtest.RequirePatroni(t)
	databaseURL, err := cluster.NewDatabase(t.Context(), "tracker")
	must(t, err)
	t.Cleanup(func() {
		if !t.Failed() {
			tracker.Verify(t, databaseURL)
		}
	})
	s := tracker.Start(t, databaseURL)
	failovers := rounds(1, 20)
	groups := make([]*raters.Group, failovers)
	var waits []time.Duration
	for round := range failovers {
		group := raters.Start(t, pressing, s.URL)
		groups[round] = group
		must(t, cluster.AwaitStandby(t.Context())) // runs what the round before killed
		group.AwaitAnswers(t, pressing)
		must(t, cluster.KillLeader(t.Context()))
		killed := time.Now()
		must(t, cluster.AwaitLeader(t.Context()))
		leads := time.Now()
		group.AwaitAnswers(t, 1)
		waits = append(waits, time.Since(killed).Round(time.Millisecond))
		t.Logf("leader killed: another leads after %v, first press %v later",
			leads.Sub(killed).Round(time.Millisecond), time.Since(leads).Round(time.Millisecond))
		group.AwaitAnswers(t, pressing)
		group.Stop(t)
	}
	for _, group := range groups {
		group.CheckLogs(t, s.URL)
	}
	t.Logf("%d failovers; from the kill to the next acknowledged press: %v, at most %v", failovers, waits, slices.Max(waits))
}
