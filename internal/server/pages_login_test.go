package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

// A failed login shows its form again, with everything that was typed except the password.
func TestLoginPage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.register(t, "ann@example.org")
	b := c.newBrowser()
	form := b.visit(t, "/login?next=https://evil.example/").expect(t, http.StatusOK)
	wrong := b.send(t, form, "/login", url.Values{"email": {"ann@example.org"}, "password": {"a wrong one"}}).
		expect(t, http.StatusUnauthorized, "Wrong e-mail address or password")
	if body := wrong.Body.String(); !strings.Contains(body, `value="ann@example.org"`) || strings.Contains(body, "a wrong one") {
		t.Errorf("the form has %s", body)
	}
	stale := url.Values{"email": {"ann@example.org"}, "password": {chainPassword}, "csrf_token": {c.csrf.Token()}}
	b.send(t, form, "/login", stale).expect(t, http.StatusBadRequest, "open for too long")
	right := func() url.Values {
		return url.Values{"email": {"ann@example.org"}, "password": {chainPassword}, "next": {"//evil.example"}}
	}
	// A form needs the cookie beside its token.
	c.newBrowser().send(t, form, "/login", right()).expect(t, http.StatusBadRequest, "open for too long")
	b.send(t, form, "/login", right()).leadsTo(t, "/dashboard/today")
	b = c.newBrowser()
	form = b.visit(t, "/login?next=https://evil.example/")
	b.send(t, form, "/login", url.Values{"email": {"ann@example.org"}, "password": {chainPassword}}).leadsTo(t, "/dashboard/today")
}

// A person who tries too often is told how long to wait.
func TestLoginPageLimits(t *testing.T) {
	t.Parallel()
	c := newChain(t, func(*config.Settings) {})
	b := c.newBrowser()
	form := b.visit(t, "/login")
	last := page{}
	for range 6 {
		last = b.send(t, form, "/login", url.Values{"email": {"nobody@example.org"}, "password": {"x"}})
	}
	if last.expect(t, http.StatusTooManyRequests, "try again in 60 s"); last.Header().Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q", last.Header().Get("Retry-After"))
	}
	// Logins by page and by API count together.
	if w := c.answer(t, ask{method: "POST", path: "/auth/login", body: `{"email":"a@example.org","password":"x"}`}); w.Code != http.StatusTooManyRequests {
		t.Errorf("the other face: %d", w.Code)
	}
}

// Every problem is beside its field, and what was typed is kept.
func TestRegisterPage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.register(t, "ann@example.org")
	b := c.newBrowser()
	form := b.visit(t, "/register")
	refused := b.send(t, form, "/register", url.Values{"email": {"no address"}, "password": {"short"}, "first_name": {"Bob"}, "last_name": {"B\x00b"}}).
		expect(t, http.StatusUnprocessableEntity)
	for _, field := range []string{"email", "password", "last_name"} {
		if refused.find("id", field+"-problem") == "" {
			t.Errorf("nothing is said of %s: %s", field, refused.text())
		}
	}
	if body := refused.Body.String(); !strings.Contains(body, `value="Bob"`) || strings.Contains(body, "short") || refused.find("id", "first_name-problem") != "" {
		t.Errorf("the form has %s", body)
	}
	b.send(t, form, "/register", url.Values{"email": {"Ann@Example.org"}, "password": {chainPassword}}).
		expect(t, http.StatusConflict, "is registered already")
}

// A second factor is a second page.
func TestSecondFactorPage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	setup := decoded[struct{ Secret string }](t, c.must(t, http.StatusOK, ask{method: "POST", path: "/me/totp", bearer: b.cookies["access_token"], body: confirmation}))
	code := func() string {
		text, err := totp.GenerateCode(setup.Secret, c.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	c.must(t, http.StatusOK, ask{method: "POST", path: "/me/totp/confirm", bearer: b.cookies["access_token"], body: `{"code":"` + code() + `"}`})
	c.clock.advance(time.Minute)

	b = c.newBrowser()
	login := b.visit(t, "/login?next=/profile")
	second := b.send(t, login, "/login", url.Values{"email": {"ann@example.org"}, "password": {chainPassword}}).expect(t, http.StatusOK, "One more step")
	if b.cookies["access_token"] != "" {
		t.Fatal("the password alone logs in")
	}
	again := b.send(t, second, "/login/second-factor", url.Values{"code": {"000000"}}).expect(t, http.StatusUnauthorized, "The code is wrong or was used before")
	b.send(t, again, "/login/second-factor", url.Values{"code": {code()}}).leadsTo(t, "/profile")
	b.visit(t, "/profile").expect(t, http.StatusOK)
	c.newBrowser().send(t, second, "/login/second-factor", url.Values{"code": {code()}}).expect(t, http.StatusBadRequest)
}

// The login page offers the identity provider if one is set.
func TestLoginPageOffersTheProvider(t *testing.T) {
	t.Parallel()
	with, _ := withProvider(t)
	for c, want := range map[*chain]bool{with: true, newChain(t, withoutLimits): false} {
		body := c.newBrowser().visit(t, "/login").expect(t, http.StatusOK).Body.String()
		if got := strings.Contains(body, `href="/auth/oidc"`); got != want {
			t.Errorf("offered: %t, want %t", got, want)
		}
	}
}
