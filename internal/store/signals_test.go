package store

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
)

// within is generous, because it only ends a test that would otherwise wait forever.
const within = 30 * time.Second

// heard has what a listener was told.
type heard struct {
	listening chan struct{}
	users     chan int64
	ended     chan error
}

// listen runs Listen until the test ends, or once.
func listen(t *testing.T, s live.Signals) heard {
	t.Helper()
	h := heard{make(chan struct{}, 1), make(chan int64, 10_000), make(chan error, 1)}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.ended <- s.Listen(ctx, func() { h.listening <- struct{}{} }, func(users []int64) {
			for _, user := range users {
				h.users <- user
			}
		})
	}()
	t.Cleanup(func() { stop(); <-done })
	next(t, h.listening)
	return h
}

func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(within):
		t.Fatal("nothing was heard")
		panic("unreachable")
	}
}

// What one replica publishes, the others hear, however many users it names. The replica
// itself does not hear it.
func TestPostgresSignals(t *testing.T) {
	t.Parallel()
	url := postgres.Database(t)
	one, other := open(t, url).Signals(), open(t, url).Signals()
	atOne, atOther := listen(t, one), listen(t, other)

	want := make([]int64, 3000) // more than one payload takes
	for i := range want {
		want[i] = 1<<53 - 1 - int64(i)
	}
	if err := one.Publish(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	var got []int64
	for range want {
		got = append(got, next(t, atOther.users))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("heard %d users, which are not those that were published", len(got))
	}
	if err := other.Publish(t.Context(), []int64{7}); err != nil {
		t.Fatal(err)
	}
	if user := next(t, atOne.users); user != 7 {
		t.Errorf("heard %d first: a process hears itself", user)
	}
}

// A broken connection ends Listen with an error; listening again works.
func TestPostgresListenEnds(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Database(t))
	signals := db.Signals()
	h := listen(t, signals)
	terminateListeners(t, db)
	if err := next(t, h.ended); err == nil {
		t.Error("the connection was ended, and Listen returned no error")
	}
	h = listen(t, signals)
	if err := open(t, db.database.(*postgresDB).pool.Config().ConnString()).Signals().Publish(t.Context(), []int64{5}); err != nil {
		t.Fatal(err)
	}
	if user := next(t, h.users); user != 5 {
		t.Errorf("heard %d", user)
	}
}

// terminateListeners breaks the connections of the database that listen.
func terminateListeners(t *testing.T, db *Store) {
	t.Helper()
	var ended int
	err := db.database.(*postgresDB).pool.QueryRow(t.Context(),
		`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`).Scan(&ended)
	if err != nil || ended == 0 {
		t.Fatalf("ended %d connections, %v", ended, err)
	}
}

// A hub whose connection broke listens again, and wakes all watches: it may
// have missed something.
func TestPostgresShareResumes(t *testing.T) {
	t.Parallel()
	url := postgres.Database(t)
	db := open(t, url)
	hub := live.New(live.Options{Versions: db, Log: slog.New(slog.DiscardHandler), Signals: db.Signals()})
	watch, err := hub.Watch(1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- hub.Share(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	next(t, watch.Changed()) // it listens
	terminateListeners(t, db)
	next(t, watch.Changed()) // it listens again
	if err := open(t, url).Signals().Publish(t.Context(), []int64{2, 1}); err != nil {
		t.Fatal(err)
	}
	next(t, watch.Changed())
}

func TestSQLiteHasNoSignals(t *testing.T) {
	t.Parallel()
	if s := open(t, freshFile(t)).Signals(); s != nil {
		t.Errorf("signals %v of a file that one process has", s)
	}
}
