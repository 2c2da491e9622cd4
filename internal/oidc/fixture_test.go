package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

var _ account.Provider = (*oidc.Client)(nil)

const redirectURL = "http://127.0.0.1:1/auth/provider/callback"

// then is far from now, so that a check by any other clock fails.
var then = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// startProvider runs a provider whose clock stands still.
func startProvider(t *testing.T) *oidctest.Provider {
	t.Helper()
	p := oidctest.Start(t)
	p.SetClock(at(then))
	return p
}

func optionsFor(p *oidctest.Provider) oidc.Options {
	return oidc.Options{
		Issuer:       p.Issuer(),
		ClientID:     oidctest.ClientID,
		ClientSecret: oidctest.ClientSecret,
		RedirectURL:  redirectURL,
		Now:          at(then),
		Client:       p.Client(),
	}
}

func newClient(t *testing.T, o oidc.Options) *oidc.Client {
	t.Helper()
	c, err := oidc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// login is what the program remembers about one login, and the code that came back.
type login struct{ state, nonce, verifier, code string }

// browse sends a browser to the provider and back.
func browse(t *testing.T, p *oidctest.Provider, c *oidc.Client) login {
	t.Helper()
	l := login{state: "state-of-this", nonce: "nonce-of-this", verifier: oauth2.GenerateVerifier()}
	authURL, err := c.AuthURL(t.Context(), l.state, l.nonce, l.verifier)
	if err != nil {
		t.Fatal(err)
	}
	back := p.Login(t, authURL)
	l.code = back.Query().Get("code")
	if l.code == "" || back.Query().Get("state") != l.state {
		t.Fatalf("the browser came back with %q", back)
	}
	return l
}

func exchange(t *testing.T, c *oidc.Client, l login) (account.Identity, error) {
	t.Helper()
	return c.Exchange(t.Context(), l.code, l.nonce, l.verifier)
}

// ada returns the identity of oidctest.Ada.
func ada(p *oidctest.Provider) account.Identity {
	return account.Identity{
		Issuer: p.Issuer(), Subject: "ada-1815", Email: "ada@example.org", EmailVerified: true,
		FirstName: "Ada", LastName: "Lovelace",
	}
}

// transport is an http.RoundTripper as a function.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
