package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var gateCases = []testCase{
	{"a group finds the logins that exist", groupFindsLogins},
	{"a group sees at once what ends a login", groupSeesEndOfLogin},
	{"a group finds as many logins as it may ask for", groupFindsManyLogins},
	{"a group counts", groupCounts},
	{"groups at once let through as many as they may", func(t *testing.T, s *suite) { Admit(t, s.newID(), s.Store) }},
}

func (s *suite) requireLogins(t *testing.T, want []tracker.StoredLogin, asked ...tracker.Login) {
	t.Helper()
	s.inTx(t, func(tx tracker.Tx) {
		loaded := must[tracker.Loaded](t)(tx.Load(t.Context(), tracker.Need{Logins: asked}))
		byToken := cmpopts.SortSlices(func(a, b tracker.StoredLogin) bool { return a.Token < b.Token })
		if diff := cmp.Diff(want, loaded.Logins, byToken, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("logins (-want +got):\n%s", diff)
		}
	})
}

func loginOf(ref account.TokenRef) tracker.Login {
	return tracker.Login{UserID: ref.UserID, Token: ref.ID}
}

func groupFindsLogins(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	anns, bobs := loginOf(s.login(t, &ann, second(1000))), loginOf(s.login(t, &bob, second(1000)))
	foreign, nobodys := tracker.Login{UserID: ann.ID, Token: bobs.Token}, tracker.Login{UserID: nobody, Token: anns.Token}
	want := []tracker.StoredLogin{{Login: anns, Target: ann.TargetMicros}, {Login: bobs, Target: bob.TargetMicros}}
	for range 2 { // the second time from memory, where there is one
		s.requireLogins(t, want, foreign, bobs, nobodys, anns)
	}
	s.requireLogins(t, nil, foreign)
	s.requireLogins(t, nil)
}

// Whatever changes a login, the next group sees it.
func groupSeesEndOfLogin(t *testing.T, s *suite) {
	u := s.newUser(t)
	one, two := s.login(t, &u, second(1000)), s.login(t, &u, second(1000))
	asked := []tracker.Login{loginOf(one), loginOf(two)}
	target := func(m timeline.Micros) []tracker.StoredLogin {
		return []tracker.StoredLogin{{Login: asked[0], Target: m}, {Login: asked[1], Target: m}}
	}
	s.requireLogins(t, target(u.TargetMicros), asked...)
	changed := 7 * timeline.Minute
	must[account.User](t)(s.UpdateProfile(t.Context(), u.ID, account.ProfileChange{TargetMicros: &changed}))
	s.requireLogins(t, target(changed), asked...)
	done(t, s.DeleteToken(t.Context(), one))
	s.requireLogins(t, target(changed)[1:], asked...)
	done(t, s.UpdateActive(t.Context(), u.ID, false))
	s.requireLogins(t, nil, asked...)
}

func groupFindsManyLogins(t *testing.T, s *suite) {
	u := s.newUser(t)
	var asked []tracker.Login
	var want []tracker.StoredLogin
	for i := range mostTokenRefs {
		login := tracker.Login{UserID: u.ID, Token: s.newID()}
		if i%16 == 0 {
			login = loginOf(s.login(t, &u, second(1000)))
			want = append(want, tracker.StoredLogin{Login: login, Target: u.TargetMicros})
		}
		asked = append(asked, login)
	}
	s.requireLogins(t, want, asked...)
}

// What a group counts, whoever counts outside of groups sees, and the other way round.
func groupCounts(t *testing.T, s *suite) {
	counters, one, other := s.counters(), s.newID(), s.newID()
	update(t, counters, one, func([]int64) []int64 { return []int64{1, 2} })
	s.inTx(t, func(tx tracker.Tx) {
		must[tracker.Loaded](t)(tx.Load(t.Context(), tracker.Need{Counters: []string{one, other, one}}))
		requireCounter(t, tx, one, 1, 2)
		requireCounter(t, tx, other)
		update(t, tx, other, func([]int64) []int64 { return []int64{3} })
		for _, at := range []int64{4, 5} {
			update(t, tx, one, func(times []int64) []int64 { return append(times, at) })
		}
		requireCounter(t, tx, one, 1, 2, 4, 5)
	})
	requireCounter(t, counters, one, 1, 2, 4, 5)
	requireCounter(t, counters, other, 3)
}

// Admit lets many groups at once, through stores that share a database, and callers beside
// them, take requests of one key. It fails the test unless exactly as many as the limit
// allows get through.
func Admit(t *testing.T, key string, stores ...Store) {
	t.Helper()
	const limited, callers, each = 100, 16, 12
	rate := limit.Rate{Requests: limited, Window: time.Minute}
	var passed atomic.Int64
	for i, err := range atOnce(callers, func(i int) error {
		store := stores[i%len(stores)]
		limiter := limit.NewLimiter("admitted", rate, store.Counters(second(0).Time), second(0).Time)
		for range each {
			var err error
			if i < 4 {
				err = limiter.Take(t.Context(), key)
			} else {
				err = takeInGroup(t.Context(), store, limiter, key)
			}
			if _, throttled := errors.AsType[*fault.Throttled](err); err != nil && !throttled {
				return err
			}
			if err == nil {
				passed.Add(1)
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	if passed.Load() != limited {
		t.Errorf("%d got through, want %d", passed.Load(), limited)
	}
	counters := stores[0].Counters(second(0).Time)
	requireCounter(t, counters, "admitted:"+key, slices.Repeat([]int64{int64(second(0))}, limited)...)
}

// takeInGroup tries again on fresh data whenever it loses a race. The result of the limiter
// counts once the transaction is written.
func takeInGroup(ctx context.Context, store Store, limiter *limit.Limiter, key string) error {
	for try := range maxTries {
		var taken error
		err := store.InTx(ctx, func(tx tracker.Tx) error {
			need := tracker.Need{Counters: []string{limiter.Counter(key)}, Lock: try > 0}
			if _, err := tx.Load(ctx, need); err != nil {
				return err
			}
			taken = limiter.TakeFrom(ctx, tx, key)
			return nil
		})
		if !errors.Is(err, tracker.ErrLostRace) {
			return errors.Join(err, taken)
		}
	}
	return fmt.Errorf("lost %d races in a row", maxTries)
}
