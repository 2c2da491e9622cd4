package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestStalledPostgres checks that a press does not wait forever for a database that does
// not answer: it gets 503, and is recorded once when it is sent again.
func TestStalledPostgres(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	s := tracker.Start(t, databaseURL)
	rater := program.NewUser(t, s.URL)
	first := rater.Press(t, map[string]any{"type": "NEXT"})

	ctx := t.Context()
	other, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close(ctx) })
	holding, err := other.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holding.Exec(ctx, "LOCK TABLE events IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	event := map[string]any{"type": "NEXT", "id": uuid.NewString()}
	rater.Must(t, http.StatusServiceUnavailable, http.MethodPost, "/events", event)
	if err := holding.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if a := rater.Press(t, event); a.TotalQuestions != first.TotalQuestions+1 {
		t.Errorf("%d questions after the retry, want %d", a.TotalQuestions, first.TotalQuestions+1)
	}
	if a := rater.Press(t, event); !a.Duplicate {
		t.Errorf("a second retry: %+v, want a duplicate", a)
	}
}
