package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

// The default limits are those of docs/contract.md#limits. A client that exceeds one waits
// as long as the answer says, and no longer.
func TestDefaultLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		limit   int // per minute
		request func(person, int) ask
	}{
		{"login", 5, func(person, int) ask {
			return ask{method: "POST", path: "/auth/login", client: "203.0.113.7", body: `{"email":"` + guest + `","password":"` + chainPassword + `"}`}
		}},
		{"registration", 3, func(_ person, i int) ask {
			return ask{
				method: "POST", path: "/auth/register", client: "203.0.113.7",
				body: fmt.Sprintf(`{"email":"limited-%d@example.org","password":"%s"}`, i, chainPassword),
			}
		}},
		{"event", 15, func(p person, _ int) ask {
			return ask{method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT"}`}
		}},
		{"confirmation", 5, func(p person, _ int) ask {
			return ask{method: "POST", path: "/me/totp", bearer: p.token, body: confirmation}
		}},
		{"refresh", 30, func(p person, _ int) ask {
			return ask{method: "POST", path: "/auth/device/refresh", client: "203.0.113.7", body: `{"refresh_token":"` + p.device.Refresh + `"}`}
		}},
		{"correction", 60, func(p person, i int) ask {
			return []ask{
				{method: "PATCH", path: "/sessions/" + p.ids["session_id"], bearer: p.token, body: `{"target_minutes_per_question":5}`},
				{method: "PATCH", path: "/sessions/" + p.ids["session_id"] + "?preview=true", bearer: p.token, body: `{"target_minutes_per_question":5}`},
				{method: "GET", path: "/dashboard/sessions/" + p.ids["session_id"] + "/presses/new?type=next&timestamp=2026-01-31T10:00:00", cookie: p.token},
			}[i%3]
		}},
		{"read", 300, func(p person, i int) ask {
			return ask{method: "GET", path: []string{"/dashboard/today", "/dashboard/week/json"}[i%2], bearer: p.token}
		}},
		{"batch", 15, func(p person, _ int) ask {
			return ask{method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[{"type":"NEXT"},{"type":"NEXT"}]}`}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, func(*config.Settings) {})
			p := c.newPerson(t)
			c.clock.advance(time.Hour) // newPerson's requests no longer count
			for i := range test.limit {
				c.must(t, http.StatusOK, test.request(p, i))
			}
			c.clock.advance(20 * time.Second)
			w := c.answer(t, test.request(p, test.limit))
			expectWait(t, w, 40)
			c.clock.advance(40*time.Second - time.Microsecond)
			expectWait(t, c.answer(t, test.request(p, test.limit)), 1)
			c.clock.advance(time.Microsecond)
			c.must(t, http.StatusOK, test.request(p, test.limit))
		})
	}
}

// A limit of one user or address does not limit others.
func TestLimitsOfOthers(t *testing.T) {
	t.Parallel()
	c := newChain(t, func(*config.Settings) {})
	p, other := c.newPerson(t), c.newPerson(t)
	c.clock.advance(time.Hour)
	login := ask{method: "POST", path: "/auth/login", client: "2001:db8:0:1::7", body: `{}`}
	event := ask{method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT"}`}
	for range 16 {
		c.answer(t, login)
		c.answer(t, event)
	}
	for name, a := range map[string]ask{
		"event over a batch":       {method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[{"type":"NEXT"}]}`},
		"event from elsewhere":     {method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT"}`, client: "203.0.113.8"},
		"event by cookie":          {method: "POST", path: "/events", cookie: p.token, body: `{"type":"NEXT"}`},
		"login from the same /64":  {method: "POST", path: "/auth/login", client: "2001:db8:0:1:ffff::8", body: `{}`},
		"login by a forged header": {method: "POST", path: "/auth/login", client: login.client, body: `{}`, header: http.Header{"X-Forwarded-For": {"203.0.113.9"}}},
	} {
		if w := c.answer(t, a); w.Code != http.StatusTooManyRequests {
			t.Errorf("%s: %d %s, want 429", name, w.Code, w.Body)
		}
	}
	for name, a := range map[string]ask{
		"another user's event":     {method: "POST", path: "/events", bearer: other.token, body: `{"type":"NEXT"}`},
		"a read":                   {method: "GET", path: "/me", bearer: p.token},
		"a login from another /64": {method: "POST", path: "/auth/login", client: "2001:db8:0:2::7", body: `{"email":"` + guest + `","password":"` + chainPassword + `"}`},
	} {
		if w := c.answer(t, a); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s, want 200", name, w.Code, w.Body)
		}
	}
}

// expectWait fails the test unless the answer says to wait this many seconds.
func expectWait(t *testing.T, w *httptest.ResponseRecorder, seconds int) {
	t.Helper()
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != strconv.Itoa(seconds) {
		t.Errorf("%d, Retry-After %q: want 429 and %d s", w.Code, w.Header().Get("Retry-After"), seconds)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
}
