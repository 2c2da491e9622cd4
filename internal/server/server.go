// Package server puts the use cases and the two faces together: it wires the
// rooms, registers the routes behind what guards them, and serves until it is
// told to stop. It knows nothing of the command line.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
	"github.com/raterhub-tracker/raterhub-tracker/internal/pwned"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Options are what a Server needs.
type Options struct {
	Settings config.Settings
	Version  string // as the OpenAPI document gives it
	Now      func() time.Time
	Log      *slog.Logger
	Cost     password.Cost // of a hash of a password; the zero Cost means password.DefaultCost
}

// Server is the rooms wired together on one database.
type Server struct {
	Accounts *account.Service
	// Tracker can read at any time. It records only while Serve runs, which writes
	// everything to disk before it returns.
	Tracker *tracker.Tracker

	live     *live.Hub
	settings config.Settings
	version  string
	log      *slog.Logger
	now      func() time.Time
	store    *store.Store
	counters limit.Counters
	csrf     *token.CSRF
}

// Open wires the rooms on the configured database, which it migrates. Close
// releases it.
func Open(ctx context.Context, o Options) (*Server, error) {
	keys, err := token.NewKeys(o.Settings.SecretKey, o.Settings.SecretKeyPrevious)
	if err != nil {
		return nil, err
	}
	db, err := store.OpenPooled(ctx, o.Settings.DatabaseURL, o.Settings.DatabaseSessionURL)
	if err != nil {
		return nil, err
	}
	counters := db.Counters(o.Now)
	identities, err := provider(o.Settings, o.Now)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	accounts, err := account.New(account.Options{
		Store: db, Counters: counters, Keys: keys, Now: o.Now, Log: o.Log,
		Door: account.Door(o.Settings.Registration), TokenLifetime: o.Settings.TokenLifetime, Composition: o.Settings.PasswordComposition,
		Cost: o.Cost, Breaches: breaches(o.Settings), Provider: identities, Passkeys: passkeys(o.Settings),
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	quota := limit.NewQuota("entries", o.Settings.MaxEventsPerDay, counters, o.Now)
	hub := live.New(live.Options{Versions: db, Log: o.Log, Signals: db.Signals()})
	return &Server{
		Accounts: accounts,
		Tracker:  tracker.New(tracker.Options{Store: db, Now: o.Now, Log: o.Log, Announce: hub.Announce, Quota: quota}),
		live:     hub,
		settings: o.Settings, version: o.Version, log: o.Log, now: o.Now,
		store: db, counters: counters, csrf: token.NewCSRF(keys, o.Now),
	}, nil
}

// Close closes the database.
func (s *Server) Close() error { return s.store.Close() }

// Record calls do with a tracker that records without serving, and returns when the
// presses that do submitted are on disk.
func (s *Server) Record(ctx context.Context, do func(context.Context, *tracker.Tracker) error) error {
	recording, stop := context.WithCancel(ctx)
	recorder := tracker.New(tracker.Options{Store: s.store, Now: s.now, Log: s.log})
	var group errgroup.Group
	group.Go(func() error { return recorder.Run(recording) })
	group.Go(func() error {
		defer stop()
		return do(ctx, recorder)
	})
	return group.Wait()
}

// breaches returns the look-up of breached passwords, or nil when it is switched off.
func breaches(settings config.Settings) account.Breaches {
	if settings.HIBPURL == "" {
		return nil
	}
	return pwned.New(pwned.Options{URL: settings.HIBPURL})
}

// provider returns nil unless an identity provider is set.
func provider(settings config.Settings, now func() time.Time) (account.Provider, error) {
	if settings.OIDC.Issuer == "" {
		return nil, nil
	}
	return oidc.New(oidc.Options{
		Issuer: settings.OIDC.Issuer, ClientID: settings.OIDC.ClientID, ClientSecret: settings.OIDC.ClientSecret,
		RedirectURL: settings.OIDC.RedirectURL, Now: now,
	})
}

// passkeys returns the options for the address that people use: a browser offers a passkey
// only at the address it was made for. Without PUBLIC_URL that is localhost, because
// browsers make no passkeys for an IP address.
func passkeys(settings config.Settings) account.PasskeyOptions {
	origin := settings.PublicURL
	if origin == "" {
		_, port, _ := net.SplitHostPort(settings.Listen) // checked with the settings
		origin = "http://localhost:" + port
	}
	host := "localhost"
	if u, err := url.Parse(origin); err == nil {
		host = u.Hostname()
	}
	return account.PasskeyOptions{RPID: host, RPName: "RaterHub Tracker", Origins: []string{origin}}
}
