package oidc_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

var (
	failures = []oidctest.Failure{
		oidctest.ServerError, oidctest.Echo, oidctest.Garbage, oidctest.Hangup,
		oidctest.Stall, oidctest.Elsewhere, oidctest.HugeBody,
	}
	called = []oidctest.Endpoint{oidctest.Discovery, oidctest.Token, oidctest.Keys, oidctest.UserInfo}
)

// TestFailures breaks each endpoint in each way. The login fails, its error contains no
// secret, and the same client logs in when the provider works again.
func TestFailures(t *testing.T) {
	p := startProvider(t)
	p.Behave(oidctest.ThinToken) // so that userinfo is asked
	for _, endpoint := range called {
		for _, failure := range failures {
			t.Run(string(endpoint)+" "+string(failure), func(t *testing.T) {
				defer p.Mend()
				o := optionsFor(p)
				if failure == oidctest.Stall {
					o.Client = impatient(p)
				}
				l := browse(t, p, newClient(t, optionsFor(p)))
				c := newClient(t, o)

				p.Break(endpoint, failure)
				got, err := exchange(t, c, l)
				checkRefused(t, got, err, account.ErrProvider)
				checkNoSecrets(t, err, l)
				if n := p.Strayed(); n > 0 {
					t.Errorf("%d requests went to another host", n)
				}

				p.Mend()
				c = withPatience(t, c, o, p)
				if got, err := exchange(t, c, browse(t, p, c)); err != nil || got != ada(p) {
					t.Errorf("after the outage: %v, %v", got, err)
				}
			})
		}
	}
}

// impatient returns a client that gives up soon, to test what happens then.
func impatient(p *oidctest.Provider) *http.Client {
	c := *p.Client()
	c.Timeout = 50 * time.Millisecond
	return &c
}

// withPatience returns c, or another client if c gives up too soon to be sure of an answer.
func withPatience(t *testing.T, c *oidc.Client, o oidc.Options, p *oidctest.Provider) *oidc.Client {
	t.Helper()
	if o.Client.Timeout == 0 {
		return c
	}
	return newClient(t, optionsFor(p))
}

// checkNoSecrets checks that an error contains no secret, and wraps no library error that
// does.
func checkNoSecrets(t *testing.T, err error, l login) {
	t.Helper()
	for name, secret := range map[string]string{
		"secret": oidctest.ClientSecret, "escaped secret": url.QueryEscape(oidctest.ClientSecret),
		"code": l.code, "verifier": l.verifier, "nonce": l.nonce, "access token": "Bearer",
	} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the %s is in the error: %v", name, err)
		}
	}
	var kept *oauth2.RetrieveError
	if errors.As(err, &kept) {
		t.Errorf("the answer is kept in the error: %v", err)
	}
}

func TestDiscoveryOfAnotherIssuer(t *testing.T) {
	p := startProvider(t)
	p.Behave(oidctest.OtherIssuerFound)
	c := newClient(t, optionsFor(p))
	if got, err := c.AuthURL(t.Context(), "s", "n", "v"); !errors.Is(err, account.ErrProvider) {
		t.Errorf("got %q, %v", got, err)
	}
	p.Behave()
	if _, err := exchange(t, c, browse(t, p, c)); err != nil {
		t.Errorf("after the mistake: %v", err)
	}
}

// A client keeps the keys, and asks again when a token is signed with an unknown key.
func TestKeyRotation(t *testing.T) {
	p := startProvider(t)
	c := newClient(t, optionsFor(p))
	for rotation := range 3 {
		for range 2 {
			if _, err := exchange(t, c, browse(t, p, c)); err != nil {
				t.Fatalf("after %d rotations: %v", rotation, err)
			}
		}
		if got := p.Requests(oidctest.Keys); got != rotation+1 {
			t.Errorf("after %d rotations the keys were asked for %d times", rotation, got)
		}
		if err := p.RotateKeys(); err != nil {
			t.Fatal(err)
		}
	}
}
