package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// pressed records presses at these times and returns the session.
func (b *browser) pressed(t *testing.T, presses ...string) (session string, ids []string) {
	t.Helper()
	var events []string
	for _, p := range presses {
		kind, at, _ := strings.Cut(p, " ")
		events = append(events, fmt.Sprintf(`{"type":%q,"timestamp":%q}`, kind, at))
	}
	answer := decoded[struct {
		Results []struct {
			EventID string `json:"event_id"`
			Answer  struct {
				SessionID string `json:"session_id"`
			}
		}
	}](t, b.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: b.token(), body: `{"events":[` + strings.Join(events, ",") + `]}`}))
	for _, r := range answer.Results {
		ids = append(ids, r.EventID)
		session = r.Answer.SessionID
	}
	return session, ids
}

// countsAt returns when a press counts: it ends the question that has its ID.
func (b *browser) countsAt(t *testing.T, session, press string) any {
	t.Helper()
	for _, q := range b.questions(t, session) {
		if q["id"] == press {
			return q["ended_at"]
		}
	}
	return nil
}

// A page shows whole seconds. What it shows, sent back, means the exact time; so does the
// second of the press before, which a moved press then follows at once.
func TestExactTimesOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	session, ids := b.pressed(t, "NEXT 2026-01-31T10:00:00.25Z", "NEXT 2026-01-31T10:05:00.75Z", "NEXT 2026-01-31T10:09:00.123456Z")
	address := func(press string) string { return "/dashboard/sessions/" + session + "/presses/" + press + "/move" }
	form := b.visit(t, address(ids[2])).expect(t, http.StatusOK, "10:09:00 Next: question 2, 03:59")
	if got := valueOf(form, "timestamp"); got != "2026-01-31T10:09:00" {
		t.Fatalf("the field has %q", got)
	}
	b.visit(t, asked(address(ids[2]), "timestamp", "2026-01-31T10:09:00")).expect(t, http.StatusOK, "Nothing would change.")
	for _, move := range []struct{ to, want string }{
		{"2026-01-31T10:05:00", "2026-01-31T10:05:00.75Z"}, {"2026-01-31T10:07", "2026-01-31T10:07:00Z"}, {"2026-01-31 10:08:30", "2026-01-31T10:08:30Z"},
	} {
		saved := b.save(t, b.visit(t, asked(address(ids[2]), "timestamp", move.to)).expect(t, http.StatusOK))
		if got := b.countsAt(t, session, ids[2]); got != move.want {
			t.Errorf("moved to %s it counts at %v", move.to, got)
		}
		b.undo(t, saved)
		if got := b.countsAt(t, session, ids[2]); got != "2026-01-31T10:09:00.123456Z" {
			t.Errorf("after undo it counts at %v", got)
		}
	}
}

