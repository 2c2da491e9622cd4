package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

// Operations set cookies with these attributes and lifetimes.
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
