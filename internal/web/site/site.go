// Package site has what all pages share: the visitor, the frame around a page, the handling
// of forms, and the answer to a failure. It knows no single page.
package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/static"
)

// Options are what every page needs.
type Options struct {
	Accounts  *account.Service
	CSRF      *token.CSRF
	Log       *slog.Logger
	Addresses httpx.Addresses
	Cookies   httpx.Cookies
	Limits    *httpx.Limiters
}

// Site draws pages and reads forms.
type Site struct {
	Options
	Files static.Files
}

// New makes a Site.
func New(o Options) *Site { return &Site{Options: o, Files: static.Read()} }

// Handler answers a request, or fails before it has written anything.
type Handler func(http.ResponseWriter, *http.Request) error

// MemberHandler is a Handler for a visitor who is logged in.
type MemberHandler func(http.ResponseWriter, *http.Request, Visitor) error

// Visitor is the user who makes a request, with the token by which they are logged in. The
// zero Visitor is not logged in.
type Visitor struct {
	User  account.User
	Token account.TokenRef
}

// Open makes a route that needs no login: it only turns failures into answers.
func (s *Site) Open(handle Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// Member makes a route that needs a login.
func (s *Site) Member(handle MemberHandler) http.HandlerFunc {
	return s.Open(func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.VisitorOf(r)
		if err != nil {
			return err
		}
		return handle(w, r, v)
	})
}

// VisitorOf returns who makes a request, or account.ErrUnauthenticated. A device token
// opens no page.
func (s *Site) VisitorOf(r *http.Request) (Visitor, error) {
	return s.VisitorWith(r.Context(), httpx.TokenOf(r))
}

// VisitorWith does what VisitorOf does, for the access token of a request.
func (s *Site) VisitorWith(ctx context.Context, accessToken string) (Visitor, error) {
	user, token, err := s.Accounts.Authenticate(ctx, accessToken)
	if err == nil && token.DeviceID != "" {
		return Visitor{}, account.ErrUnauthenticated
	}
	return Visitor{User: user, Token: token}, err
}

// CurrentUser returns the user who makes the request, or the zero User.
func (s *Site) CurrentUser(r *http.Request) (account.User, error) {
	v, err := s.VisitorOf(r)
	if errors.Is(err, account.ErrUnauthenticated) {
		return account.User{}, nil
	}
	return v.User, err
}

// Address returns the client's address, as limits count it.
func (s *Site) Address(r *http.Request) string { return httpx.LimitKey(s.Addresses.Of(r)) }

// Client is what the visitor uses, as a login is listed.
func (s *Site) Client(r *http.Request) account.Client {
	return account.Client{Address: s.Address(r), Browser: httpx.BrowserName(r.UserAgent())}
}

// By names a visitor in the security log.
func (s *Site) By(r *http.Request, v Visitor) account.By {
	return account.By{UserID: v.User.ID, Login: v.Token, Address: s.Address(r), Browser: httpx.BrowserName(r.UserAgent())}
}

// ZoneOf returns the time zone in which a user reads times.
func ZoneOf(u account.User) (*time.Location, error) {
	zone, err := time.LoadLocation(u.Timezone)
	if err != nil {
		return nil, fmt.Errorf("loading the time zone of user %d: %w", u.ID, err)
	}
	return zone, nil
}

// CalendarOf returns how a user's days are cut.
func CalendarOf(u account.User) (report.Calendar, error) {
	zone, err := ZoneOf(u)
	return report.Calendar{Zone: zone, DayStart: u.DayStart}, err
}
