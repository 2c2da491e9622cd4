package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

// A user who has added as many events as they may on a day is told so, in every way to add
// one, and when it goes on. Of a batch the events that fit are recorded.
func TestEventsOfADay(t *testing.T) {
	t.Parallel()
	c := newChain(t, func(s *config.Settings) { s.MaxEventsPerDay = 150 })
	p := c.newPerson(t) // adds some events
	batch := ask{method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[` + strings.Repeat(`{"type":"NEXT"},`, 99) + `{"type":"NEXT"}]}`}
	c.must(t, http.StatusOK, batch)
	var answered struct {
		Results []struct {
			Status int
			Reason string
		}
	}
	if err := json.Unmarshal(c.must(t, http.StatusOK, batch).Body.Bytes(), &answered); err != nil {
		t.Fatal(err)
	}
	fit := 0
	for i, r := range answered.Results {
		switch {
		case r.Status == http.StatusOK && fit == i:
			fit++
		case r.Status != http.StatusTooManyRequests || !strings.Contains(r.Reason, "00:00 UTC"):
			t.Errorf("event %d, of which %d fit: %d, %q", i+1, fit, r.Status, r.Reason)
		}
	}
	if fit == 0 || fit > 50 {
		t.Errorf("%d of the second batch fit, want some, and at most 50", fit)
	}
	now := c.clock.now().UTC()
	left := int(now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now).Seconds())
	beyond := []ask{
		batch,
		{method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT"}`},
		{method: "PATCH", path: "/sessions/" + p.ids["session_id"], bearer: p.token, body: `{"target_minutes_per_question":7}`},
	}
	for _, a := range beyond {
		expectWait(t, c.answer(t, a), left)
	}
	b := c.newBrowser()
	b.cookies["access_token"] = p.token
	if page := b.visit(t, "/dashboard/today?refused=day"); !strings.Contains(page.refused(), "00:00 UTC") {
		t.Errorf("the page says %q", page.refused())
	}
}
