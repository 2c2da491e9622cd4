package api

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// TestPostgresKill checks that nothing is lost when the database dies and comes back: the
// program says that it is not ready, and afterwards every acknowledged event is in the log
// once.
func TestPostgresKill(t *testing.T) {
	t.Parallel()
	const rounds = 3
	var own pgtest.Shared // other tests need theirs alive
	t.Cleanup(own.Stop)
	database := own.Require(t)
	databaseURL := own.Database(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	s := tracker.Start(t, databaseURL)
	group := raters.Start(t, killRaters, s.URL)
	probe := program.NewClient(t, s.URL)
	for range rounds {
		group.AwaitAnswers(t, killRaters)
		if err := database.Kill(); err != nil {
			t.Fatal(err)
		}
		awaitReady(t, probe, http.StatusServiceUnavailable)
		probe.Must(t, http.StatusOK, http.MethodGet, "/health", nil) // alive all the same
		if err := database.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		awaitReady(t, probe, http.StatusOK)
	}
	group.AwaitAnswers(t, killRaters)
	group.Stop(t)
	group.CheckLogs(t, s.URL)
}

// awaitReady waits until /ready answers with this status.
func awaitReady(t *testing.T, c *program.Client, status int) {
	t.Helper()
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) error {
		got, err := c.Do(ctx, http.MethodGet, "/ready", nil)
		if err != nil {
			return err
		}
		if got.Status != status {
			return fmt.Errorf("/ready: %v, want %d", got, status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
