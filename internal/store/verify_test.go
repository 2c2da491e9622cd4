package store

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// interrupted is a store with something else going on before each of its reads.
type interrupted struct {
	*Store
	before func()
}

func (s interrupted) NextSessions(ctx context.Context, after tracker.SessionKey, limit int) ([]tracker.StoredSession, error) {
	s.before()
	return s.Store.NextSessions(ctx, after, limit)
}

func (s interrupted) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	s.before()
	return s.Store.Log(ctx, key)
}

func (s interrupted) SessionQuestions(ctx context.Context, of tracker.StoredSession) ([]timeline.Question, error) {
	s.before()
	return s.Store.SessionQuestions(ctx, of)
}

func (s interrupted) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	s.before()
	return s.Store.Session(ctx, key)
}

// deletionSteps returns the steps of the deletion of an account, each a transaction.
func deletionSteps(t *testing.T, s *Store, id int64) []func() {
	t.Helper()
	step := func(do func() error) func() {
		return func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		}
	}
	some := step(func() error {
		_, err := s.DeleteSome(t.Context(), id)
		return err
	})
	return []func(){
		step(func() error { return s.BeginDeletion(t.Context(), id, id, 5) }),
		some, some, some, some, some,
		step(func() error {
			return s.EndDeletion(t.Context(), account.Deletion{UserID: id, ActorID: id},
				account.SecurityEvent{ID: "the last", At: 9, Kind: account.AccountDeleted, UserID: id, ActorID: id})
		}),
	}
}

// A verification during the deletion of an account finds nothing wrong, whichever deletion
// step comes before whichever read, and counts what other users have.
func TestVerifyDuringADeletion(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		for _, u := range []account.User{{ID: 1, Email: "ann@example.com"}, {ID: 1 << 40, Email: "ben@example.com"}} {
			createPresser(t, s, u)
			record(t, s, u.ID, timeline.Next, 3)
		}
		for begins := range 8 { // reads before the first step
			id := int64(100 + begins)
			createPresser(t, s, account.User{ID: id, Email: "leaver@example.com"})
			record(t, s, id, timeline.Next, deletedAtOnce+10)
			record(t, s, id, timeline.Exit, 1)
			record(t, s, id, timeline.Next, 10)
			steps, reads := deletionSteps(t, s, id), 0
			v, err := tracker.New(tracker.Options{Store: interrupted{s, func() {
				if reads++; reads > begins && len(steps) > 0 {
					steps[0]()
					steps = steps[1:]
				}
			}}}).Verify(t.Context())
			if err != nil || len(v.Differences) > 0 || v.Sessions < 2 {
				t.Errorf("a deletion from read %d on: %d sessions, %d differences, %v", begins+1, v.Sessions, len(v.Differences), err)
			}
			for _, step := range steps {
				step()
			}
		}
	})
}

// createPresser creates a user who can press.
func createPresser(t *testing.T, s *Store, u account.User) {
	t.Helper()
	u.PasswordHash, u.Active, u.Role, u.Timezone = "x", true, account.RoleUser, "UTC"
	if err := s.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
}

// record records n presses of a user.
func record(t *testing.T, s *Store, userID int64, kind timeline.Type, n int) {
	t.Helper()
	recorder := tracker.New(tracker.Options{Store: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	recording, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = recorder.Run(recording) })
	defer running.Wait()
	defer stop()
	presses := make([]tracker.Press, n)
	for i := range presses {
		presses[i] = tracker.Press{Type: kind}
	}
	outcomes, err := recorder.Record(t.Context(), tracker.Rater{ID: userID, Zone: "UTC", Target: 1}, presses, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
}
