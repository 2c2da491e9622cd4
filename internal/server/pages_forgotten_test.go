package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// inBerlin returns the browser of a person in Berlin who pressed NEXT twice, the second time
// at this moment, and forgot the session since then.
func (c *chain) inBerlin(t *testing.T, pressedAt string, idle time.Duration) *browser {
	t.Helper()
	at, err := time.Parse(time.RFC3339, pressedAt)
	if err != nil {
		t.Fatal(err)
	}
	c.clock.advance(at.Add(-5 * time.Minute).Sub(c.clock.now()))
	b := c.register(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"timezone":"Europe/Berlin"}`})
	b.press(t, 0, "NEXT")
	b.press(t, 5*time.Minute, "NEXT")
	c.clock.advance(idle)
	return b
}

// newest returns the newest session.
func (b *browser) newest(t *testing.T) map[string]any {
	t.Helper()
	return decoded[[]map[string]any](t, b.must(t, http.StatusOK, ask{method: "GET", path: "/sessions/recent", bearer: b.token()}))[0]
}

// The page of today, that of the session and the list of the day say that a session was
// forgotten. It can end at its last press, exactly and once.
func TestForgottenOnPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.inBerlin(t, "2026-02-10T13:32:17.123456Z", time.Hour)
	if p := b.visit(t, "/dashboard/today"); p.form("press-last") != nil {
		t.Error("an hour looks forgotten")
	}
	c.clock.advance(10 * time.Minute)
	session := b.newest(t)["session_id"].(string)
	if other := b.visit(t, "/dashboard/today?date=2026-02-09"); strings.Contains(other.text(), "forgot to end?") {
		t.Error("a day without the session marks it")
	}
	const since = "There has been no press since 14:32, for 01:10 h. Question 2 had only begun then: an end at that press leaves it out."
	today := b.visit(t, "/dashboard/today").expect(t, http.StatusOK, since, "no press since 14:32: forgot to end?")
	b.visit(t, "/dashboard/sessions/"+session).expect(t, http.StatusOK, since, "End at 14:32, the last press", "Keep it running")
	for range 2 {
		p := b.pressOn(t, today, "last")
		if p.form("press-last") != nil || p.said() != "The session ended at 14:32." && p.said() != "This press was counted already." {
			t.Errorf("the page says %q", p.said())
		}
	}
	summary := b.json(t, "/summary/"+session)
	if summary["ended_at"] != "2026-02-10T13:32:17.123456Z" || summary["total_questions"] != 1.0 || summary["is_active"] != false {
		t.Errorf("the session is %v", summary)
	}
}

// A paused session is offered the same. Keeping it changes nothing but that it is no longer
// without a press.
func TestKeepingAForgottenSession(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	for _, wanted := range []string{"running", "paused"} {
		b := c.inBerlin(t, c.clock.now().Add(24*time.Hour).Format(time.RFC3339), 0)
		if wanted == "paused" {
			b.press(t, time.Minute, "PAUSE")
		}
		c.clock.advance(23 * time.Hour)
		p := b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Keep it "+wanted, "for 23:00 h")
		yesterday := c.clock.now().Add(-24 * time.Hour).Format(time.DateOnly)
		b.visit(t, "/dashboard/today?date="+yesterday).expect(t, http.StatusOK, "forgot to end?")
		p = b.pressOn(t, p, "keep")
		if p.said() != "Kept: the session goes on." || p.form("press-last") != nil || p.find("class", "eyebrow") != "Question 2 · "+wanted {
			t.Errorf("%s: the page says %q and %q", wanted, p.said(), p.find("class", "eyebrow"))
		}
		b.press(t, 0, "EXIT")
		c.must(t, http.StatusOK, ask{method: "DELETE", path: "/me", bearer: b.token(), body: confirmation})
	}
}

// A forgotten session ends at a time that the person names, by the clocks of their zone.
func TestEndAtATime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pressedAt string
		idle      time.Duration
		typed     string
		want      string // end of the session, or why the time is refused
	}{
		"the same day":            {"2026-02-10T13:32:17Z", 3 * time.Hour, "2026-02-10T15:40", "2026-02-10T14:40:00Z"},
		"the day before":          {"2026-02-10T21:00:00Z", 12 * time.Hour, "2026-02-10T23:10", "2026-02-10T22:10:00Z"},
		"the minute of the press": {"2026-02-10T13:32:17Z", 3 * time.Hour, "2026-02-10T14:32", "2026-02-10T13:32:17Z"},
		"now":                     {"2026-02-10T13:32:17Z", 3 * time.Hour, "2026-02-10T17:32", "2026-02-10T16:32:00Z"},
		"before the press":        {"2026-02-10T13:32:17Z", 3 * time.Hour, "2026-02-10T14:31", "There are presses after this time: choose a later one."},
		"the future":              {"2026-02-10T13:32:17Z", 3 * time.Hour, "2026-02-10T17:33", "This time has not come yet: choose an earlier one."},
		"nonsense":                {"2026-02-10T13:32:17Z", 3 * time.Hour, "half past two", "Choose a date and a time."},
		"nothing":                 {"2026-02-10T13:32:17Z", 3 * time.Hour, "", "Choose a date and a time."},
		"a skipped time":          {"2026-03-29T00:40:00Z", 3 * time.Hour, "2026-03-29T02:30", "The clocks skipped this time when they went forward: choose another one."},
		"after the jump":          {"2026-03-29T00:40:00Z", 3 * time.Hour, "2026-03-29T03:30", "2026-03-29T01:30:00Z"},
		"a time that came twice":  {"2026-10-25T00:30:00Z", 5 * time.Hour, "2026-10-25T02:45", "This time came twice, because the clocks went back: choose which one."},
		"its second time":         {"2026-10-25T00:30:00Z", 5 * time.Hour, "2026-10-25T02:15", "2026-10-25T01:15:00Z"},
		"its first time":          {"2026-10-25T00:30:00Z", 61 * time.Minute, "2026-10-25T02:45", "2026-10-25T00:45:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, withoutLimits)
			b := c.inBerlin(t, test.pressedAt, test.idle)
			p := b.pressOn(t, b.visit(t, "/dashboard/today"), "then", "at", test.typed)
			if ended := b.newest(t)["ended_at"]; ended != nil {
				if ended != test.want {
					t.Errorf("ended at %v, want %s", ended, test.want)
				}
				return
			}
			if got := p.find("id", "at-problem"); got != test.want {
				t.Errorf("the page says %q, want %q", got, test.want)
			}
			if got := valueOf(p, "at"); strings.Contains(test.typed, "T") && got != test.typed {
				t.Errorf("the field has %q, and %q was typed", got, test.typed)
			}
		})
	}
}

// Of a time that came twice, the page offers both.
func TestEndAtATimeThatCameTwice(t *testing.T) {
	t.Parallel()
	for button, want := range map[string]string{"twice-1": "2026-10-25T00:45:00Z", "twice-2": "2026-10-25T01:45:00Z"} {
		c := newChain(t, withoutLimits)
		b := c.inBerlin(t, "2026-10-25T00:30:00Z", 5*time.Hour)
		p := b.pressOn(t, b.visit(t, "/dashboard/today"), "then", "at", "2026-10-25T02:45")
		p.expect(t, http.StatusOK, "End at 02:45 CEST, the first time", "End at 02:45 CET, the second time")
		b.pressOn(t, p, button)
		if ended := b.newest(t)["ended_at"]; ended != want {
			t.Errorf("%s: ended at %v, want %s", button, ended, want)
		}
	}
}

// An offer that is out of date ends nothing.
func TestStaleOfferToEnd(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.inBerlin(t, "2026-02-10T13:32:17Z", 3*time.Hour)
	offer := b.visit(t, "/dashboard/today")
	b.press(t, 0, "NEXT")
	if p := b.pressOn(t, offer, "last"); p.refused() != "There are presses after this time: choose a later one." {
		t.Errorf("after another press: %q %q", p.said(), p.refused())
	}
	b.press(t, time.Minute, "EXIT")
	b.submit(t, offer, "last").leadsTo(t, "/dashboard/today?refused=nothing-runs")
	b.submit(t, offer, "then", "at", "2026-02-10T15:00").leadsTo(t, "/dashboard/today?refused="+url.QueryEscape("nothing-runs 2026-02-10T15:00"))
	if session := b.newest(t); session["ended_at"] != "2026-02-10T16:33:17Z" {
		t.Errorf("the session is %v", session)
	}
}
