package server

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

const (
	chainHost     = "tracker.example.org"
	chainOrigin   = "https://" + chainHost
	chainSecret   = "a test key of more than 32 characters"
	chainPassword = "Kestrel-orbit-7-Lumen!"
)

// chain is the whole program in this process: every route behind everything that guards it,
// with its own database and clock.
type chain struct {
	*Server
	handler http.Handler
	clock   *stoppedClock
	file    string // path of the database
	routes  []route
	people  int
}

// cheap is the cost of password hashes: no test here is about them.
var cheap = password.Cost{Memory: 64, Passes: 1, Threads: 1}

// chainStart returns the time on a new chain's clock.
func chainStart() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) }

// newChain returns the program at chainOrigin. change alters its default settings, and each
// of rewire may replace its parts.
func newChain(t *testing.T, change func(*config.Settings), rewire ...func(*chain)) *chain {
	t.Helper()
	c := &chain{
		clock: &stoppedClock{at: chainStart()},
		file:  filepath.Join(t.TempDir(), "chain.db"),
	}
	settings := defaultSettings(t)
	settings.DatabaseURL = "sqlite:///" + c.file
	change(&settings)
	var err error
	if c.Server, err = Open(t.Context(), Options{Settings: settings, Now: c.clock.now, Log: slog.New(slog.DiscardHandler), Cost: cheap}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.store.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, r := range rewire {
		r(c)
	}
	c.record(t)
	if c.handler, err = c.Server.handler(); err != nil {
		t.Fatal(err)
	}
	c.routes = routesOf(t, c.Server)
	return c
}

// withoutLimits switches the limits off, for tests that ask more often than a person does.
func withoutLimits(s *config.Settings) {
	s.Login, s.Register, s.Events = limit.Rate{}, limit.Rate{}, limit.Rate{}
	s.Corrections, s.Reads = limit.Rate{}, limit.Rate{}
}

// defaultSettings returns the settings when only the key and the public address are given.
func defaultSettings(t *testing.T) config.Settings {
	t.Helper()
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	c.SecretKey, c.PublicURL = chainSecret, chainOrigin
	settings, err := c.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// record runs the present tracker until the test ends, even if c gets another one
// meanwhile.
func (c *chain) record(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	running, done := c.Tracker, make(chan error, 1)
	go func() { done <- running.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// stoppedClock is a clock that only the test moves.
type stoppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *stoppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stoppedClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
