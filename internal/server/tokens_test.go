package server

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// guarded returns the two requests on which tokens are tried: one that every user may send,
// and one that only an admin may.
func guarded(victim person) []ask {
	return []ask{
		{method: "GET", path: "/me"},
		{method: "GET", path: "/admin/debug/user-sessions?user_id=" + victim.ids["user_id"]},
	}
}

// presented returns a request with the token in each place where a token may stand.
func presented(a ask, token string) map[string]ask {
	bearer, cookie := a, a
	bearer.bearer, cookie.cookie = token, token
	return map[string]ask{"bearer": bearer, "cookie": cookie}
}

// tried returns the answers to a token, by the place where it stood.
func (c *chain) tried(t *testing.T, victim person, token string) map[string]*httptest.ResponseRecorder {
	t.Helper()
	answers := map[string]*httptest.ResponseRecorder{}
	for _, a := range guarded(victim) {
		for place, a := range presented(a, token) {
			answers[a.path+" by "+place] = c.answer(t, a)
		}
	}
	return answers
}

func TestForgedTokens(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	victim, admin := c.newPerson(t), c.newAdmin(t)
	// A good token that is made again in the way of the forgeries is still good.
	again := signed(tokenHeader, claimsBut(t, payloadOf(t, admin.token), "unused", "1"), sha256.New, tokenKey(t))
	for what, w := range c.tried(t, victim, again) {
		if w.Code != http.StatusOK {
			t.Fatalf("a good token, %s: %d %s", what, w.Code, w.Body)
		}
	}
	for name, token := range forgeries(t, admin.token, victim, c.clock.now()) {
		for what, w := range c.tried(t, victim, token) {
			if w.Code != http.StatusUnauthorized || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s, %s: %d %s, want 401", name, what, w.Code, w.Body)
			}
		}
	}
}

// A token is read in two places and in no other.
func TestTokensElsewhere(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	for name, a := range map[string]ask{
		"query":             {path: "/me?access_token=" + p.token + "&token=" + p.token + "&authorization=Bearer%20" + p.token},
		"another header":    {path: "/me", header: http.Header{"X-Access-Token": {p.token}, "Access_token": {p.token}, "Proxy-Authorization": {"Bearer " + p.token}}},
		"another cookie":    {path: "/me", header: http.Header{"Cookie": {"csrf_token=" + p.token + "; Access_Token=" + p.token + "; token=" + p.token}}},
		"another scheme":    {path: "/me", header: http.Header{"Authorization": {"Basic " + p.token}}},
		"a second bearer":   {path: "/me", header: http.Header{"Authorization": {"Bearer x.y.z", "Bearer " + p.token}}},
		"the user of a URL": {path: "/me", header: http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(p.token+":"))}}},
	} {
		a.method = "GET"
		if w := c.answer(t, a); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// What happened to a user after a token was issued counts from the next request on.
func TestTokensOfUsersWhoChanged(t *testing.T) {
	t.Parallel()
	statement := func(c *chain, query string) func(*testing.T, person) {
		return func(t *testing.T, p person) {
			t.Helper()
			c.database(t, func(db *sql.DB) error {
				result, err := db.ExecContext(t.Context(), query, p.ids["user_id"])
				if err != nil {
					return err
				}
				if n, err := result.RowsAffected(); n != 1 {
					return errors.Join(err, errors.New("no such user"))
				}
				return nil
			})
		}
	}
	c := newChain(t, withoutLimits)
	victim := c.newPerson(t)
	for _, test := range []struct {
		name     string
		change   func(*testing.T, person)
		me, asAd []int // acceptable statuses of the two requests
	}{
		{"nothing", func(*testing.T, person) {}, []int{200}, []int{200}},
		{"logged out", func(t *testing.T, p person) {
			c.must(t, http.StatusOK, ask{method: "POST", path: "/auth/logout", bearer: p.token})
		}, []int{401}, []int{401}},
		{"disabled", statement(c, "UPDATE users SET is_active = 0 WHERE id = ?"), []int{401}, []int{401}},
		// Rows of the token are left behind, as a careless deletion would leave them.
		{"deleted", statement(c, "DELETE FROM users WHERE id = ?"), []int{401}, []int{401}},
		// The old token may end with the role, or stay valid with the rights of a user.
		{"demoted", func(t *testing.T, p person) {
			if err := c.Accounts.SetRole(t.Context(), p.email, account.RoleUser, account.By{}); err != nil {
				t.Error(err)
			}
		}, []int{200, 401}, []int{401, 404}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := c.newAdmin(t)
			test.change(t, p)
			for what, w := range c.tried(t, victim, p.token) {
				want := test.me
				if strings.HasPrefix(what, "/admin") {
					want = test.asAd
				}
				if !slices.Contains(want, w.Code) {
					t.Errorf("%s: %d %s, want one of %v", what, w.Code, w.Body, want)
				}
			}
		})
	}
}

// Over a real connection, a token of a megabyte exceeds the limit of headers, and the
// server keeps working.
func TestHugeTokenOverTheWire(t *testing.T) {
	t.Parallel()
	url, stop := serveTest(t, openTestServer(t))
	for name, set := range map[string]func(*http.Request, string){
		"bearer": func(r *http.Request, token string) { r.Header.Set("Authorization", "Bearer "+token) },
		"cookie": func(r *http.Request, token string) { r.Header.Set("Cookie", "access_token="+token) },
	} {
		for size, want := range map[int]int{1_000: http.StatusUnauthorized, 10_000: http.StatusUnauthorized, 1_000_000: http.StatusRequestHeaderFieldsTooLarge} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			set(r, strings.Repeat(".", size))
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				if want == http.StatusUnauthorized { // otherwise the server may hang up while the client still writes
					t.Errorf("%s of %d: %v", name, size, err)
				}
				continue
			}
			answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("%s of %d: %d, want %d", name, size, answer.StatusCode, want)
			}
		}
	}
	if status := get(t, url+"/health"); status != http.StatusOK {
		t.Errorf("/health afterwards: %d", status)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// A token of a megabyte costs hardly any memory, wherever it stands.
func TestHugeTokensCostNothing(t *testing.T) {
	c := newChain(t, withoutLimits)
	good := c.newPerson(t).token
	for name, token := range map[string]string{
		"dots":         strings.Repeat(".", 1<<20),
		"one letter":   strings.Repeat("A", 1<<20),
		"a good start": good + strings.Repeat("A", 1<<20),
		"a header":     signed(tokenHeader, string(bytes.Repeat([]byte("["), 1<<20)), sha256.New, tokenKey(t)),
	} {
		const runs = 64
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			if _, _, err := c.Accounts.Authenticate(t.Context(), token); !errors.Is(err, account.ErrUnauthenticated) {
				t.Fatalf("%s: %v", name, err)
			}
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / runs; each > 32<<10 {
			t.Errorf("%s: %d bytes are allocated for each", name, each)
		}
	}
}
