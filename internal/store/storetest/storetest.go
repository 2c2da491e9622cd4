// Package storetest is the suite that every store passes. It checks what
// tracker, account and limit declare, and nothing that only one database does.
//
// The rules are:
//   - One database serves the whole suite. Each case creates its own users and reads
//     nothing else, so cases do not see each other.
//   - Whole rows are compared with what is read back. Their fields are all set, so a
//     field without a column is found.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Store is all that the program needs of a database.
type Store interface {
	tracker.Store
	account.Store
	emailkey.Store
	Counters(now func() time.Time) limit.Counters
	Ping(ctx context.Context) error
	Close() error
}

// Run runs the suite. open returns a store on a fresh database, and closes it at the end
// of the test.
func Run(t *testing.T, open func(t *testing.T) Store) {
	s := &suite{Store: open(t)}
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"users", userCases},
		{"e-mail keys", keyCases},
		{"tokens", tokenCases},
		{"activity", activityCases},
		{"passwords", passwordCases},
		{"apps", totpCases},
		{"recovery codes", recoveryCases},
		{"passkeys", passkeyCases},
		{"identities", identityCases},
		{"invitations", invitationCases},
		{"devices", deviceCases},
		{"ends of devices", deviceEndCases},
		{"counters", counterCases},
		{"gate", gateCases},
		{"writing", writeCases},
		{"refusing", refusalCases},
		{"reading", readCases},
		{"values", valueCases},
		{"racing", raceCases},
		{"looking", instantCases},
		{"connection", connectionCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) { c.run(t, s) })
			}
		})
	}
}

type testCase struct {
	name string
	run  func(t *testing.T, s *suite)
}

// connectionCases come last: they close the store.
var connectionCases = []testCase{
	{"an open store answers, a closed one does not", func(t *testing.T, s *suite) {
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("open: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(t.Context()); err == nil {
			t.Error("closed: it still answers")
		}
	}},
}

// suite is a store, and the counters from which the cases number their rows.
type suite struct {
	Store
	users, ids int64
}

// newID returns a text in the form of a UUID that the suite has not used yet; later ones
// are greater.
func (s *suite) newID() string {
	s.ids++
	return fmt.Sprintf("00000000-0000-7000-8000-%012x", s.ids)
}

// newUser creates a user who has nothing yet; later ones have greater IDs.
func (s *suite) newUser(t *testing.T) account.User {
	t.Helper()
	u := s.unsavedUser()
	if err := s.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	return u
}

// unsavedUser returns a user with every field set, who is not stored.
func (s *suite) unsavedUser() account.User {
	s.users++
	return account.User{
		ID: s.users, Email: fmt.Sprintf("User%d@example.com", s.users), EmailKey: fmt.Sprintf("user%d@example.com", s.users), PasswordHash: "$argon2id$1",
		Active: true, Role: account.RoleAdmin, FirstName: "Ada", LastName: "Lovelace",
		Timezone: "Europe/London", TargetMicros: 330 * timeline.Second, WeekStart: 6,
		WeekZone: "America/Los_Angeles", WantsReportEmails: true,
		DayStart: 4, ForgottenAfter: 90 * timeline.Minute,
		CreatedAt: second(1), LastLoginAt: second(2), PasswordChangedAt: second(3),
	}
}

// second returns an instant n seconds after an arbitrary one.
func second(n int) timeline.Instant {
	return timeline.Instant(1_700_000_000_000_001).Add(timeline.Micros(n) * timeline.Second)
}

// run returns a session that has been running since start, without an event.
func (s *suite) run(user account.User, start timeline.Instant) tracker.StoredSession {
	return tracker.StoredSession{
		SessionKey: tracker.SessionKey{UserID: user.ID, ID: s.newID()},
		State: timeline.State{
			Phase: timeline.Running, StartedAt: start, Target: 300 * timeline.Second, LastAt: start,
			Current: timeline.Current{StartedAt: start},
		},
	}
}

func ended(session tracker.StoredSession, at timeline.Instant) tracker.StoredSession {
	session.State.Phase, session.State.EndedAt, session.State.LastAt = timeline.Ended, at, at
	session.State.Current = timeline.Current{}
	return session
}

func deleted(session tracker.StoredSession) tracker.StoredSession {
	session.State.Deleted = true
	return session
}

// question returns a question of a session, a second long.
func (s *suite) question(of tracker.StoredSession, start timeline.Instant) tracker.StoredQuestion {
	id := s.newID()
	return tracker.StoredQuestion{
		SessionKey: of.SessionKey,
		Question:   timeline.Question{ID: id, Seq: s.ids, StartedAt: start, EndedAt: start.Add(timeline.Second)},
	}
}

// event returns event number seq of a session.
func (s *suite) event(of tracker.StoredSession, seq int64) tracker.StoredEvent {
	return tracker.StoredEvent{
		Session: of.SessionKey,
		Event:   timeline.Event{ID: s.newID(), Seq: seq, Type: timeline.Next, At: of.State.LastAt},
	}
}

// write writes c in a transaction that must succeed.
func (s *suite) write(t *testing.T, c tracker.Changes) {
	t.Helper()
	if err := s.tryWrite(t, c); err != nil {
		t.Fatal(err)
	}
}

func (s *suite) tryWrite(t *testing.T, c tracker.Changes) error {
	t.Helper()
	return s.InTx(t.Context(), func(tx tracker.Tx) error { return tx.Write(t.Context(), c) })
}

// inTx runs do in a transaction that must succeed.
func (s *suite) inTx(t *testing.T, do func(tracker.Tx)) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx tracker.Tx) error {
		do(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// same fails the test unless got is want; an empty slice is as good as nil.
func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// expect takes the result of a call, and fails the test unless it is want:
//
//	expect(t, "session", want)(s.Session(ctx, key))
func expect[T any](t *testing.T, what string, want T) func(T, error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		same(t, what, want, got)
	}
}

// must returns the value of a call, and ends the test if the call fails.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// reversed returns a copy in the opposite order, so that reading rows in the order of their
// insertion does not pass by chance.
func reversed[T any](values []T) []T {
	values = slices.Clone(values)
	slices.Reverse(values)
	return values
}
