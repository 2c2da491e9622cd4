package server

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// slowStore holds each transaction back until the test lets it commit.
type slowStore struct {
	tracker.Store
	commit chan struct{}
}

// Settle has nothing to do.
func (slowStore) Settle(context.Context) (more bool, _ error) { return false, nil }

func (s slowStore) InTx(_ context.Context, do func(tracker.Tx) error) error {
	<-s.commit
	return do(emptyTx{})
}

// emptyTx is a transaction on a database without sessions.
type emptyTx struct{ tracker.Tx }

func (emptyTx) Load(context.Context, tracker.Need) (tracker.Loaded, error) {
	return tracker.Loaded{}, nil
}
func (emptyTx) Write(context.Context, tracker.Changes) error { return nil }

// publishedUsers notes whose changes are published, and never hears of any.
type publishedUsers struct{ users []int64 }

func (n *publishedUsers) Publish(_ context.Context, users []int64) error {
	n.users = append(n.users, users...)
	return nil
}

func (n *publishedUsers) Listen(ctx context.Context, listening func(), _ func([]int64)) error {
	listening()
	<-ctx.Done()
	return ctx.Err()
}

// Changes that are committed while the server shuts down are published to the other
// replicas too.
func TestLastChangesAreShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log, signals := slog.New(slog.DiscardHandler), &publishedUsers{}
		hub := live.New(live.Options{Log: log, Signals: signals})
		store := slowStore{commit: make(chan struct{})}
		s := &Server{
			live:    hub,
			Tracker: tracker.New(tracker.Options{Store: store, Now: time.Now, Log: log, Announce: hub.Announce}),
		}
		recording, stop := context.WithCancel(t.Context())
		recorded, stopped := make(chan error, 1), make(chan error, 1)
		go func() { stopped <- s.record(recording) }()
		go func() {
			_, err := s.Tracker.Record(t.Context(), tracker.Rater{ID: 7}, []tracker.Press{{Type: timeline.Next}}, 0)
			recorded <- err
		}()
		synctest.Wait() // the press is being written
		stop()
		synctest.Wait()
		close(store.commit)
		if err := <-recorded; err != nil {
			t.Error(err)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if !slices.Equal(signals.users, []int64{7}) {
			t.Errorf("told the others of users %v, want 7", signals.users)
		}
	})
}
