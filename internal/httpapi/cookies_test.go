package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// SPEC section 6, Cookies: SameSite=None only where a browser accepts it.
func TestCookies(t *testing.T) {
	const common = "access_token=value; Path=/; Max-Age=3600; HttpOnly"
	tests := []struct {
		name    string
		cookies Cookies
		value   string
		want    string
	}{
		{"secure", Cookies{Secure: true}, "value", common + "; Secure; SameSite=None"},
		{"not secure", Cookies{}, "value", common + "; SameSite=Lax"},
		{"forced lax", Cookies{Secure: true, Lax: true}, "value", common + "; Secure; SameSite=Lax"},
		{"forced lax, not secure", Cookies{Lax: true}, "value", common + "; SameSite=Lax"},
		{"taken back", Cookies{Secure: true}, "", "access_token=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None"},
		{"taken back, not secure", Cookies{}, "", "access_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cookie := test.cookies.make("access_token", test.value, time.Hour)
			if err := cookie.Valid(); err != nil {
				t.Error(err)
			}
			if got := cookie.String(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// The cookies that the operations set are made like this, with their lifetimes.
func TestCookiesOfOperations(t *testing.T) {
	s := newServer(t)
	csrf := s.answer(t, request{method: "GET", path: "/auth/csrf"})
	if got := csrf.Header().Get("Set-Cookie"); !strings.HasSuffix(got, "; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=None") {
		t.Errorf("csrf: %s", got)
	}
	login := s.logIn(t, http.StatusOK)
	want := "; Path=/; Max-Age=1800; HttpOnly; Secure; SameSite=None"
	if got := login.Header().Get("Set-Cookie"); !strings.HasSuffix(got, want) {
		t.Errorf("login: %s", got)
	}
	logout := s.answer(t, request{method: "POST", path: "/auth/logout", bearer: tokenIn(t, login)})
	if got := logout.Header().Get("Set-Cookie"); got != "access_token=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None" {
		t.Errorf("logout: %s", got)
	}
}
