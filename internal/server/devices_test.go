package server

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

const chainVerifier = "a verifier of a widget: 43 characters or more"

func chainChallenge() string {
	sum := sha256.Sum256([]byte(chainVerifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// connectDevice connects a widget for the user and returns its tokens.
func (c *chain) connectDevice(t *testing.T, userID int64) account.Granted {
	t.Helper()
	user, err := c.Accounts.User(t.Context(), userID)
	if err != nil {
		t.Fatal(err)
	}
	code, err := c.Accounts.StartPairing(t.Context(), user, account.Pairing{Challenge: chainChallenge(), Name: "Firefox", Kind: account.Userscript}, chainPassword, account.By{UserID: userID})
	if err != nil {
		t.Fatal(err)
	}
	granted, err := c.Accounts.ConnectDevice(t.Context(), code, chainVerifier, "203.0.113.7")
	if err != nil {
		t.Fatal(err)
	}
	return granted
}

// credentialFree are the routes that read neither a cookie nor a bearer token, and so may
// be called from anywhere. Adding one is a decision about security.
var credentialFree = []string{"POST /auth/device/token", "POST /auth/device/refresh"}

// forWidgets are all routes that accept a device token, with the status of the answer to
// their example. Adding one is a decision about security.
var forWidgets = map[string]int{
	"POST /events":                       http.StatusOK,
	"POST /events/batch":                 http.StatusOK,
	"POST /events/resume":                http.StatusNotFound,
	"GET /summary/{session_id}":          http.StatusOK,
	"GET /sessions/{session_id}/summary": http.StatusOK,
	"GET /dashboard/today/json":          http.StatusOK,
	"GET /sessions/today":                http.StatusOK,
	"GET /sessions/recent":               http.StatusOK,
	"GET /me":                            http.StatusOK,
	"DELETE /me/device":                  http.StatusOK,
}

// Deny by default: of all registered routes, a device token opens only those that are
// declared for widgets. A refused request changes nothing.
func TestDevicesMayDoLittle(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before, refused := c.dump(t), 0
	ask := func(r route, place string) ask {
		e := exampleOf(t, r)
		return presented(ask{method: r.method, path: r.fill(t, p.ids), body: e.body, form: e.form, origin: chainOrigin, site: "same-origin"}, p.device.Access)[place]
	}
	for _, r := range c.routes {
		_, allowed := forWidgets[r.name]
		if allowed || isOpen(r) || r.documented && !r.secured { // a stranger may call it as well
			continue
		}
		want := http.StatusForbidden
		if !r.documented { // a device token opens no page
			want = http.StatusUnauthorized
		}
		for _, place := range []string{"bearer", "cookie"} {
			if w := c.answer(t, ask(r, place)); w.Code != want || w.Header().Values("Set-Cookie") != nil {
				t.Errorf("%s by a widget's %s: %d %.300s, want %d", r.name, place, w.Code, w.Body, want)
			}
			refused++
		}
	}
	if diff := cmp.Diff(before, c.dump(t)); diff != "" {
		t.Errorf("changed something (-before +after):\n%s", diff)
	}
	if refused < 50 {
		t.Errorf("only %d were refused", refused)
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(forWidgets))) { // DELETE comes last
		i := slices.IndexFunc(c.routes, func(r route) bool { return r.name == name })
		if i < 0 {
			t.Fatalf("%s is declared for widgets, and there is no such route", name)
		}
		if w := c.answer(t, ask(c.routes[i], "bearer")); w.Code != forWidgets[name] {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, forWidgets[name])
		}
	}
	c.must(t, http.StatusUnauthorized, ask(route{name: "GET /me", method: "GET", path: "/me"}, "bearer")) // disconnected
	c.must(t, http.StatusUnauthorized, refreshed(p.device.Refresh))
}

func refreshed(token string) ask {
	return ask{method: "POST", path: "/auth/device/refresh", body: `{"refresh_token":"` + token + `"}`}
}

// A route that may be called from anywhere is authorised by its body alone: a login beside
// it, by cookie or bearer token, makes no difference, and the answer sets no cookie.
func TestCredentialFree(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	everybody := append(sendersOf(c), sender{"an extension", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "cross-site", foreign},
		sender{"another extension", "moz-extension://9f1c4f6e-0d8a-4b9a-8b6e-3a0c1d2e4f5a", "none", foreign})
	for _, name := range credentialFree {
		method, path, _ := strings.Cut(name, " ")
		for _, s := range everybody {
			a := ask{method: method, path: path, body: examples[name].body, origin: s.origin, site: s.site}
			without := c.answer(t, a)
			for place, with := range presented(a, p.token) {
				got := c.answer(t, with)
				sameAnswer(t, name+" of "+s.name+" by "+place, got, without)
			}
			if without.Code != http.StatusUnauthorized || without.Header().Values("Set-Cookie") != nil {
				t.Errorf("%s of %s: %d %s, cookies %q", name, s.name, without.Code, without.Body, without.Header().Values("Set-Cookie"))
			}
			if s.kind == foreign && len(corsOf(without)) > 0 {
				t.Errorf("%s: %s may read the answer: %v", name, s.name, corsOf(without))
			}
		}
	}
	for _, s := range everybody {
		a := refreshed(p.device.Refresh)
		a.origin, a.site, a.cookie = s.origin, s.site, p.token
		if w := c.answer(t, a); w.Code != http.StatusOK || w.Header().Values("Set-Cookie") != nil {
			t.Errorf("a good token of %s: %d %s", s.name, w.Code, w.Body)
		}
	}
}

type grantedBody struct {
	Access    string    `json:"access_token"`
	Type      string    `json:"token_type"`
	ExpiresIn int       `json:"expires_in"`
	Refresh   string    `json:"refresh_token"`
	DeviceID  string    `json:"device_id"`
	Server    time.Time `json:"server_time"`
}

// Exchanges of a code are counted by address, successful ones too; refreshes are counted by
// address and device.
func TestDeviceLimits(t *testing.T) {
	t.Parallel()
	c := newChain(t, func(*config.Settings) {})
	p, other := c.newPerson(t), c.newPerson(t)
	exchange := ask{method: "POST", path: "/auth/device/token", client: "203.0.113.7", body: examples["POST /auth/device/token"].body}
	for range 5 {
		c.must(t, http.StatusUnauthorized, exchange)
	}
	expectWait(t, c.answer(t, exchange), 60)
	exchange.client = "203.0.113.8"
	c.must(t, http.StatusUnauthorized, exchange)

	from := func(client, token string) ask {
		a := refreshed(token)
		a.client = client
		return a
	}
	for range 30 {
		c.must(t, http.StatusOK, from("203.0.113.7", p.device.Refresh))
		c.must(t, http.StatusUnauthorized, from("203.0.113.7", "of no device"))
	}
	expectWait(t, c.answer(t, from("203.0.113.7", p.device.Refresh)), 60)
	expectWait(t, c.answer(t, from("203.0.113.7", "of no other device")), 60)
	c.must(t, http.StatusOK, from("203.0.113.8", p.device.Refresh))
	c.must(t, http.StatusOK, from("203.0.113.7", other.device.Refresh))
}

// The presses of a user's widget and of their other clients are counted together.
func TestWidgetsPressesAreTheUsers(t *testing.T) {
	t.Parallel()
	c := newChain(t, func(*config.Settings) {})
	p := c.newPerson(t)
	c.clock.advance(5 * time.Minute) // newPerson's requests no longer count
	for i := range 15 {
		token := []string{p.token, p.device.Access}[i%2]
		c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: token, body: `{"type":"NEXT"}`})
	}
	for _, token := range []string{p.token, p.device.Access} {
		expectWait(t, c.answer(t, ask{method: "POST", path: "/events", bearer: token, body: `{"type":"NEXT"}`}), 60)
	}
}

// A stolen refresh token is detected once both the thief and the owner have used it, and
// the owner's security log says so.
func TestStolenRefreshToken(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	thief := decoded[grantedBody](t, c.must(t, http.StatusOK, refreshed(p.device.Refresh)))
	owner := decoded[grantedBody](t, c.must(t, http.StatusOK, refreshed(p.device.Refresh)))
	c.must(t, http.StatusOK, refreshed(thief.Refresh))
	c.clock.advance(time.Second)
	reused := c.must(t, http.StatusUnauthorized, refreshed(owner.Refresh))
	unknown := c.must(t, http.StatusUnauthorized, refreshed("of no device"))
	sameAnswer(t, "a token that was used up", reused, unknown)
	for _, token := range []string{thief.Access, owner.Access, p.device.Access} {
		c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: token})
	}
	log := decoded[[]struct {
		Event, Detail string
		ByMyself      bool `json:"by_myself"`
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me/security-log?limit=1", bearer: p.token}))
	if len(log) != 1 || log[0].Event != "device token reused" || log[0].Detail != "Firefox" || log[0].ByMyself {
		t.Errorf("the security log begins with %+v", log)
	}
}
