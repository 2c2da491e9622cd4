package pgtest

import (
	"context"
	"errors"
	"testing"
	"time"
)

// The servers change places. What one acknowledged the other has, and a primary that
// nobody follows any more acknowledges nothing.
func TestServersChangePlaces(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	primary, standby := RequirePair(t, Options{})
	if err := primary.exec(ctx, "CREATE TABLE kept AS SELECT 0 AS n"); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	acknowledges(t, primary, "DELETE FROM kept", false) // it lives, and nobody follows it
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	primary, standby = standby, primary
	acknowledges(t, primary, "UPDATE kept SET n = n", false)
	if err := primary.GoOnAlone(ctx); err != nil {
		t.Fatal(err)
	}
	acknowledges(t, primary, "UPDATE kept SET n = n + 1", true)
	if err := standby.Follow(ctx, primary); err != nil {
		t.Fatal(err)
	}
	if err := primary.WaitFor(ctx, standby); err != nil {
		t.Fatal(err)
	}
	if err := standby.Await(ctx, "SELECT n = 1 FROM kept"); err != nil {
		t.Errorf("the standby has not what its primary acknowledged: %v", err)
	}
	acknowledges(t, primary, "UPDATE kept SET n = n", true)
}

// acknowledges checks whether a primary answers a write that it commits. One that waits for its
// standby does not, however long it is asked.
func acknowledges(t *testing.T, s *Server, write string, want bool) {
	t.Helper()
	within := readyWithin
	if !want {
		within = 200 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	switch err := s.exec(ctx, write); {
	case want && err != nil:
		t.Fatalf("%s: %v", write, err)
	case !want && !errors.Is(err, context.DeadlineExceeded):
		t.Fatalf("%s: %v, want no answer", write, err)
	}
}
