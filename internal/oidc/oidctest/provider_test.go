package oidctest_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

const callback = "http://127.0.0.1:1/callback?from=provider"

func authorizeURL(p *oidctest.Provider, change map[string]string) string {
	q := map[string]string{
		"response_type": "code", "client_id": oidctest.ClientID, "redirect_uri": callback, "scope": "openid",
		"state": "s", "nonce": "n", "code_challenge": "c", "code_challenge_method": "S256",
	}
	maps.Copy(q, change)
	values := url.Values{}
	for name, value := range q {
		values.Set(name, value)
	}
	return p.Issuer() + "/authorize?" + values.Encode()
}

func TestAuthorize(t *testing.T) {
	tests := []struct {
		name      string
		change    map[string]string
		quirk     oidctest.Quirk
		wantError string // "" means a code
	}{
		{name: "good"},
		{name: "denied", quirk: oidctest.DeniesLogin, wantError: "access_denied"},
		{name: "token instead of a code", change: map[string]string{"response_type": "token"}, wantError: "invalid_request"},
		{name: "not OpenID", change: map[string]string{"scope": "email"}, wantError: "invalid_request"},
		{name: "no state", change: map[string]string{"state": ""}, wantError: "invalid_request"},
		{name: "no nonce", change: map[string]string{"nonce": ""}, wantError: "invalid_request"},
		{name: "no PKCE", change: map[string]string{"code_challenge": ""}, wantError: "invalid_request"},
		{name: "plain PKCE", change: map[string]string{"code_challenge_method": "plain"}, wantError: "invalid_request"},
	}
	p := oidctest.Start(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p.Behave(test.quirk)
			back := p.Login(t, authorizeURL(p, test.change))
			q := back.Query()
			if q.Get("from") != "provider" || test.change == nil && q.Get("state") != "s" {
				t.Errorf("came back with %q", back)
			}
			if q.Get("error") != test.wantError || (q.Get("code") == "") != (test.wantError != "") {
				t.Errorf("came back with %q", back)
			}
		})
	}
}

// A browser is redirected only for a known client and to an address that is acceptable.
func TestAuthorizeWithoutRedirect(t *testing.T) {
	p := oidctest.Start(t)
	for name, change := range map[string]map[string]string{
		"unknown client":  {"client_id": "another"},
		"no redirect":     {"redirect_uri": ""},
		"a path":          {"redirect_uri": "/callback"},
		"with a fragment": {"redirect_uri": callback + "#a"},
		"unreadable":      {"redirect_uri": "http://127.0.0.1:1/%zz"},
	} {
		answer, err := p.Client().Get(authorizeURL(p, change))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, answer.StatusCode)
		}
	}
}

// Requests without the right secret or token are refused.
func TestDoors(t *testing.T) {
	p := oidctest.StartTLS(t)
	if !strings.HasPrefix(p.Issuer(), "https://") {
		t.Errorf("issuer %s", p.Issuer())
	}
	answer, err := p.Client().Get(p.Issuer() + "/userinfo")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo without a token: status %d", answer.StatusCode)
	}
	answer, err = p.Client().PostForm(p.Issuer()+"/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {oidctest.ClientID}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code without a secret: status %d", answer.StatusCode)
	}
}
