// Package web is the HTML face: pages that need no script, drawn by package view
// from the same reports as the JSON. Every page needs a login unless it is
// registered as open.
package web

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Options are what the pages need.
type Options struct {
	Tracker   *tracker.Tracker
	Live      *live.Hub
	Accounts  *account.Service
	CSRF      *token.CSRF
	Now       func() time.Time
	Log       *slog.Logger
	Addresses httpx.Addresses
	Cookies   httpx.Cookies
	Rater     func(account.User) tracker.Rater // the user as the tracker knows them
	Target    timeline.Micros                  // per question, of users who set none
	Provider  bool                             // one can log in with an identity provider
	PublicURL string                           // the server's origin for widgets; "": what a request came to

	Limits *httpx.Limiters
}

type face struct {
	Options
	files     files
	downloads *slots
}

// Register adds the pages and their files to mux.
func Register(mux httpx.Mux, o Options) {
	f := &face{Options: o, files: readFiles(), downloads: newSlots(downloadsAtOnce)}
	f.files.register(mux)
	f.registerWidget(mux)
	f.registerDevices(mux)

	mux.HandleFunc("GET /{$}", f.open(f.landing))
	mux.HandleFunc("GET /login", f.open(f.loginPage))
	mux.HandleFunc("POST /login", f.open(f.limited(f.Limits.Logins, f.openForm(f.logIn, f.logInAgain))))
	mux.HandleFunc("POST /login/second-factor", f.open(f.limited(f.Limits.SecondSteps, f.openForm(f.secondFactor, f.secondFactorAgain))))
	mux.HandleFunc("GET /register", f.open(f.registerPage))
	mux.HandleFunc("POST /register", f.open(f.limited(f.Limits.Registrations, f.openForm(f.signUp, f.signUpAgain))))

	mux.HandleFunc("POST /logout", f.open(f.member(f.form(f.logOut, nil))))
	mux.HandleFunc("GET /dashboard/today", f.open(f.member(f.day)))
	mux.HandleFunc("GET /dashboard/live", f.open(f.member(f.live)))
	mux.HandleFunc("GET /dashboard/week", f.open(f.member(f.week)))
	mux.HandleFunc("GET /dashboard/month", f.open(f.member(f.month)))
	mux.HandleFunc("GET /dashboard/reports", f.open(f.member(f.reports)))
	f.registerDownloads(mux)
	mux.HandleFunc("GET /dashboard/sessions/{session_id}", f.open(f.member(f.session)))
	f.registerCorrections(mux)
	mux.HandleFunc("GET /profile", f.open(f.member(f.profile)))
	mux.HandleFunc("POST /profile", f.open(f.member(f.form(f.changeProfile, f.changeProfileAgain))))
	f.registerSecurity(mux)
	mux.HandleFunc("POST /profile/timezone", f.open(f.member(f.form(f.changeZone, nil))))
	f.registerAdmin(mux)
	f.registerDeletion(mux)
}

// handler answers a request, or fails before it has written anything.
type handler func(http.ResponseWriter, *http.Request) error

// memberHandler is a handler for who is logged in.
type memberHandler func(http.ResponseWriter, *http.Request, visitor) error

// visitor is who is logged in, and by which token.
type visitor struct {
	user  account.User
	token account.TokenRef
}

// open turns the failures of a handler into answers.
func (f *face) open(handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r); err != nil {
			f.fail(w, r, err)
		}
	}
}

// member lets only who is logged in through.
func (f *face) member(handle memberHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := f.visitor(r)
		if err != nil {
			return err
		}
		return handle(w, r, v)
	}
}

// visitor is who makes a request. It returns account.ErrUnauthenticated. A widget is
// nobody here: its credential opens no page.
func (f *face) visitor(r *http.Request) (visitor, error) {
	user, token, err := f.Accounts.Authenticate(r.Context(), httpx.TokenOf(r))
	if err == nil && token.DeviceID != "" {
		return visitor{}, account.ErrUnauthenticated
	}
	return visitor{user: user, token: token}, err
}

// whoever is who makes a request to an open page: no user, or who is logged in.
func (f *face) whoever(r *http.Request) (account.User, error) {
	v, err := f.visitor(r)
	if errors.Is(err, account.ErrUnauthenticated) {
		return account.User{}, nil
	}
	return v.user, err
}

// isLoggedIn is for the pages that are of no use to who is.
func (f *face) isLoggedIn(r *http.Request) (bool, error) {
	user, err := f.whoever(r)
	return user.ID != 0, err
}

// address is the client's, as limits count it.
func (f *face) address(r *http.Request) string { return httpx.LimitKey(f.Addresses.Of(r)) }

// by is the visitor, for the security log.
func (f *face) by(r *http.Request, v visitor) account.By {
	return account.By{UserID: v.user.ID, Login: v.token, Address: f.address(r)}
}
