package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Work without the clock is previewed, saved and taken back. Its times are those of the day, by
// the user's clocks.
func TestWorkOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"timezone":"Europe/Berlin","day_start":"05:00"}`})
	for _, test := range []struct {
		name  string
		query []string
		want  string // start, ends of questions, in UTC
	}{
		{"questions of equal length", []string{"started_at", "10:00", "ended_at", "11:00", "questions", "3"}, "09:00 09:20 09:40 10:00"},
		{"times", []string{"started_at", "10:00", "ended_at", "11:00", "times", "10:10\n\n10:15:30\r\n"}, "09:00 09:10 09:15:30 10:00"},
		{"times with the end", []string{"started_at", "10:00", "ended_at", "11:00", "times", "10:10\n11:00"}, "09:00 09:10 10:00"},
		{"only the end", []string{"started_at", "10:00", "ended_at", "11:00", "times", "11:00"}, "09:00 10:00"},
		{"both say the same", []string{"started_at", "10:00", "ended_at", "11:00", "times", "10:10", "questions", "2"}, "09:00 09:10 10:00"},
		{"over midnight", []string{"started_at", "23:30", "ended_at", "00:30", "times", "23:50\n00:10"}, "22:30 22:50 23:10 23:30"},
		{"after midnight, before the day ends", []string{"started_at", "02:00", "ended_at", "03:00", "questions", "1"}, "01:00 02:00"},
		{"over the end of the day", []string{"started_at", "04:30", "ended_at", "05:30", "times", "05:10"}, "03:30 04:10 04:30"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := b.json(t, "/dashboard/today/json?date=2026-01-29")
			preview := b.visit(t, asked("/dashboard/work", append(test.query, "date", "2026-01-29")...)).expect(t, http.StatusOK, "What is added")
			if diff := cmp.Diff(before, b.json(t, "/dashboard/today/json?date=2026-01-29")); diff != "" {
				t.Fatalf("the preview changed the day (-before +after):\n%s", diff)
			}
			saved := b.save(t, preview)
			sessions := b.json(t, "/dashboard/today/json?date=2026-01-29")["sessions"].([]any)
			if saved.status() != "Work added. Undo" || len(sessions) != 1 {
				t.Fatalf("the page says %q, and the day has %v", saved.status(), sessions)
			}
			got := []string{utc(sessions[0].(map[string]any)["started_at"])}
			for _, q := range b.questions(t, sessions[0].(map[string]any)["session_id"].(string)) {
				got = append(got, utc(q["ended_at"]))
			}
			if diff := cmp.Diff(strings.Fields(test.want), got); diff != "" {
				t.Errorf("the questions (-want +got):\n%s", diff)
			}
			if undone := b.undo(t, saved); !strings.HasPrefix(undone.status(), "Session of") {
				t.Errorf("after undo the page says %q", undone.status())
			}
			if diff := cmp.Diff(before, b.json(t, "/dashboard/today/json?date=2026-01-29")); diff != "" {
				t.Errorf("after undo (-before +after):\n%s", diff)
			}
		})
	}
}

// utc returns the time of the day of a time in JSON, without seconds that are 0.
func utc(at any) string {
	_, text, _ := strings.Cut(at.(string), "T")
	return strings.TrimSuffix(strings.TrimSuffix(text, "Z"), ":00")
}

// What is refused stands beside its field, with what was typed. A session that is in the way is
// named by the user's clocks, with a link.
func TestRefusedWorkOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, _ := c.worked(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"timezone":"Europe/Berlin"}`})
	b.press(t, 5*time.Minute, "EXIT")
	for _, test := range []struct{ start, end, questions, times, field, want string }{
		{"", "11:00", "3", "", "started_at", "must be a time"},
		{"25:00", "11:00", "3", "", "started_at", "must be a time"},
		{"10:00", "noon", "3", "", "ended_at", "must be a time"},
		{"10:00", "10:00", "3", "", "ended_at", "must be after the start."},
		{"10:00", "11:00", "", "", "questions", "must be given, or the times below"},
		{"10:00", "11:00", "0", "", "questions", "from 1 to 500"},
		{"10:00", "11:00", "-1", "", "questions", "from 1 to 500"},
		{"10:00", "11:00", "501", "", "questions", "from 1 to 500"},
		{"10:00", "11:00", "many", "", "questions", "must be a number"},
		{"10:00", "11:00", "3", "10:20", "questions", "which make 2 questions"},
		{"10:00", "11:00", "", "10:20\n10:10", "times", "must be in order"},
		{"10:00", "11:00", "", "11:01", "times", "must be in order"},
		{"10:00", "11:00", "", "10:20 10:40", "times", "one time on each line"},
		{"10:00", "11:00", "", "<b>", "times", "one time on each line"},
		{"14:30", "15:30", "3", "", "ended_at", "in the future"},
	} {
		p := b.visit(t, asked("/dashboard/work", "date", "2026-01-31", "started_at", test.start, "ended_at", test.end, "questions", test.questions, "times", test.times))
		p.expect(t, http.StatusUnprocessableEntity)
		if got := p.find("id", test.field+"-problem"); !strings.Contains(got, test.want) {
			t.Errorf("%v: beside the field is said %q", test, got)
		}
		if typed := []string{valueOf(p, "started_at"), valueOf(p, "ended_at"), valueOf(p, "questions"), p.find("id", "times")}; !slices.Equal(typed, []string{
			test.start, test.end, test.questions, strings.ReplaceAll(test.times, "\n", " "),
		}) {
			t.Errorf("%v: the fields have %q", test, typed)
		}
	}
	overlap := b.visit(t, asked("/dashboard/work", "date", "2026-01-31", "started_at", "12:30", "ended_at", "13:30", "questions", "3"))
	overlap.expect(t, http.StatusConflict, "would overlap another session", "Session of 31 Jan 2026, 13:05 – 14:00")
	if !slices.Contains(overlap.links(), "/dashboard/sessions/"+session) {
		t.Errorf("the page leads to %q", overlap.links())
	}
	// A form that was shown before the other session began is shown again.
	stale := url.Values{
		"csrf_token": {b.cookies["csrf_token"]}, "date": {"2026-01-31"}, "started_at": {"12:30"}, "ended_at": {"13:30"}, "questions": {"3"},
	}
	again := b.request(t, http.MethodPost, "/dashboard/work", stale).expect(t, http.StatusConflict, "Session of 31 Jan 2026, 13:05 – 14:00")
	if valueOf(again, "started_at") != "12:30" {
		t.Errorf("the field has %q", valueOf(again, "started_at"))
	}
	b.visit(t, "/dashboard/work?date=tomorrow").expect(t, http.StatusBadRequest)
}

