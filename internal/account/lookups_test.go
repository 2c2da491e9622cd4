package account_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// Each test below runs in a bubble, which fails if a goroutine stays behind.

func TestLookupsAreCoalesced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		users := h.loggedIn(t, 4)
		release := h.hold()
		started := []*pending{h.start(t.Context(), users[0])}
		for _, i := range []int{1, 2, 1, 0, 3, 1} {
			started = append(started, h.start(t.Context(), users[i]))
		}
		release <- struct{}{}
		started[0].expectUser(t)
		release <- struct{}{}
		for _, p := range started[1:] {
			p.expectUser(t)
		}
		want := [][]int64{{1}, {1, 2, 3, 4}}
		if diff := cmp.Diff(want, h.queriedUsers()); diff != "" {
			t.Errorf("queries (-want +got):\n%s", diff)
		}
	})
}

func TestLookupsFillGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		users := h.loggedIn(t, 1+lookupGroup+44)
		release := h.hold()
		var started []*pending
		for _, u := range users {
			started = append(started, h.start(t.Context(), u))
		}
		for range 3 { // callers that wait for room have joined the next group once a query is held
			release <- struct{}{}
			synctest.Wait()
		}
		for _, p := range started {
			p.expectUser(t)
		}
		var sizes []int
		for _, refs := range h.store.queried() {
			sizes = append(sizes, len(refs))
		}
		if diff := cmp.Diff([]int{1, lookupGroup, 44}, sizes); diff != "" {
			t.Errorf("sizes of the queries (-want +got):\n%s", diff)
		}
	})
}

// A token that is revoked while a query that saw it is in flight is refused to requests
// after the revocation.
func TestLookupIsAsFreshAsItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		user := h.loggedIn(t, 1)[0]
		release := make(chan struct{})
		h.store.afterLookup = func(context.Context) error { <-release; return nil }

		before := h.start(t.Context(), user)
		if err := h.store.DeleteToken(t.Context(), user.ref); err != nil {
			t.Fatal(err)
		}
		after := h.start(t.Context(), user)
		close(release)
		before.expectUser(t)
		after.expectError(t, account.ErrUnauthenticated)
	})
}

func TestLookupErrorReachesItsGroupOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		users := h.loggedIn(t, 2)
		failure, results := errors.New("disk is full"), make(chan error)
		h.store.beforeLookup = func(context.Context) error { return <-results }

		first := h.start(t.Context(), users[0])
		second := []*pending{h.start(t.Context(), users[0]), h.start(t.Context(), users[1])}
		results <- nil
		first.expectUser(t)
		synctest.Wait()
		third := h.start(t.Context(), users[1])
		results <- failure
		for _, p := range second {
			p.expectError(t, failure)
		}
		results <- nil
		third.expectUser(t)
	})
}

func TestLookupOfUnknownToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		users := h.loggedIn(t, 1)
		h.start(t.Context(), holder{user: 2, signed: h.issue(t, 2).Signed}).expectError(t, account.ErrUnauthenticated)
		h.start(t.Context(), holder{user: 1, signed: h.issue(t, 1).Signed}).expectError(t, account.ErrUnauthenticated)
		h.start(t.Context(), users[0]).expectUser(t)
	})
}

// A caller who gives up leaves at once, and the others get their answer.
func TestLookupHonoursEachContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		users := h.loggedIn(t, 2)
		release := h.hold()
		var queryErr error
		h.store.afterLookup = func(ctx context.Context) error { queryErr = ctx.Err(); return queryErr }
		ctx, cancel := context.WithCancel(t.Context())

		starter := h.start(ctx, users[0])
		joiner := h.start(ctx, users[1])
		patient := h.start(t.Context(), users[1])
		cancel()
		starter.expectError(t, context.Canceled)
		joiner.expectError(t, context.Canceled)
		close(release)
		patient.expectUser(t)
		if queryErr != nil {
			t.Errorf("the query ended with its caller: %v", queryErr)
		}
	})
}

func TestLookupTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		user := h.loggedIn(t, 1)[0]
		h.store.beforeLookup = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		start := time.Now()
		h.start(t.Context(), user).expectError(t, context.DeadlineExceeded)
		if took := time.Since(start); took != lookupTimeout {
			t.Errorf("took %v, want %v", took, lookupTimeout)
		}
		synctest.Wait()
		h.store.beforeLookup = nil
		h.start(t.Context(), user).expectUser(t)
	})
}

// No query goes on when nobody waits: the next request starts its own.
func TestLoneLookupsQueryAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newEmptyHouse(t)
		user := h.loggedIn(t, 1)[0]
		start := time.Now()
		for range 3 {
			h.start(t.Context(), user).expectUser(t)
		}
		if queries := len(h.store.queried()); queries != 3 || !time.Now().Equal(start) {
			t.Errorf("%d queries in %v, want 3 without delay", queries, time.Since(start))
		}
	})
}

// Under load, a token is accepted until it is revoked and refused from then on;
// run with -race.
func TestRevocationHoldsUnderLoad(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	users := h.loggedIn(t, 16)
	var wg sync.WaitGroup
	for _, u := range users {
		wg.Go(func() {
			for range 20 {
				of := h.newToken(t, account.User{ID: u.user})
				if user, _, err := h.Authenticate(t.Context(), of.signed); err != nil || user.ID != of.user {
					t.Errorf("the token of user %d is user %d's, %v", of.user, user.ID, err)
				}
				if err := h.store.DeleteToken(t.Context(), of.ref); err != nil {
					t.Error(err)
				}
				if _, _, err := h.Authenticate(t.Context(), of.signed); !errors.Is(err, account.ErrUnauthenticated) {
					t.Errorf("user %d after the revocation: %v, want ErrUnauthenticated", of.user, err)
				}
			}
		})
	}
	wg.Wait()
	for _, users := range h.queriedUsers() {
		if len(slices.Compact(slices.Clone(users))) != len(users) { // each user has one token at a time
			t.Errorf("a query holds a duplicate: %v", users)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	h := newHouse(b)
	b.Run("one at a time", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := h.Authenticate(b.Context(), h.token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("64 at once", func(b *testing.B) {
		before := len(h.store.queried())
		b.ReportAllocs()
		b.SetParallelism(64)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, _, err := h.Authenticate(b.Context(), h.token); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/float64(len(h.store.queried())-before), "requests/query")
	})
}
