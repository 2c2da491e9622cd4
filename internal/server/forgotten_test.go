package server

import (
	"net/http"
	"testing"
	"time"
)

// A session that was forgotten is marked wherever the JSON names it, until it ends.
func TestForgottenInJSON(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, 5*time.Minute, "NEXT", "NEXT", "EXIT", "NEXT", "NEXT")
	recent := decoded[[]map[string]any](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/sessions/recent", bearer: b.token()}))
	newest := recent[0]["session_id"].(string)
	marks := func() (marked []string) {
		t.Helper()
		note := func(where string, session any) {
			if s := session.(map[string]any); s["is_forgotten"] == true {
				if s["session_id"] != newest || s["is_active"] != true {
					t.Errorf("%s: %v is marked", where, s)
				}
				marked = append(marked, where)
			}
		}
		for _, path := range []string{"/sessions/recent", "/admin/debug/user-sessions"} {
			for _, s := range decoded[[]any](t, c.must(t, http.StatusOK, ask{method: "GET", path: path, bearer: b.token()})) {
				note(path, s)
			}
		}
		for _, s := range recent {
			note("summary", b.json(t, "/summary/"+s["session_id"].(string)))
		}
		for _, s := range b.json(t, "/dashboard/today/json?date=2026-01-31")["sessions"].([]any) {
			note("day", s)
		}
		for _, period := range []string{"/dashboard/week/json?date=2026-01-31", "/dashboard/month/json?month=2026-01"} {
			for _, day := range b.json(t, period)["days"].([]any) {
				for _, s := range day.(map[string]any)["sessions"].([]any) {
					note("period", s)
				}
			}
		}
		return marked
	}
	c.clock.advance(time.Hour)
	if got := marks(); got != nil {
		t.Errorf("after an hour: marked in %v", got)
	}
	c.clock.advance(time.Microsecond)
	if got := marks(); len(got) != 6 {
		t.Errorf("after more than an hour: marked in %v, want all six", got)
	}
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"forgotten_after_minutes":90}`})
	if got := marks(); got != nil {
		t.Errorf("with a setting of 90 minutes: marked in %v", got)
	}
	c.clock.advance(30 * time.Minute)
	if got := marks(); len(got) != 6 {
		t.Errorf("after 90 minutes: marked in %v, want all six", got)
	}
	b.press(t, 0, "EXIT")
	if got := marks(); got != nil {
		t.Errorf("after the end: marked in %v", got)
	}
}

// The setting is from 15 to 1440 whole minutes; 0 is the rule.
func TestForgottenAfterInJSON(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	for body, want := range map[string]int{
		`15`: http.StatusOK, `1440`: http.StatusOK, `0`: http.StatusOK, `null`: http.StatusOK,
		`14`: http.StatusUnprocessableEntity, `1441`: http.StatusUnprocessableEntity, `-1`: http.StatusUnprocessableEntity,
		`15.5`: http.StatusUnprocessableEntity, `"60"`: http.StatusUnprocessableEntity, `1e300`: http.StatusUnprocessableEntity,
	} {
		w := c.answer(t, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"forgotten_after_minutes":` + body + `}`})
		if w.Code != want {
			t.Errorf("%s: %d %s, want %d", body, w.Code, w.Body, want)
		}
	}
}
