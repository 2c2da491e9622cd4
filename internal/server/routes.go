package server

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpapi"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// handler returns all routes behind the checks that guard them.
func (s *Server) handler() (http.Handler, error) {
	origins, err := httpx.NewOrigins(s.settings.PublicURL, s.settings.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	router := httpx.NewRouter()
	ready := &readiness{probe: s.probe, now: s.now, log: s.log}
	s.register(router, ready)
	waiting := &patience{answers: ready.since, now: s.now}
	handler := origins.Guard(waiting.bound(router))
	handler = httpx.Headers(s.settings.CookieSecure)(handler)
	return site.FailurePages(httpx.Log(s.log, s.now)(handler)), nil
}

// register adds every route of the program.
func (s *Server) register(mux httpx.Mux, ready *readiness) {
	addresses := httpx.Addresses{Trusted: s.settings.TrustedProxies, Ignored: namedOnce(s.log)}
	cookies := httpx.Cookies{
		Secure: s.settings.CookieSecure, Local: s.settings.CookieLocal, Lax: s.settings.CookieLax, Lifetime: s.settings.TokenLifetime,
	}
	rates := httpx.Rates{
		Login: s.settings.Login, Register: s.settings.Register,
		Events: s.settings.Events, Corrections: s.settings.Corrections, Reads: s.settings.Reads,
	}
	limits := httpx.NewLimiters(rates, s.counters, s.now)
	httpapi.Register(mux, httpapi.Options{
		Tracker: s.Tracker, Accounts: s.Accounts, CSRF: s.csrf, Ready: ready.check,
		Now: s.now, Log: s.log, Version: s.version,
		Addresses: addresses, Cookies: cookies, Rater: s.Rater,
		Limits: limits,
	})
	web.Register(mux, web.Options{
		Site: site.New(site.Options{
			Accounts: s.Accounts, CSRF: s.csrf, Log: s.log, Addresses: addresses, Cookies: cookies, Limits: limits,
		}),
		Tracker: s.Tracker, Live: s.live, Now: s.now, Rater: s.Rater, Target: s.settings.Target,
		Provider: s.settings.OIDC.Issuer != "", Door: account.Door(s.settings.Registration), PublicURL: s.settings.PublicURL,
	})
}

// Rater returns a user as the tracker knows them. It is here because the use cases do not
// import each other.
func (s *Server) Rater(u account.User) tracker.Rater {
	target := u.TargetMicros
	if target == 0 {
		target = s.settings.Target
	}
	return tracker.Rater{
		ID: u.ID, Email: u.Email, Zone: u.Timezone, Target: target,
		DayStart: u.DayStart, WeekZone: u.WeekZone, WeekStart: u.WeekStart,
		ForgottenAfter: u.ForgottenAfter,
	}
}
