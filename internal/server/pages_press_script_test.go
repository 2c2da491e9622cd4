package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// byScript sends a form as the script of the pages does.
func (b *browser) byScript(t *testing.T, fields url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, pressPath, strings.NewReader(fields.Encode()))
	r.Host = chainHost
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", chainOrigin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// tapped returns the fields of a button, tapped some time ago by a clock that is ahead of the
// server's.
func (b *browser) tapped(p page, button string, ago, ahead time.Duration) url.Values {
	fields, now := p.form("press-"+button), b.clock.now().Add(ahead)
	fields.Set("timestamp", now.Add(-ago).Format("2006-01-02T15:04:05.000Z07:00"))
	fields.Set("sent_at", now.Format("2006-01-02T15:04:05.000Z07:00"))
	return fields
}

// A script is answered in JSON, with the words of the page. A press counts from when it was
// tapped, also when it could be sent only later, and by any clock.
func TestPressesOfAScript(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	p := b.visit(t, "/dashboard/today")
	for _, step := range []struct {
		after      time.Duration
		button     string
		ago, ahead time.Duration
		want       string
	}{
		{0, "next", 0, 0, "Started."},
		{5 * time.Minute, "next", 2 * time.Minute, 0, "Question 1: 03:00."},
		{time.Minute, "next", time.Minute, -time.Hour, "Question 2: 02:00."},
		{4 * time.Minute, "pause", 3 * time.Minute, time.Hour, "Paused."},
		{time.Minute, "end", 0, 0, "Question 3: 02:00. The session ended at 12:11."},
	} {
		c.clock.advance(step.after)
		fields := b.tapped(p, step.button, step.ago, step.ahead)
		for _, want := range []string{step.want, "This press was counted already."} {
			w := b.byScript(t, fields)
			if got := decoded[map[string]string](t, w)["message"]; w.Code != http.StatusOK || got != want || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("%s: %d %q, want %q", step.button, w.Code, got, want)
			}
		}
		p = b.visit(t, "/dashboard/today")
	}
}

// Failures of a script have their status, and the words of the page.
func TestRefusedPressesOfAScript(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, time.Minute, "NEXT", "NEXT")
	p := b.visit(t, "/dashboard/today")
	again := b.tapped(p, "next", time.Second, 0)
	if w := b.byScript(t, again); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	again.Set("timestamp", c.clock.now().Format(time.RFC3339))
	foreign := b.tapped(p, "pause", 0, 0)
	foreign.Set("csrf_token", "of somebody else")
	future := b.tapped(p, "pause", -3*time.Minute, 0)
	ended := b.tapped(p, "end", 0, 0)
	for name, test := range map[string]struct {
		fields url.Values
		status int
		want   string
	}{
		"an id with another time": {again, http.StatusConflict, "This press was counted before, at another time."},
		"another page's token":    {foreign, http.StatusBadRequest, "This page was open for too long: press again."},
		"the future":              {future, http.StatusUnprocessableEntity, "timestamp must not be more than 2 minutes in the future"},
	} {
		w := b.byScript(t, test.fields)
		if got := decoded[map[string]any](t, w)["detail"]; w.Code != test.status || got != test.want {
			t.Errorf("%s: %d %q, want %d %q", name, w.Code, got, test.status, test.want)
		}
	}
	b.press(t, 0, "EXIT")
	if w := b.byScript(t, ended); w.Code != http.StatusBadRequest || decoded[map[string]any](t, w)["detail"] != "Nothing runs: press Start to begin." {
		t.Errorf("without a session: %d %s", w.Code, w.Body)
	}
	delete(b.cookies, "access_token")
	if w := b.byScript(t, ended); w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
		t.Errorf("without a login: %d %s", w.Code, w.Body)
	}
}
