package tracker_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// logIn returns the rater as somebody who has not been let in yet, and may send so many
// requests a minute.
func (f *fixture) logIn(t *testing.T, rater tracker.Rater, requests int) tracker.Sender {
	t.Helper()
	ref := account.TokenRef{UserID: rater.ID, ID: idOf(rater.Email)}
	if err := f.store.RecordLogin(t.Context(), account.Token{TokenRef: ref, ExpiresAt: at(7200)}, 0, at(0)); err != nil {
		t.Fatal(err)
	}
	return tracker.Sender{
		Rater: tracker.Rater{ID: rater.ID, Target: 100 * timeline.Second},
		Login: tracker.Login{UserID: ref.UserID, Token: ref.ID},
		Rate:  limit.NewLimiter("events", limit.Rate{Requests: requests, Window: time.Minute}, f.store.Counters(f.clock.read), f.clock.read),
		Key:   rater.Email,
	}
}

// requirePresses fails the test unless the user's newest session has so many events.
func (f *fixture) requirePresses(t *testing.T, rater tracker.Rater, want int64) tracker.StoredSession {
	t.Helper()
	sessions, err := f.store.RecentSessions(t.Context(), rater.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(sessions) == 0 {
		sessions = []tracker.StoredSession{{}}
	}
	if sessions[0].Version != want {
		t.Errorf("%d presses, want %d", sessions[0].Version, want)
	}
	return sessions[0]
}

// A sender within the rate is let in, and one beyond it changes nothing. What is refused is
// not counted.
func TestSenderIsHeldToTheRate(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ann := f.newRater(t)
	from := f.logIn(t, ann, 2)
	send := func(seconds int) error {
		_, err := f.RecordFrom(t.Context(), from, []tracker.Press{next(seconds)}, 0)
		return err
	}
	for _, seconds := range []int{10, 20} {
		if err := send(seconds); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		throttled, ok := errors.AsType[*fault.Throttled](send(30))
		if !ok || throttled.RetryAfter != time.Minute {
			t.Errorf("the third press in a minute: %v", throttled)
		}
	}
	f.requirePresses(t, ann, 2)
	f.clock.set(at(3661))
	if err := send(30); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	f.requirePresses(t, ann, 3)
}

// A sender whose login has ended changes nothing, and counts for nobody.
func TestSenderWithoutALogin(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ann, bob := f.newRater(t), f.newRater(t)
	from := f.logIn(t, ann, 1)
	stranger := f.logIn(t, bob, 1)
	stranger.Login.Token = from.Login.Token
	for range 2 {
		if _, err := f.RecordFrom(t.Context(), stranger, []tracker.Press{next(10)}, 0); !errors.Is(err, tracker.ErrLoggedOut) {
			t.Errorf("another user's token: %v", err)
		}
	}
	if err := f.store.DeleteToken(t.Context(), account.TokenRef{UserID: ann.ID, ID: from.Login.Token}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := f.RecordFrom(t.Context(), from, []tracker.Press{next(10)}, 0); !errors.Is(err, tracker.ErrLoggedOut) {
			t.Errorf("after the logout: %v", err)
		}
	}
	f.requirePresses(t, ann, 0)
	f.requirePresses(t, bob, 0)
	if _, err := f.RecordFrom(t.Context(), f.logIn(t, ann, 1), []tracker.Press{next(10)}, 0); err != nil {
		t.Errorf("logged in again: %v", err)
	}
}

// A session starts with the target that the user has chosen by then, or else that of Sender.
func TestSenderBringsTheTarget(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	for _, chosen := range []timeline.Micros{0, 240 * timeline.Second} {
		rater := f.newRater(t)
		from := f.logIn(t, rater, 5)
		if _, err := f.store.UpdateProfile(t.Context(), rater.ID, account.ProfileChange{TargetMicros: &chosen}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.RecordFrom(t.Context(), from, []tracker.Press{next(10)}, 0); err != nil {
			t.Fatal(err)
		}
		want := chosen
		if want == 0 {
			want = from.Rater.Target
		}
		if got := f.requirePresses(t, rater, 1).State.Target; got != want {
			t.Errorf("chosen %v: the target is %v, want %v", chosen, got, want)
		}
	}
}

// A press that reaches far back is put off to a transaction of its own, and counts once.
func TestSenderIsCountedOnceWhenPutOff(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ann := f.newRater(t)
	f.record(t, ann, next(100), exit(200))
	f.record(t, ann, next(300))
	from := f.logIn(t, ann, 2)
	for i, seconds := range []int{150, 160} { // in the first session
		if _, err := f.RecordFrom(t.Context(), from, []tracker.Press{next(seconds)}, 0); err != nil {
			t.Errorf("press %d: %v", i+1, err)
		}
	}
	if _, err := f.RecordFrom(t.Context(), from, []tracker.Press{next(170)}, 0); err == nil {
		t.Error("the third press was let in")
	}
}

// gateStore notes what groups ask of the gate, and holds the first group back.
type gateStore struct {
	tracker.Store
	begun, goOn chan struct{}
	needs       []tracker.Need
}

func (s *gateStore) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	return s.Store.InTx(ctx, func(tx tracker.Tx) error { return do(gateTx{tx, s}) })
}

type gateTx struct {
	tracker.Tx
	of *gateStore
}

func (t gateTx) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	t.of.needs = append(t.of.needs, need)
	if len(t.of.needs) == 1 {
		close(t.of.begun)
		<-t.of.goOn
	}
	return t.Tx.Load(ctx, need)
}

// A flood of one user, all but a few of it refused, makes a group read one login and one
// counter.
func TestFloodOfOneSender(t *testing.T) {
	t.Parallel()
	const flood, allowed = 100, 3
	gate := &gateStore{begun: make(chan struct{}), goOn: make(chan struct{})}
	f := newFixture(t, func(s tracker.Store) tracker.Store { gate.Store = s; return gate })
	ann := f.newRater(t)
	from := f.logIn(t, ann, allowed)
	sent := make(chan error)
	send := func(seconds int) {
		go func() {
			_, err := f.RecordFrom(t.Context(), from, []tracker.Press{next(seconds)}, 0)
			sent <- err
		}()
	}
	send(0)
	<-gate.begun
	for i := range flood {
		send(i + 1)
	}
	close(gate.goOn)
	passed := 0
	for range flood + 1 {
		if err := <-sent; err == nil {
			passed++
		}
	}
	if passed != allowed {
		t.Errorf("%d got through, want %d", passed, allowed)
	}
	for i, need := range gate.needs {
		if len(need.Logins) > 1 || len(need.Counters) > 1 {
			t.Errorf("group %d reads %d logins and %d counters", i+1, len(need.Logins), len(need.Counters))
		}
	}
}
