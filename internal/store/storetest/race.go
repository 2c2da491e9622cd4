package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var raceCases = []testCase{
	{"many users at once", func(t *testing.T, s *suite) {
		users := make([]int64, racers)
		for i := range users {
			users[i] = s.newUser(t).ID
		}
		race(t, []Store{s.Store}, users)
	}},
	{"one user from many sides", func(t *testing.T, s *suite) {
		Race(t, s.newUser(t).ID, s.Store)
	}},
}

const (
	racers   = 16
	rounds   = 4   // events that each racer appends to a log, in either way
	maxTries = 500 // lost races of one event; somebody wins each
)

// Race appends to the log of one user from many goroutines, through stores that share a
// database. The user exists and has no session. The log must be as if they had taken turns.
func Race(t *testing.T, user int64, stores ...Store) {
	t.Helper()
	race(t, stores, slices.Repeat([]int64{user}, racers))
}

// race runs one racer for each of users. In the first lap, which begins without a session,
// they ask for locks only after a lost race. In the second lap they ask for locks from the
// start, so none may lose a race.
func race(t *testing.T, stores []Store, users []int64) {
	t.Helper()
	for _, lap := range []struct {
		name  string
		tries int
		lock  func(try int) bool
	}{
		{"hopeful", maxTries, func(try int) bool { return try > 0 }},
		{"locking", 1, func(int) bool { return true }},
	} {
		group, ctx := errgroup.WithContext(t.Context())
		for i, user := range users {
			group.Go(func() error {
				for round := range rounds {
					event := racingEvent{
						store: stores[i%len(stores)], user: user, id: fmt.Sprintf("%s %d, racer %d", lap.name, round, i),
						tries: lap.tries, lock: lap.lock,
					}
					if err := event.append(ctx); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	events := make(map[int64]int)
	for _, user := range users {
		events[user] += 2 * rounds
	}
	for user, n := range events {
		requireTurns(t, stores[0], user, n)
	}
}

// racingEvent is the next event of the user's session, which the first one starts.
type racingEvent struct {
	store Store
	user  int64
	id    string
	tries int
	lock  func(try int) bool
}

// append tries again on fresh data whenever it loses a race.
func (r racingEvent) append(ctx context.Context) error {
	for try := range r.tries {
		err := r.store.InTx(ctx, func(tx tracker.Tx) error {
			loaded, err := tx.Load(ctx, tracker.Need{Users: []int64{r.user}, Lock: r.lock(try)})
			if err != nil {
				return err
			}
			session := tracker.StoredSession{
				SessionKey: tracker.SessionKey{UserID: r.user, ID: "of " + r.id},
				State:      timeline.State{Phase: timeline.Running, StartedAt: second(0)},
			}
			if len(loaded.Newest) > 0 {
				session = loaded.Newest[0]
			}
			changes := nextEvent(session, r.id)
			if session.Version == 0 { // it starts
				changes.Timelines = []int64{r.user}
			}
			return tx.Write(ctx, changes)
		})
		if !errors.Is(err, tracker.ErrLostRace) {
			return err
		}
	}
	return fmt.Errorf("%s lost %d races in a row", r.id, r.tries)
}

// nextEvent returns the changes of the session's next event, which closes a question.
func nextEvent(session tracker.StoredSession, id string) tracker.Changes {
	session.Version++
	at := second(int(session.Version))
	session.State.LastAt = at
	return tracker.Changes{
		Sessions: []tracker.StoredSession{session},
		Events: []tracker.StoredEvent{{
			Session: session.SessionKey,
			Event:   timeline.Event{ID: id, Seq: session.Version, Type: timeline.Next, At: at},
		}},
		Put: []tracker.StoredQuestion{{
			SessionKey: session.SessionKey,
			Question:   timeline.Question{ID: id, Seq: session.Version, StartedAt: at, EndedAt: at},
		}},
	}
}

// requireTurns fails the test unless the user has one session whose log has this
// many events, numbered without a gap, and as many questions.
func requireTurns(t *testing.T, store Store, user int64, events int) {
	t.Helper()
	sessions := must[[]tracker.StoredSession](t)(store.RecentSessions(t.Context(), user, 100))
	if len(sessions) != 1 || sessions[0].Version != int64(events) {
		t.Fatalf("user %d: sessions %+v, want one of version %d", user, sessions, events)
	}
	log := must[[]tracker.StoredEvent](t)(store.Log(t.Context(), sessions[0].SessionKey))
	slices.SortFunc(log, func(a, b tracker.StoredEvent) int { return cmp.Compare(a.Seq, b.Seq) })
	if len(log) != events {
		t.Fatalf("user %d: %d events, want %d", user, len(log), events)
	}
	var ids []string
	for i, e := range log {
		if e.Seq != int64(i+1) {
			t.Errorf("user %d: event %d has number %d", user, i+1, e.Seq)
		}
		ids = append(ids, e.ID)
	}
	var closed []string
	for _, q := range must[[]tracker.StoredQuestion](t)(store.QuestionsIn(t.Context(), user, second(0), second(events+1))) {
		closed = append(closed, q.Question.ID)
	}
	same(t, "questions by the events that closed them", ids, closed)
}
