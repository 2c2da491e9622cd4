package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var instantCases = []testCase{
	{"what is loaded is of one instant", loadedIsOfOneInstant},
}

const (
	steps = 60
	looks = 120
)

// A user goes from one session to the next, each step in one transaction, while others
// read. A reader that refuses a press writes nothing, so no conflict would tell it that it
// read a mixture. It must always see one newest session, and exactly the events up to it.
func loadedIsOfOneInstant(t *testing.T, s *suite) {
	user := s.newUser(t).ID
	if err := s.InTx(t.Context(), step(user, 0)); err != nil {
		t.Fatal(err)
	}
	group, ctx := errgroup.WithContext(t.Context())
	group.Go(func() error {
		for n := 1; n <= steps; n++ {
			if err := untilWon(func() error { return s.InTx(ctx, step(user, n)) }); err != nil {
				return err
			}
		}
		return nil
	})
	for _, lock := range []bool{false, true} {
		group.Go(func() error {
			for range looks {
				if err := untilWon(func() error { return s.InTx(ctx, look(user, lock)) }); err != nil {
					return fmt.Errorf("with lock %v: %w", lock, err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func untilWon(do func() error) error {
	for range maxTries {
		if err := do(); !errors.Is(err, tracker.ErrLostRace) {
			return err
		}
	}
	return fmt.Errorf("lost %d races in a row", maxTries)
}

func stepID(user int64, n int) string { return fmt.Sprintf("step %d of user %d", n, user) }

// step ends the user's session n-1 and starts session n.
func step(user int64, n int) func(tracker.Tx) error {
	return func(tx tracker.Tx) error {
		key := tracker.SessionKey{UserID: user, ID: fmt.Sprintf("session %03d of %d", n, user)}
		c := tracker.Changes{
			Sessions: []tracker.StoredSession{{
				SessionKey: key, Version: 1,
				State: timeline.State{Phase: timeline.Running, StartedAt: second(n), Counted: n},
			}},
			Events: []tracker.StoredEvent{{Session: key, Event: timeline.Event{ID: stepID(user, n), Seq: 1, Type: timeline.Next, At: second(n)}}},
		}
		if n > 0 {
			before := tracker.StoredSession{
				SessionKey: tracker.SessionKey{UserID: user, ID: fmt.Sprintf("session %03d of %d", n-1, user)}, Version: 1,
				State: timeline.State{Phase: timeline.Ended, StartedAt: second(n - 1), EndedAt: second(n), Counted: n - 1},
			}
			c.Sessions = []tracker.StoredSession{before, c.Sessions[0]}
		}
		if _, err := tx.Load(context.Background(), tracker.Need{Users: []int64{user}}); err != nil {
			return err
		}
		return tx.Write(context.Background(), c)
	}
}

// look fails unless all that is loaded belongs to one step.
func look(user int64, lock bool) func(tracker.Tx) error {
	return func(tx tracker.Tx) error {
		need := tracker.Need{Users: []int64{user}, Lock: lock}
		for n := range steps + 1 {
			need.Events = append(need.Events, tracker.EventKey{UserID: user, ID: stepID(user, n)})
		}
		loaded, err := tx.Load(context.Background(), need)
		if err != nil {
			return err
		}
		if len(loaded.Newest) != 1 {
			return fmt.Errorf("%d newest sessions, want 1", len(loaded.Newest))
		}
		if n := loaded.Newest[0].State.Counted; len(loaded.Recorded) != n+1 {
			return fmt.Errorf("session of step %d with %d events, want %d", n, len(loaded.Recorded), n+1)
		}
		return nil
	}
}
