package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

const pressPath = "/dashboard/press"

// form returns the hidden fields of the form with this id, or nil.
func (p page) form(id string) url.Values {
	for n := range p.root.Descendants() {
		if n.Data != "form" || attribute(n, "id") != id {
			continue
		}
		fields := url.Values{}
		for field := range n.Descendants() {
			if attribute(field, "type") == "hidden" {
				fields.Set(attribute(field, "name"), attribute(field, "value"))
			}
		}
		return fields
	}
	return nil
}

// pressOn presses a button of a page and opens the page that follows.
func (b *browser) pressOn(t *testing.T, from page, button string, more ...string) page {
	t.Helper()
	return b.follow(t, b.submit(t, from, button, more...))
}

// submit sends the form of a button. more are names and values of further fields.
func (b *browser) submit(t *testing.T, from page, button string, more ...string) page {
	t.Helper()
	fields := from.form("press-" + button)
	if fields == nil {
		t.Fatalf("the page has no button %q: %s", button, from.text())
	}
	for i := 0; i < len(more); i += 2 {
		fields.Set(more[i], more[i+1])
	}
	return b.request(t, http.MethodPost, pressPath, fields)
}

// buttons returns the labels of the buttons to press.
func (p page) buttons() string {
	var labels []string
	for n := range p.root.Descendants() {
		if n.Data == "form" && attribute(n, "action") == pressPath {
			labels = append(labels, textOf(n))
		}
	}
	return strings.Join(labels, ", ")
}

func (p page) said() string { return p.find("id", "press-said") }

// refused returns why a press was refused.
func (p page) refused() string { return p.find("role", "alert") }

// A person works with the buttons of the pages alone. Each page says what the press did, and
// offers what can be pressed next.
func TestPressesOnPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	p := b.visit(t, "/dashboard/today")
	for _, step := range []struct {
		after         time.Duration
		button        string
		said, buttons string
	}{
		{0, "next", "Started.", "Next, Pause, End"},
		{190 * time.Second, "next", "Question 1: 03:10.", "Next, Pause, Undo, End"},
		{time.Minute, "pause", "Paused.", "Next, Resume, Undo, End"},
		{time.Hour, "pause", "Resumed.", "Next, Pause, Undo, End"},
		{time.Minute, "next", "Question 2: 02:00.", "Next, Pause, Undo, End"},
		{time.Second, "undo", "Undone: the question before runs again.", "Next, Pause, Undo, End"},
		{time.Minute, "end", "Question 2: 03:01. The session ended at 13:06.", "Start"},
	} {
		c.clock.advance(step.after)
		p = b.pressOn(t, p, step.button)
		if p.said() != step.said || p.buttons() != step.buttons || p.refused() != "" {
			t.Errorf("%s: the page says %q and offers %q, want %q and %q", step.button, p.said()+p.refused(), p.buttons(), step.said, step.buttons)
		}
	}
	day := b.json(t, "/dashboard/today/json")
	if day["total_questions"] != 2.0 || day["total_active_seconds"] != 371.0 {
		t.Errorf("the day is %v", day)
	}
	b.visit(t, "/dashboard/today?date=2026-01-30").expect(t, http.StatusOK)
	if other := b.visit(t, "/dashboard/today?date=2026-01-30"); other.buttons() != "" {
		t.Errorf("another day offers %q", other.buttons())
	}
}

// The page of the session that runs has the same buttons, and they lead back to it.
func TestPressesOnASession(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, _ := c.worked(t, "ann@example.org")
	path := "/dashboard/sessions/" + session
	p := b.visit(t, path).expect(t, http.StatusOK, "Question 4 · running")
	c.clock.advance(time.Minute)
	b.submit(t, p, "pause").leadsTo(t, path+"?pressed=paused")
	p = b.visit(t, path).expect(t, http.StatusOK, "Question 4 · paused")
	p = b.pressOn(t, p, "end")
	if p.buttons() != "" || p.status() != "Question 4: 01:00. The session ended at 12:56." {
		t.Errorf("after the end the page offers %q and says %q", p.buttons(), p.status())
	}
	c.clock.advance(time.Minute)
	b.press(t, 0, "NEXT")
	if p = b.visit(t, path); p.buttons() != "" {
		t.Errorf("beside another session that runs the page offers %q", p.buttons())
	}
}

// A form counts once, however often it is sent; every form has an id of its own.
func TestPressCountsOnce(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, time.Minute, "NEXT", "NEXT")
	from := b.visit(t, "/dashboard/today")
	ids := map[string]bool{}
	for n := range from.root.Descendants() {
		if attribute(n, "name") == "event_id" {
			if id := attribute(n, "value"); ids[id] || id == "" {
				t.Errorf("event id %q is there twice", id)
			} else {
				ids[id] = true
			}
		}
	}
	if len(ids) != 4 {
		t.Errorf("%d event ids", len(ids))
	}
	c.clock.advance(time.Minute)
	if p := b.pressOn(t, from, "next"); p.said() != "Question 2: 01:00." {
		t.Errorf("first: %q", p.said())
	}
	for range 3 {
		c.clock.advance(time.Second)
		if p := b.pressOn(t, from, "next"); p.said() != "This press was counted already." {
			t.Errorf("again: %q", p.said())
		}
	}
	if day := b.json(t, "/dashboard/today/json"); day["total_questions"] != 2.0 {
		t.Errorf("the day has %v questions", day["total_questions"])
	}
}

