package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A client that opens the stream's address as a page gets an error at once instead of a
// stream.
func TestLiveIsNoPage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.must(t, http.StatusBadRequest, ask{method: "GET", path: "/dashboard/live", bearer: c.newPerson(t).token})
	c.register(t, "ann@example.org").visit(t, "/dashboard/live").expect(t, http.StatusBadRequest, "stream of events")
}

// Pages about now name the revision that they show; pages about the past follow nothing.
func TestLivePages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	token := c.logIn(t, "/auth/login", "ann@example.org")
	press := func(kind string) {
		c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: token, body: `{"type":"` + kind + `"}`})
	}
	press("NEXT")
	recent := decoded[[]struct {
		ID string `json:"session_id"`
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/sessions/recent", bearer: token}))
	session := "/dashboard/sessions/" + recent[0].ID
	revision := func(path string) string {
		return b.visit(t, path).expect(t, http.StatusOK).attributeOf("main", "data-live")
	}

	before := revision("/dashboard/today")
	for _, path := range []string{"/dashboard/week", "/dashboard/month", session} {
		if got := revision(path); got != before || got == "" {
			t.Errorf("%s: revision %q, want %q", path, got, before)
		}
	}
	press("NEXT")
	if after := revision("/dashboard/today"); after == before {
		t.Errorf("one revision %q before and after a press", after)
	}
	press("EXIT")
	for _, path := range []string{
		"/dashboard/today?date=2026-01-30", "/dashboard/week?date=2026-01-01", "/dashboard/month?month=2025-12", session, "/profile",
	} {
		if got := revision(path); got != "" {
			t.Errorf("%s: follows from %q, want nothing to follow", path, got)
		}
	}
}

// The place of a page that was closed is free again: somebody may open any number of pages, one
// after the other.
func TestStreamsOfClosedPagesAreGone(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	for range 45 { // a user has at most 20 at once
		deadline := time.Now().Add(hangs)
		for {
			status, _, body := askLive(t, server.URL, p.token, "")
			_ = body.Close()
			if status == http.StatusOK {
				break
			}
			if status != http.StatusServiceUnavailable || time.Now().After(deadline) { // the server may not know yet that the page is gone
				t.Fatalf("status %d", status)
			}
		}
	}
}
