package e2e

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// TestStalledPostgres checks that a database that does not answer keeps nobody
// waiting for ever: a press is told to come again, and is recorded once when it does.
func TestStalledPostgres(t *testing.T) {
	t.Parallel()
	databaseURL := postgres.Database(t)
	t.Cleanup(func() { verify(t, databaseURL) })
	s := startServer(t, databaseURL)
	rater := newUser(t, s.url)
	first := rater.press(t, map[string]any{"type": "NEXT"})

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
	rater.must(t, http.StatusServiceUnavailable, http.MethodPost, "/events", event)
	if err := holding.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if a := rater.press(t, event); a.TotalQuestions != first.TotalQuestions+1 {
		t.Errorf("%d questions after the retry, want %d", a.TotalQuestions, first.TotalQuestions+1)
	}
	if a := rater.press(t, event); !a.Duplicate {
		t.Errorf("a second retry: %+v, want a duplicate", a)
	}
}
