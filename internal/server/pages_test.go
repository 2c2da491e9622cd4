package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A person's whole way through the pages, without script.
func TestWayThroughThePages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.newBrowser()
	b.visit(t, "/").expect(t, http.StatusOK, "Log in", "Register")
	b = c.register(t, "ann@example.org")
	b.visit(t, "/").leadsTo(t, "/dashboard/today")
	b.visit(t, "/login?next=/profile").leadsTo(t, "/profile")
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Nothing yet today", "Saturday, 31 January 2026", "ann@example.org")

	b.press(t, 5*time.Minute, "NEXT", "NEXT", "NEXT")
	c.clock.advance(2*time.Minute + 7*time.Second)
	today := b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Question 3 · running", "in 1 session")
	if got := today.find("id", "running-clock"); got != "02:07" {
		t.Errorf("the clock shows %q", got)
	}
	day := b.json(t, "/dashboard/today/json")
	session := day["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	questions := b.json(t, "/summary/"+session)["questions"].([]any)
	question := questions[0].(map[string]any)["id"].(string)

	sessionPage := b.visit(t, "/dashboard/sessions/"+session).expect(t, http.StatusOK, "-00:30", "05:00")
	b.send(t, sessionPage, "/dashboard/sessions/"+session+"/questions/"+question+"/delete", url.Values{}).
		leadsTo(t, "/dashboard/sessions/"+session+"?undo=question%3A"+session+"%3A"+question)
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Question 2 · running")
	b.send(t, today, "/dashboard/sessions/"+session+"/delete", url.Values{}).
		leadsTo(t, "/dashboard/today?date=2026-01-31&undo=session%3A"+session)
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Nothing yet today")
	b.visit(t, "/dashboard/sessions/"+session).expect(t, http.StatusNotFound, "Nothing here")

	b.send(t, b.visit(t, "/dashboard/today"), "/logout", url.Values{}).leadsTo(t, "/")
	b.visit(t, "/dashboard/week").leadsTo(t, "/login?next=%2Fdashboard%2Fweek")
	login := b.visit(t, "/login?next=%2Fdashboard%2Fweek").expect(t, http.StatusOK)
	b.send(t, login, "/login", url.Values{"email": {"ann@example.org"}, "password": {chainPassword}}).leadsTo(t, "/dashboard/week")
	b.visit(t, "/dashboard/week").expect(t, http.StatusOK, "26 January – 1 February 2026")
}

// The numbers of a page are those of the JSON of the same day, session, week or month.
func TestPagesSayWhatTheJSONSays(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, 4*time.Minute+31*time.Second, "NEXT", "NEXT", "PAUSE", "PAUSE", "NEXT", "EXIT")
	b.press(t, 47*time.Minute+499*time.Millisecond, "NEXT", "NEXT", "NEXT")
	figures := func(p page) map[string]string {
		return map[string]string{
			"questions": p.find("id", "total-questions"), "active": p.find("id", "total-active"), "average": p.find("id", "average"),
			"pace": strings.ToLower(p.find("id", "pace")), "score": p.find("id", "score"),
		}
	}
	same := func(t *testing.T, what string, json map[string]any, pace, active string, p page) {
		t.Helper()
		want := map[string]string{
			"questions": fmt.Sprint(json["total_questions"]), "active": active, "average": fmt.Sprint(json["avg_active_mmss"]),
			"pace": fmt.Sprint(json[pace+"pace_label"]), "score": fmt.Sprint(json[pace+"score"]),
		}
		for name, got := range figures(p) {
			if got != want[name] && (name != "active" || active != "") || got == "" {
				t.Errorf("%s: %s is %q, and %q in the JSON", what, name, got, want[name])
			}
		}
	}
	day := b.json(t, "/dashboard/today/json")
	today := b.visit(t, "/dashboard/today").expect(t, http.StatusOK)
	same(t, "day", withNames(day, "daily_pace_label", "pace_label", "daily_score", "score"), "", fmt.Sprint(day["total_active_mmss"]), today)
	for _, period := range []string{"week", "month"} {
		json := b.json(t, "/dashboard/"+period+"/json")
		p := b.visit(t, "/dashboard/"+period).expect(t, http.StatusOK)
		same(t, period, json, "", fmt.Sprint(json["total_active_mmss"]), p)
		for _, d := range json["days"].([]any) {
			d := d.(map[string]any)
			row := p.find("data-date", d["date"].(string))
			if d["total_questions"] != 0.0 && !hasAll(row, d["total_sessions"], d["total_questions"], d["total_active_mmss"], d["avg_active_mmss"], d["daily_score"]) {
				t.Errorf("%s: %q, and in the JSON %v", period, row, d)
			}
		}
	}
	for _, s := range day["sessions"].([]any) {
		s := s.(map[string]any)
		id := s["session_id"].(string)
		if row := today.find("data-session", id); !hasAll(row, s["total_questions"], s["avg_active_mmss"], s["score"]) {
			t.Errorf("session %q, and in the JSON %v", row, s)
		}
		json, p := b.json(t, "/summary/"+id), b.visit(t, "/dashboard/sessions/"+id).expect(t, http.StatusOK)
		same(t, "session", json, "", "", p)
		for _, q := range json["questions"].([]any) {
			q := q.(map[string]any)
			if row := p.find("data-question", q["id"].(string)); !hasAll(row, q["index"], q["active_mmss"], q["over_under_target_mmss"]) {
				t.Errorf("question %q, and in the JSON %v", row, q)
			}
		}
	}
}

// withNames returns a body with some fields renamed: pairs of old and new names.
func withNames(body map[string]any, pairs ...string) map[string]any {
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i+1]] = body[pairs[i]]
	}
	return body
}

// hasAll reports whether a text has each value as a word of its own.
func hasAll(text string, values ...any) bool {
	for _, v := range values {
		if !strings.Contains(" "+text+" ", " "+fmt.Sprint(v)+" ") {
			return false
		}
	}
	return true
}

// A failure is a page for a person's browser, and a problem in JSON for any other client.
func TestFailuresAreForPersons(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.visit(t, "/nowhere").expect(t, http.StatusNotFound, "Nothing here", "Go to the start page")
	b.visit(t, "/profile/timezone").expect(t, http.StatusMethodNotAllowed, "No page here")
	b.visit(t, "/dashboard/today?date=yesterday").expect(t, http.StatusBadRequest, "want YYYY-MM-DD")
	b.visit(t, "/dashboard/month?month=2026-13").expect(t, http.StatusBadRequest, "want YYYY-MM")
	b.visit(t, "/dashboard/sessions/"+missingIDs()["session_id"]).expect(t, http.StatusNotFound, "Nothing here")
	b.request(t, http.MethodPost, "/logout", url.Values{"x": {strings.Repeat("x", 70_000)}}).expect(t, http.StatusRequestEntityTooLarge, "Too large")
	b.request(t, http.MethodPost, "/logout", url.Values{}).expect(t, http.StatusBadRequest, "open for too long")
	c.must(t, http.StatusUnsupportedMediaType, ask{method: "POST", path: "/logout", bearer: b.cookies["access_token"], body: `{}`})
	if w := c.answer(t, ask{method: "GET", path: "/dashboard/today"}); w.Code != http.StatusUnauthorized || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("who asks for no page: %d %v", w.Code, w.Header())
	}
}
