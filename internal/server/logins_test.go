package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// browserIDs are User-Agents.
const (
	onLinux = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
	onPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile Safari/604.1"
)

// Logins are listed with their browser and end one by one, after the password, at the next
// request. The thief of a token who does not know the password ends none.
func TestLogins(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	here := c.logInWith(t, "/auth/register", "ann@example.org", onLinux)
	phone := c.logInWith(t, "/auth/login", "ann@example.org", onPhone)
	bobs := c.logInWith(t, "/auth/register", "bob@example.org", "")
	listed := c.loginsOf(t, here)
	browsers := map[string]string{}
	for _, l := range listed {
		browsers[l.Browser] = l.ID
		if l.IsCurrent != (l.Browser == "Firefox on Linux") || l.Address == "" {
			t.Errorf("listed as %+v", l)
		}
	}
	if len(listed) != 2 || browsers["Safari on iOS"] == "" {
		t.Fatalf("the logins are %+v", listed)
	}
	end := "/me/logins/" + browsers["Safari on iOS"]
	c.must(t, http.StatusUnprocessableEntity, ask{method: "DELETE", path: end, bearer: here, body: `{"password":"a guess"}`})
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: phone})
	c.must(t, http.StatusNotFound, ask{method: "DELETE", path: end, bearer: bobs, body: confirmation})
	c.must(t, http.StatusOK, ask{method: "DELETE", path: end, bearer: here, body: confirmation})
	c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: phone})
	c.must(t, http.StatusNotFound, ask{method: "DELETE", path: end, bearer: here, body: confirmation})

	phone = c.logInWith(t, "/auth/login", "ann@example.org", onPhone)
	c.must(t, http.StatusUnprocessableEntity, ask{method: "DELETE", path: "/me/logins", bearer: here, body: `{"password":"a guess"}`})
	c.must(t, http.StatusOK, ask{method: "DELETE", path: "/me/logins", bearer: here, body: confirmation})
	c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: phone})
	if left := c.loginsOf(t, here); len(left) != 1 || !left[0].IsCurrent {
		t.Errorf("left are %+v", left)
	}
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: bobs})
}

// logInWith logs in with a browser, and returns the access token.
func (c *chain) logInWith(t *testing.T, path, email, userAgent string) string {
	t.Helper()
	w := c.must(t, http.StatusOK, ask{
		method: "POST", path: path, body: `{"email":"` + email + `","password":"` + chainPassword + `"}`,
		header: http.Header{"User-Agent": {userAgent}},
	})
	return decoded[struct {
		Token string `json:"access_token"`
	}](t, w).Token
}

// The page of a login that is ended asks for the password, and names the login.
func TestLoginPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	phone := c.logInWith(t, "/auth/login", "ann@example.org", onPhone)
	page := b.visit(t, securityPath).expect(t, http.StatusOK, "this login", "Safari on iOS")
	i := slices.IndexFunc(c.loginsOf(t, phone), func(l listedLogin) bool { return l.IsCurrent })
	end := "/logins/" + c.loginsOf(t, phone)[i].ID + "/end"
	if strings.Count(page.Body.String(), `/end"`) != 1 || !strings.Contains(page.Body.String(), end) {
		t.Errorf("the page offers to end something else than the other login")
	}
	b.visit(t, securityPath+end).expect(t, http.StatusOK, "End the login of Safari on iOS")
	b.confirmed(t, end, "not my password").expect(t, http.StatusUnprocessableEntity, "is not your password")
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: phone})
	b.confirmed(t, end, chainPassword).leadsTo(t, securityPath+"?done=login-ended")
	c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: phone})
	b.visit(t, securityPath).expect(t, http.StatusOK, "Login ended (Safari on iOS)")
}

// A logout has the browser forget the pages that it keeps, on both faces, and nothing else.
func TestLogoutForgetsPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	known := b.cookies["__Host-known_device"]
	answers := map[string]http.Header{
		"page": b.send(t, b.visit(t, "/logout"), "/logout", url.Values{}).Header(),
		"JSON": c.must(t, http.StatusOK, ask{method: "POST", path: "/auth/logout", bearer: c.logIn(t, "/auth/login", "ann@example.org")}).Header(),
	}
	for name, header := range answers {
		if got := header.Get("Clear-Site-Data"); got != `"cache"` {
			t.Errorf("%s: Clear-Site-Data: %s", name, got)
		}
	}
	if known == "" || b.cookies["__Host-known_device"] != known || b.cookies["access_token"] != "" {
		t.Errorf("the cookies afterwards: %v", b.cookies)
	}
}