// A time that the clocks showed twice asks which is meant, and one that they skipped is refused.
func TestTimesAtClockChangesOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"timezone":"Europe/Berlin"}`})
	autumn, ids := b.pressed(t, "NEXT 2025-10-25T23:00:00Z", "NEXT 2025-10-26T00:45:00.5Z", "NEXT 2025-10-26T02:00:00Z", "EXIT 2025-10-26T03:00:00Z")
	path := "/dashboard/sessions/" + autumn
	log := b.visit(t, path+"?log=show").lines()
	if want := "02:45:00 CEST Next: question 1, 105:01"; len(log) != 4 || log[1] != want {
		t.Errorf("the log is %q, want the line %q", log, want)
	}
	move := path + "/presses/" + ids[1] + "/move"
	const twice = "This came twice, because the clocks went back: choose which one is meant."
	p := b.visit(t, asked(move, "timestamp", "2025-10-26T02:30:00")).expect(t, http.StatusUnprocessableEntity, twice,
		"the first time, 02:30:00 CEST (UTC+02:00)", "the second time, 02:30:00 CET (UTC+01:00)")
	if got := valueOf(p, "timestamp"); got != "2025-10-26T02:30:00" {
		t.Errorf("the field has %q", got)
	}
	for which, want := range map[string]string{"first": "2025-10-26T00:30:00Z", "second": "2025-10-26T01:30:00Z"} {
		saved := b.save(t, b.visit(t, asked(move, "timestamp", "2025-10-26T02:30:00", "which", which)).expect(t, http.StatusOK))
		if got := b.countsAt(t, autumn, ids[1]); got != want {
			t.Errorf("the %s 02:30 is %v, want %s", which, got, want)
		}
		b.undo(t, saved)
	}
	// The time that the page showed needs no choice, though it came twice.
	b.visit(t, asked(move, "timestamp", "2025-10-26T02:45:00")).expect(t, http.StatusOK, "Nothing would change.")
	b.visit(t, asked("/dashboard/work", "date", "2025-10-26", "started_at", "02:10", "ended_at", "02:20", "questions", "1")).
		expect(t, http.StatusUnprocessableEntity, twice)

	for _, work := range []struct{ start, which, end, endWhich, want string }{
		{"02:10", "first", "02:20", "second", "00:10 01:20"},
		{"02:10", "second", "02:20", "second", "01:10 01:20"},
		{"02:50", "first", "02:10", "second", "00:50 01:10"},
		{"01:50", "", "03:10", "", "23:50 02:10"},
	} {
		saved := b.save(t, b.visit(t, asked("/dashboard/work", "date", "2024-10-27", "questions", "1", "started_at", work.start, "started_at_which", work.which,
			"ended_at", work.end, "ended_at_which", work.endWhich)).expect(t, http.StatusOK))
		session := b.json(t, "/dashboard/today/json?date=2024-10-27")["sessions"].([]any)[0].(map[string]any)
		if got := utc(session["started_at"]) + " " + utc(session["ended_at"]); got != work.want {
			t.Errorf("%v is from %s", work, got)
		}
		b.undo(t, saved)
	}

	spring, ids := b.pressed(t, "NEXT 2025-03-30T00:00:00Z", "NEXT 2025-03-30T01:15:00Z", "EXIT 2025-03-30T02:00:00Z")
	b.visit(t, asked("/dashboard/sessions/"+spring+"/presses/"+ids[1]+"/move", "timestamp", "2025-03-30T02:30:00")).
		expect(t, http.StatusUnprocessableEntity, "This was skipped when the clocks went forward: choose another time.")
}

// A page says that something was done only if that is true, whatever its address says.
func TestCraftedNoticesOfPresses(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	_, theirs, theirQuestions := c.worked(t, "bob@example.org")
	path := "/dashboard/sessions/" + session
	mine, press := session+":"+questions[0], theirs+":"+theirQuestions[0]
	for _, undo := range []string{
		"added", "added:" + mine, "removed:" + mine, "restored:" + mine, "resumed:" + mine, "moved:" + mine, "moved:" + mine + ":x", "entered:" + session,
		"moved:" + mine + ":" + fmt.Sprint(time.Date(2026, 1, 31, 12, 10, 0, 0, time.UTC).UnixMicro()), "removed:" + press, "moved:" + press + ":1",
		"entered:" + theirs, "added:" + session + ":" + session, "removed:" + strings.ToUpper(mine), "removed:" + mine + ":1", "entered:../../logout",
	} {
		if p := b.visit(t, asked(path, "undo", undo)).expect(t, http.StatusOK); p.status() != "" {
			t.Errorf("of %q the page says %q", undo, p.status())
		}
	}
	// A form leads back to a page of this server only.
	preview := b.visit(t, asked(path+"/presses/"+questions[0]+"/remove", "next", "//evil.example/")).expect(t, http.StatusOK)
	for _, link := range preview.links() {
		if strings.Contains(link, "evil") {
			t.Errorf("the page leads to %s", link)
		}
	}
	preview = b.visit(t, path+"/presses/"+questions[0]+"/remove")
	form := url.Values{"csrf_token": {b.cookies["csrf_token"]}, "next": {"https://evil.example/"}}
	if to := b.request(t, http.MethodPost, path+"/presses/"+questions[0]+"/remove", form).Header().Get("Location"); !strings.HasPrefix(to, path+"?") {
		t.Errorf("%s: the form leads to %s", preview.text(), to)
	}
}

// A long log comes in pages, and a press of the second page leads back to it.
func TestLongLogOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	at := chainStart().Add(-24 * time.Hour)
	var session string
	for range 3 {
		var presses []string
		for range 200 {
			at = at.Add(time.Minute)
			presses = append(presses, "NEXT "+at.Format(time.RFC3339))
		}
		session, _ = b.pressed(t, presses...)
	}
	path := "/dashboard/sessions/" + session
	first := b.visit(t, path+"?log=show").expect(t, http.StatusOK, "Lines 1 to 500 of 600")
	second := b.visit(t, path+"?log=show&log_page=2").expect(t, http.StatusOK, "Lines 501 to 600 of 600")
	if len(first.lines()) != 500 || len(second.lines()) != 100 {
		t.Errorf("the pages have %d and %d lines", len(first.lines()), len(second.lines()))
	}
	var remove string
	for _, link := range second.links() {
		if strings.Contains(link, "/remove?") {
			remove = link
		}
	}
	if back := b.save(t, b.visit(t, remove)); len(back.lines()) != 100 || !strings.HasSuffix(back.status(), "removed. Undo") {
		t.Errorf("then the page has %d lines and says %q", len(back.lines()), back.status())
	}
	b.visit(t, path+"?log=show&log_page=0").expect(t, http.StatusBadRequest)
}