// The newest session can run on after its end, from its own page and from that of today.
func TestResumeOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, _ := c.worked(t, "ann@example.org")
	path := "/dashboard/sessions/" + session
	const offer = "Ended by mistake?"
	for _, page := range []string{"/dashboard/today", path} {
		if p := b.visit(t, page); strings.Contains(p.text(), offer) {
			t.Errorf("%s offers to resume what runs", page)
		}
	}
	b.press(t, 5*time.Minute, "EXIT")
	end := c.clock.now().Format("15:04")
	c.clock.advance(10 * time.Minute)
	before := b.json(t, "/summary/"+session)
	for _, page := range []string{"/dashboard/today", path} {
		ended := b.visit(t, page).expect(t, http.StatusOK, offer, "the time since "+end+" counts as work")
		action := attributeOfForm(ended, "/resume")
		resumed := b.follow(t, b.send(t, ended, action, url.Values{}))
		if resumed.status() != "Resumed: the session runs on. Undo" || b.json(t, "/summary/"+session)["is_active"] != true {
			t.Errorf("%s: then the page says %q", page, resumed.status())
		}
		if twice := b.follow(t, b.send(t, ended, action, url.Values{})); twice.status() != resumed.status() {
			t.Errorf("%s: after a second tap the page says %q", page, twice.status())
		}
		if undone := b.undo(t, resumed); !strings.HasPrefix(undone.status(), "End of "+end) || !strings.Contains(undone.text(), offer) {
			t.Errorf("%s: after undo the page says %q", page, undone.status())
		}
		if diff := cmp.Diff(before, b.json(t, "/summary/"+session)); diff != "" {
			t.Errorf("%s: after undo (-before +after):\n%s", page, diff)
		}
	}
	ended := b.visit(t, path)
	b.press(t, time.Minute, "NEXT")
	b.send(t, ended, attributeOfForm(ended, "/resume"), url.Values{}).expect(t, http.StatusConflict, "Another session has begun since")
	for _, press := range []string{"NEXT", "EXIT"} { // it runs, and then it has ended, too
		b.press(t, time.Minute, press)
		if strings.Contains(b.visit(t, path).text(), offer) {
			t.Error("an older session is offered to be resumed")
		}
	}
}

// attributeOfForm returns the action, with this end, of a form on a page.
func attributeOfForm(p page, suffix string) string {
	for n := range p.root.Descendants() {
		if action := attribute(n, "action"); strings.HasSuffix(action, suffix) {
			return action
		}
	}
	return ""
}
