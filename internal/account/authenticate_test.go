package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// heldStore is a fakeStore whose queries each wait, before they read, for a
// value on release.
func heldStore(users int) (_ *fakeStore, release chan struct{}) {
	store := newFakeStore()
	for id := range int64(users) {
		store.addToken(testRef(id + 1))
	}
	release = make(chan struct{})
	store.beforeLookup = func(context.Context) error { <-release; return nil }
	return store, release
}

func testRef(userID int64) TokenRef {
	return TokenRef{UserID: userID, ID: fmt.Sprint("token of ", userID)}
}

func (f *fakeStore) addToken(ref TokenRef) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users[ref.UserID] = User{ID: ref.UserID, Active: true}
	f.tokens[ref] = Token{TokenRef: ref}
}

// queriedUsers is the users of each query's refs, sorted.
func (f *fakeStore) queriedUsers() [][]int64 {
	var queries [][]int64
	for _, refs := range f.lookups {
		users := make([]int64, len(refs))
		for i, ref := range refs {
			users[i] = ref.UserID
		}
		slices.Sort(users)
		queries = append(queries, users)
	}
	return queries
}

// pending is a find that runs in its own goroutine.
type pending struct {
	ref  TokenRef
	done chan struct{}
	user User
	err  error
}

func startFind(ctx context.Context, l *lookups, ref TokenRef) *pending {
	p := &pending{ref: ref, done: make(chan struct{})}
	go func() {
		p.user, p.err = l.find(ctx, ref)
		close(p.done)
	}()
	synctest.Wait()
	return p
}

func (p *pending) expectUser(t *testing.T) {
	t.Helper()
	<-p.done
	if p.err != nil || p.user.ID != p.ref.UserID {
		t.Errorf("find(%v) = user %d, %v", p.ref, p.user.ID, p.err)
	}
}

func (p *pending) expectError(t *testing.T, want error) {
	t.Helper()
	<-p.done
	if !errors.Is(p.err, want) {
		t.Errorf("find(%v) = %v, want %v", p.ref, p.err, want)
	}
}

// Each test below runs in a bubble, which fails if a goroutine stays behind.

func TestLookupsAreCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, release := heldStore(4)
		l := newLookups(store)
		finds := []*pending{startFind(t.Context(), l, testRef(1))}
		for _, userID := range []int64{2, 3, 2, 1, 4, 2} {
			finds = append(finds, startFind(t.Context(), l, testRef(userID)))
		}
		release <- struct{}{}
		finds[0].expectUser(t)
		release <- struct{}{}
		for _, f := range finds[1:] {
			f.expectUser(t)
		}
		want := [][]int64{{1}, {1, 2, 3, 4}}
		if diff := cmp.Diff(want, store.queriedUsers()); diff != "" {
			t.Errorf("queries (-want +got):\n%s", diff)
		}
	})
}

func TestLookupsFillGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const users = 1 + maxLookupGroup + 44
		store, release := heldStore(users)
		l := newLookups(store)
		var finds []*pending
		for id := range int64(users) {
			finds = append(finds, startFind(t.Context(), l, testRef(id+1)))
		}
		close(release)
		for _, f := range finds {
			f.expectUser(t)
		}
		var sizes []int
		for _, refs := range store.lookups {
			sizes = append(sizes, len(refs))
		}
		if diff := cmp.Diff([]int{1, maxLookupGroup, 44}, sizes); diff != "" {
			t.Errorf("sizes of the queries (-want +got):\n%s", diff)
		}
	})
}

// A token revoked while a query that saw it is in flight is refused to whoever
// asks after the revocation.
func TestLookupIsAsFreshAsItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore()
		store.addToken(testRef(1))
		release := make(chan struct{})
		store.afterLookup = func(context.Context) error { <-release; return nil }
		l := newLookups(store)

		before := startFind(t.Context(), l, testRef(1))
		if err := store.DeleteToken(t.Context(), testRef(1)); err != nil {
			t.Fatal(err)
		}
		after := startFind(t.Context(), l, testRef(1))
		close(release)
		before.expectUser(t)
		after.expectError(t, ErrUnauthenticated)
	})
}

func TestLookupErrorReachesItsGroupOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure := errors.New("disk is full")
		results := make(chan error)
		store := newFakeStore()
		store.addToken(testRef(1))
		store.addToken(testRef(2))
		store.beforeLookup = func(context.Context) error { return <-results }
		l := newLookups(store)

		first := startFind(t.Context(), l, testRef(1))
		second := []*pending{startFind(t.Context(), l, testRef(1)), startFind(t.Context(), l, testRef(2))}
		results <- nil
		first.expectUser(t)
		third := startFind(t.Context(), l, testRef(2))
		results <- failure
		for _, f := range second {
			f.expectError(t, failure)
		}
		results <- nil
		third.expectUser(t)
	})
}

func TestLookupOfUnknownToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore()
		store.addToken(testRef(1))
		l := newLookups(store)
		startFind(t.Context(), l, testRef(2)).expectError(t, ErrUnauthenticated)
		startFind(t.Context(), l, TokenRef{UserID: 1, ID: testRef(2).ID}).expectError(t, ErrUnauthenticated)
		startFind(t.Context(), l, testRef(1)).expectUser(t)
	})
}

// Who gives up leaves at once, and takes nobody along.
func TestLookupHonoursEachContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, release := heldStore(2)
		var queryErr error
		store.afterLookup = func(ctx context.Context) error { queryErr = ctx.Err(); return queryErr }
		l := newLookups(store)
		ctx, cancel := context.WithCancel(t.Context())

		starter := startFind(ctx, l, testRef(1))
		joiner := startFind(ctx, l, testRef(2))
		patient := startFind(t.Context(), l, testRef(2))
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
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore()
		store.addToken(testRef(1))
		hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		store.beforeLookup = hang
		l := newLookups(store)
		start := time.Now()
		startFind(t.Context(), l, testRef(1)).expectError(t, context.DeadlineExceeded)
		if took := time.Since(start); took != lookupTimeout {
			t.Errorf("took %v, want %v", took, lookupTimeout)
		}
		store.beforeLookup = func(context.Context) error { return nil }
		startFind(t.Context(), l, testRef(1)).expectUser(t)
	})
}

func TestLoneLookupsQueryAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore()
		store.addToken(testRef(1))
		l := newLookups(store)
		start := time.Now()
		for range 3 {
			startFind(t.Context(), l, testRef(1)).expectUser(t)
			if l.querying || len(l.waiting) != 0 {
				t.Error("somebody queries with nobody waiting")
			}
		}
		if len(store.lookups) != 3 || !time.Now().Equal(start) {
			t.Errorf("%d queries in %v, want 3 without delay", len(store.lookups), time.Since(start))
		}
	})
}

// Under load, a token is accepted until it is revoked and refused from then on;
// run with -race.
func TestRevocationHoldsUnderLoad(t *testing.T) {
	store := newFakeStore()
	l := newLookups(store)
	var wg sync.WaitGroup
	for userID := range int64(16) {
		wg.Go(func() {
			for round := range 50 {
				ref := TokenRef{UserID: userID + 1, ID: fmt.Sprint(round)}
				store.addToken(ref)
				if user, err := l.find(t.Context(), ref); err != nil || user.ID != ref.UserID {
					t.Errorf("find(%v) = user %d, %v", ref, user.ID, err)
				}
				if err := store.DeleteToken(t.Context(), ref); err != nil {
					t.Error(err)
				}
				if _, err := l.find(t.Context(), ref); !errors.Is(err, ErrUnauthenticated) {
					t.Errorf("find(%v) after its revocation = %v, want ErrUnauthenticated", ref, err)
				}
			}
		})
	}
	wg.Wait()
	for _, users := range store.queriedUsers() {
		if len(slices.Compact(slices.Clone(users))) != len(users) { // each user has one token at a time
			t.Errorf("a query holds a duplicate: %v", users)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	service, store, _ := newTestService(b)
	token, _ := register(b, service, "ann@example.com")
	b.Run("one at a time", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := service.Authenticate(b.Context(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("64 at once", func(b *testing.B) {
		store.lookups = nil
		b.ReportAllocs()
		b.SetParallelism(64)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, _, err := service.Authenticate(b.Context(), token); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/float64(len(store.lookups)), "requests/query")
	})
}