// A page that is out of date does what its button says, and nothing else.
func TestStalePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	idle := b.visit(t, "/dashboard/today")
	b.press(t, time.Minute, "NEXT", "NEXT")
	if p := b.pressOn(t, idle, "next"); p.refused() != "A session runs already, so none was started." {
		t.Errorf("Start beside a session: %q", p.refused())
	}
	running := b.visit(t, "/dashboard/today")
	b.press(t, time.Minute, "PAUSE")
	if p := b.pressOn(t, running, "pause"); p.said() != "Paused." || p.find("class", "eyebrow") != "Question 2 · paused" {
		t.Errorf("Pause of a pause: %q, %q", p.said(), p.find("class", "eyebrow"))
	}
	b.press(t, time.Minute, "EXIT")
	for _, button := range []string{"pause", "undo", "end"} {
		for _, next := range []string{"/dashboard/today", "/dashboard/sessions/11111111-1111-4111-8111-111111111111"} {
			b.submit(t, running, button, "event_id", idle.form("press-next").Get("event_id"), "next", next).
				leadsTo(t, "/dashboard/today?refused=nothing-runs")
		}
	}
	if p := b.visit(t, "/dashboard/today?refused=nothing-runs"); p.refused() != "Nothing runs: press Start to begin." {
		t.Errorf("the page says %q", p.refused())
	}
}

// What a page cannot send is refused and changes nothing; an address cannot put words on a page.
func TestCraftedPresses(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, time.Minute, "NEXT", "NEXT")
	_, theirs, theirQuestions := c.worked(t, "bob@example.org")
	from := b.visit(t, "/dashboard/today")
	before := b.json(t, "/dashboard/today/json")["sessions"]
	for _, crafted := range [][]string{
		{"event_id", ""},
		{"event_id", "x"},
		{"type", ""},
		{"type", "DELETE_SESSION"},
		{"paused", "maybe"},
		{"timestamp", "yesterday"},
		{"timestamp", "2026-01-31T12:01:30Z"},
		{"sent_at", "now"},
		{"at", "2026-01-31T12:01"},
		{"type", "EXIT", "timestamp", "1999-01-01T00:00:00Z", "sent_at", "1999-01-01T00:00:00Z"},
	} {
		p := b.submit(t, from, "next", crafted...)
		if p.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %s", crafted, p.Code, p.text())
		}
	}
	if fields := from.form("press-next"); fields != nil {
		fields.Set("csrf_token", "of somebody else")
		b.request(t, http.MethodPost, pressPath, fields).leadsTo(t, "/dashboard/today?refused=stale")
	}
	for _, query := range []string{
		"pressed=%3Ci%3E", "pressed=question:" + theirs + ":" + theirQuestions[0], "pressed=session:" + theirs, "refused=%3Ci%3E", "refused=twice+%3Ci%3E",
	} {
		if p := b.visit(t, "/dashboard/today?"+query).expect(t, http.StatusOK); p.said() != "" || strings.Contains(p.Body.String(), "<i>") {
			t.Errorf("%s: the page says %q", query, p.said())
		}
	}
	b.submit(t, from, "pause", "next", "//evil.example").leadsTo(t, "/dashboard/today?pressed=paused")
	after := b.json(t, "/dashboard/today/json")["sessions"]
	if len(before.([]any)) != len(after.([]any)) {
		t.Errorf("before %v, after %v", before, after)
	}
}

// A person has one rate for presses on pages and of the widget. The page says that it was
// exceeded.
func TestPressesAreLimited(t *testing.T) {
	t.Parallel()
	c := newChain(t, func(s *config.Settings) { s.Login, s.Register = limit.Rate{}, limit.Rate{} })
	b := c.register(t, "ann@example.org")
	p := b.visit(t, "/dashboard/today")
	for range 14 {
		p = b.pressOn(t, p, "next")
	}
	b.press(t, 0, "NEXT")
	p = b.pressOn(t, p, "next")
	if p.refused() != "Too many presses in a short time: wait a minute, then press again." {
		t.Errorf("the page says %q and %q", p.said(), p.refused())
	}
	w := b.byScript(t, p.form("press-next"))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "60" {
		t.Errorf("a script gets %d %s", w.Code, w.Body)
	}
	c.clock.advance(time.Minute)
	if p = b.pressOn(t, p, "next"); p.said() == "" {
		t.Errorf("a minute later: %q", p.refused())
	}
}
