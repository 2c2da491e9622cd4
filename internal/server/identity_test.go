package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// withProvider returns the program with a test identity provider.
func withProvider(t *testing.T) (*chain, *oidctest.Provider) {
	t.Helper()
	provider := oidctest.Start(t)
	provider.SetClock(chainStart)
	c := newChain(t, func(s *config.Settings) {
		withoutLimits(s)
		s.OIDC = config.OIDC{
			Issuer: provider.Issuer(), ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret,
			RedirectURL: chainOrigin + "/auth/oidc/callback",
		}
	})
	return c, provider
}

// visitor is a browser that keeps the cookie of its visit.
type visitor struct{ cookie string }

func (v *visitor) keep(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	for _, cookie := range w.Result().Cookies() {
		if cookie.Name != "__Host-identity_visit" {
			continue
		}
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" {
			t.Errorf("the visit's cookie is %v", cookie)
		}
		v.cookie = cookie.Name + "=" + cookie.Value
		return
	}
	t.Fatalf("no cookie of the visit in %v", w.Header())
}

// follow goes to the provider and returns the address that it sends the browser to.
func follow(t *testing.T, there string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, there, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back := response.Header.Get("Location")
	if !strings.HasPrefix(back, chainOrigin+"/auth/oidc/callback?") {
		t.Fatalf("%s sent the browser to %q", there, back)
	}
	return strings.TrimPrefix(back, chainOrigin)
}

// visit sends a new browser to the provider. It returns the browser and the address to
// which the provider sends it back.
func (c *chain) visit(t *testing.T) (*visitor, string) {
	t.Helper()
	browser := &visitor{}
	w := c.must(t, http.StatusSeeOther, ask{method: "GET", path: "/auth/oidc"})
	browser.keep(t, w)
	return browser, follow(t, w.Header().Get("Location"))
}

func (v *visitor) ask(path string) ask {
	a := ask{method: "GET", path: path}
	if v.cookie != "" {
		a.header = http.Header{"Cookie": {v.cookie}}
	}
	return a
}

func TestLoginAtIdentityProvider(t *testing.T) {
	t.Parallel()
	c, _ := withProvider(t)
	browser, back := c.visit(t)
	w := c.must(t, http.StatusSeeOther, browser.ask(back))
	cookies := map[string]*http.Cookie{}
	for _, cookie := range w.Result().Cookies() {
		cookies[cookie.Name] = cookie
	}
	if w.Header().Get("Location") != "/" || cookies["access_token"] == nil || cookies["__Host-known_device"] == nil || cookies["__Host-identity_visit"].MaxAge >= 0 {
		t.Errorf("sent to %q with %v", w.Header().Get("Location"), w.Result().Cookies())
	}
	me := decoded[struct{ Email string }](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me", cookie: cookies["access_token"].Value}))
	if me.Email != oidctest.Ada().Email {
		t.Errorf("logged in as %q", me.Email)
	}
	c.must(t, http.StatusBadRequest, browser.ask(back)) // a visit can be completed only once
}

// A login completes only in the browser in which it began, and only with what the provider
// sent.
func TestVisitRefuses(t *testing.T) {
	t.Parallel()
	c, provider := withProvider(t)
	for name, spoil := range map[string]func(*visitor, *url.Values){
		"no cookie":             func(v *visitor, _ *url.Values) { v.cookie = "" },
		"the cookie of another": func(v *visitor, _ *url.Values) { other, _ := c.visit(t); v.cookie = other.cookie },
		"no state":              func(_ *visitor, q *url.Values) { q.Del("state") },
		"the state of nobody":   func(v *visitor, q *url.Values) { q.Set("state", "x"); v.cookie = "__Host-identity_visit=x" },
		"no code":               func(_ *visitor, q *url.Values) { q.Del("code") },
		"a code of nobody":      func(_ *visitor, q *url.Values) { q.Set("code", "x") },
		"the provider says no":  func(_ *visitor, q *url.Values) { q.Set("error", "access_denied") },
	} {
		browser, back := c.visit(t)
		path, query, _ := strings.Cut(back, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		spoil(browser, &values)
		w := c.answer(t, browser.ask(path+"?"+values.Encode()))
		if w.Code != http.StatusBadRequest || strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), ""), "access_token") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	browser, back := c.visit(t)
	provider.Break(oidctest.Token, oidctest.ServerError)
	c.must(t, http.StatusServiceUnavailable, browser.ask(back))
}

// An account with the same e-mail address is connected only when its owner asks for it.
func TestConnectIdentity(t *testing.T) {
	t.Parallel()
	c, _ := withProvider(t)
	token := c.logIn(t, "/auth/register", oidctest.Ada().Email)
	browser, back := c.visit(t)
	c.must(t, http.StatusConflict, browser.ask(back))

	w := c.must(t, http.StatusOK, ask{method: "POST", path: "/me/identity", bearer: token, body: confirmation})
	browser = &visitor{}
	browser.keep(t, w)
	there := decoded[struct{ URL string }](t, w).URL
	c.must(t, http.StatusSeeOther, browser.ask(follow(t, there)))

	browser, back = c.visit(t)
	c.must(t, http.StatusSeeOther, browser.ask(back))
}

func TestWithoutIdentityProvider(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.must(t, http.StatusNotFound, ask{method: "GET", path: "/auth/oidc"})
}
