package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpapi"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
	"github.com/raterhub-tracker/raterhub-tracker/internal/pwned"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web"
)

const (
	// drainTime is how long requests under way may take when the server stops.
	drainTime = 20 * time.Second
	// cleanEvery is how often what has expired is removed.
	cleanEvery = time.Hour
)

// app is the rooms wired together.
type app struct {
	settings config.Settings
	log      *slog.Logger
	now      func() time.Time
	store    *store.Store
	counters limit.Counters
	accounts *account.Service
	csrf     *account.CSRF
	tracker  *tracker.Tracker
}

// open wires the rooms on the configured database.
func open(ctx context.Context, settings config.Settings, log *slog.Logger) (*app, error) {
	return openAt(ctx, settings, log, time.Now)
}

// openAt is open with another clock.
func openAt(ctx context.Context, settings config.Settings, log *slog.Logger, now func() time.Time) (*app, error) {
	keys, err := account.NewKeys(settings.SecretKey, settings.SecretKeyPrevious)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, settings.DatabaseURL)
	if err != nil {
		return nil, err
	}
	counters := db.Counters(now)
	identities, err := provider(settings, now)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	accounts, err := account.New(account.Options{
		Store: db, Counters: counters, Keys: keys, Now: now, Log: log,
		TokenLifetime: settings.TokenLifetime, Composition: settings.PasswordComposition,
		Breaches: breaches(settings), Provider: identities, Passkeys: passkeys(settings),
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &app{
		settings: settings, log: log, now: now, store: db, counters: counters, accounts: accounts,
		csrf:    account.NewCSRF(keys, now),
		tracker: tracker.New(tracker.Options{Store: db, Now: now, Log: log, Signals: db.Signals()}),
	}, nil
}

// breaches is nil, and nothing is asked, unless the look-up is on.
func breaches(settings config.Settings) account.Breaches {
	if settings.HIBPURL == "" {
		return nil
	}
	return pwned.New(pwned.Options{URL: settings.HIBPURL})
}

// provider is nil unless an identity provider is set.
func provider(settings config.Settings, now func() time.Time) (account.Provider, error) {
	if settings.OIDC.Issuer == "" {
		return nil, nil
	}
	return oidc.New(oidc.Options{
		Issuer: settings.OIDC.Issuer, ClientID: settings.OIDC.ClientID, ClientSecret: settings.OIDC.ClientSecret,
		RedirectURL: settings.OIDC.RedirectURL, Now: now,
	})
}

// passkeys are of the address that people use: a browser offers them nowhere else.
// Without a public one that is this machine's, by name, for a browser takes no number.
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

// serve answers requests until ctx ends; then those under way are finished, and
// what was queued is on disk, before it returns. ready is told the address.
func (a *app) serve(ctx context.Context, ready func(url string)) error {
	handler, err := a.handler()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.settings.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", a.settings.Listen, err)
	}
	server := httpx.NewServer(handler, a.log, httpx.ProductLimits())
	server.RegisterOnShutdown(a.tracker.EndWatches) // open pages would keep it from stopping

	recording, stopRecording := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRecording()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.tracker.Run(recording) })
	group.Go(func() error { return a.tracker.Share(recording) })
	group.Go(func() error { return a.clean(ctx) })
	group.Go(func() error { return a.reseal(ctx) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		defer stopRecording() // only when no request can submit any more
		draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if err := server.Shutdown(draining); err != nil {
			return errors.Join(fmt.Errorf("stopping: %w", err), server.Close())
		}
		return nil
	})
	ready("http://" + listener.Addr().String())
	return group.Wait()
}

// handler is all routes behind what guards them.
func (a *app) handler() (http.Handler, error) {
	origins, err := httpx.NewOrigins(a.settings.PublicURL, a.settings.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	a.register(mux)
	handler := origins.Guard(httpx.Routes(mux))
	handler = httpx.Headers(a.settings.CookieSecure)(handler)
	return web.FailurePages(httpx.Log(a.log, a.now)(handler)), nil
}

// register adds every route of the program.
func (a *app) register(mux httpx.Mux) {
	addresses := httpx.Addresses{Trusted: a.settings.TrustedProxies}
	cookies := httpx.Cookies{
		Secure: a.settings.CookieSecure, Local: a.settings.CookieLocal, Lax: a.settings.CookieLax, Lifetime: a.settings.TokenLifetime,
	}
	httpapi.Register(mux, httpapi.Options{
		Tracker: a.tracker, Accounts: a.accounts, CSRF: a.csrf, Ready: a.store.Ping,
		Now: a.now, Log: a.log, Version: version,
		Addresses: addresses, Cookies: cookies, Rater: a.rater,
		Counters:  a.counters,
		LoginRate: a.settings.Login, RegisterRate: a.settings.Register, EventsRate: a.settings.Events,
	})
	web.Register(mux, web.Options{
		Tracker: a.tracker, Accounts: a.accounts, CSRF: a.csrf,
		Now: a.now, Log: a.log,
		Addresses: addresses, Cookies: cookies, Rater: a.rater, Target: a.settings.Target, Provider: a.settings.OIDC.Issuer != "",
		PublicURL: a.settings.PublicURL,
		Counters:  a.counters,
		LoginRate: a.settings.Login, RegisterRate: a.settings.Register,
	})
}

// rater is a user as the tracker knows them. It stands here because the use cases do not
// know each other.
func (a *app) rater(u account.User) tracker.Rater {
	target := u.TargetMicros
	if target == 0 {
		target = a.settings.Target
	}
	return tracker.Rater{
		ID: u.ID, Email: u.Email, Zone: u.Timezone, Target: target,
		WeekZone: u.ReportingTimezone, WeekStart: u.WeekStart,
	}
}

// reseal seals with the present key what the previous one sealed, so that the latter
// can be taken away. It is not worth stopping the server for.
func (a *app) reseal(ctx context.Context) error {
	if err := a.accounts.Reseal(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("sealing secrets with the present key", "error", err)
	}
	return nil
}

// clean removes what has expired, now and then.
func (a *app) clean(ctx context.Context) error {
	ticker := time.NewTicker(cleanEvery)
	defer ticker.Stop()
	for {
		err := errors.Join(a.accounts.DeleteExpired(ctx), a.accounts.ResumeDeletions(ctx), a.store.DeleteExpiredCounters(ctx, a.now().Add(-cleanEvery).UnixMicro()))
		if err != nil && ctx.Err() == nil {
			a.log.Warn("removing what has expired", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// newLog writes structured lines, or readable ones with every request.
func newLog(w io.Writer, debug bool) *slog.Logger {
	if debug {
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}
