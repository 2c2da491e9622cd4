package e2e

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// TestPostgresKill checks that a database that dies and comes back costs nothing
// but time: the program says that it is not ready, and every acknowledged event
// is there afterwards, once.
func TestPostgresKill(t *testing.T) {
	t.Parallel()
	const rounds = 3
	var own pgtest.Shared // other tests need theirs alive
	t.Cleanup(own.Stop)
	database := own.Require(t)
	databaseURL := own.Database(t)
	t.Cleanup(func() { verify(t, databaseURL) })
	s := startServer(t, databaseURL)
	raters := newRaters(t, s.url)
	workload := startWorkload(t, raters, s.url)
	probe := newClient(t, s.url)
	for range rounds {
		workload.awaitAnswers(t, killRaters)
		if err := database.Kill(); err != nil {
			t.Fatal(err)
		}
		probe.awaitReady(t, http.StatusServiceUnavailable)
		probe.must(t, http.StatusOK, http.MethodGet, "/health", nil) // alive all the same
		if err := database.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		probe.awaitReady(t, http.StatusOK)
	}
	workload.awaitAnswers(t, killRaters)
	workload.stop(t)
	t.Logf("%d events acknowledged, %d of them sent more than once, %d kills of PostgreSQL",
		workload.answered.Load(), workload.retried.Load(), rounds)
	for _, rater := range raters {
		rater.checkLog(t, s.url)
	}
}

// awaitReady waits until /ready answers with a status.
func (c *client) awaitReady(t *testing.T, status int) {
	t.Helper()
	err := awaitNil(t.Context(), readyWithin, func(ctx context.Context) error {
		got, err := c.do(ctx, http.MethodGet, "/ready", nil)
		if err != nil {
			return err
		}
		if got.status != status {
			return fmt.Errorf("/ready: %v, want %d", got, status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
