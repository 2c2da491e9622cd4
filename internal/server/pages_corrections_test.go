package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// worked returns the browser of a person with a running session, whose questions took 5, 5
// and 40 minutes.
func (c *chain) worked(t *testing.T, email string) (b *browser, session string, questions []string) {
	t.Helper()
	b = c.register(t, email)
	b.press(t, 5*time.Minute, "NEXT", "NEXT", "NEXT")
	b.press(t, 40*time.Minute+600*time.Millisecond, "NEXT")
	session = b.json(t, "/dashboard/today/json")["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	for _, q := range b.questions(t, session) {
		questions = append(questions, q["id"].(string))
	}
	return b, session, questions
}

func (b *browser) questions(t *testing.T, session string) []map[string]any {
	t.Helper()
	var questions []map[string]any
	for _, q := range b.json(t, "/summary/"+session)["questions"].([]any) {
		questions = append(questions, q.(map[string]any))
	}
	return questions
}

// follow opens the page that an answer leads to.
func (b *browser) follow(t *testing.T, p page) page {
	t.Helper()
	if p.Code != http.StatusSeeOther {
		t.Fatalf("%d, want 303: %s", p.Code, p.text())
	}
	path, _, _ := strings.Cut(p.Header().Get("Location"), "#")
	return b.visit(t, path).expect(t, http.StatusOK)
}

// status returns what the page says was done, or "".
func (p page) status() string { return p.find("role", "status") }

// The page after a deletion says what was deleted and offers to restore it. After that
// every number is as before.
func TestUndoOfADeletion(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	sessionPath := "/dashboard/sessions/" + session
	tests := []struct{ name, from, action, status string }{
		{"a question", sessionPath, sessionPath + "/questions/" + questions[1], "Question 2 of"},
		{"a session", "/dashboard/today", sessionPath, "Session of"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := b.json(t, "/dashboard/today/json")
			deletion := b.send(t, b.visit(t, test.from), test.action+"/delete", url.Values{})
			after := b.follow(t, deletion)
			if !strings.HasPrefix(after.status(), test.status) || !strings.HasSuffix(after.status(), "deleted. Undo") {
				t.Errorf("the page says %q", after.status())
			}
			if diff := cmp.Diff(before, b.json(t, "/dashboard/today/json")); diff == "" {
				t.Error("nothing was deleted")
			}
			if restored := b.follow(t, b.send(t, after, test.action+"/restore", url.Values{})); restored.status() != "Restored." {
				t.Errorf("then the page says %q", restored.status())
			}
			if diff := cmp.Diff(before, b.json(t, "/dashboard/today/json")); diff != "" {
				t.Errorf("the day (-before +after):\n%s", diff)
			}
			// After the restoration, an old link to the page no longer says that something
			// was deleted.
			if kept := b.follow(t, deletion); kept.status() != "" {
				t.Errorf("the page of before says %q", kept.status())
			}
		})
	}
}

// A page says that something was deleted only if that is true, whatever its address says.
func TestCraftedUndo(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	other, theirs, theirQuestions := c.worked(t, "bob@example.org")
	theirPath := "/dashboard/sessions/" + theirs
	other.follow(t, other.send(t, other.visit(t, theirPath), theirPath+"/questions/"+theirQuestions[0]+"/delete", url.Values{}))
	for _, undo := range []string{
		"", "session", "session:", "session:" + session, "question:" + session, "question:" + session + ":" + questions[0],
		"question:" + theirs + ":" + theirQuestions[0], "question:" + session + ":" + theirQuestions[0], "session:" + theirs,
		"session:" + strings.ToUpper(session), "session:{" + session + "}", "session:urn:uuid:" + session,
		"session:" + missingIDs()["session_id"], "user:1", "<script>alert(1)</script>", strings.Repeat("session:", 100),
		"question:" + session + ":" + questions[0] + ":" + questions[1], "session:\x00", "session:../../logout",
	} {
		for _, path := range []string{"/dashboard/today", "/dashboard/sessions/" + session} {
			p := b.visit(t, path+"?undo="+url.QueryEscape(undo)).expect(t, http.StatusOK)
			if p.status() != "" {
				t.Errorf("%s of %q says %q", path, undo, p.status())
			}
		}
	}
	if p := b.visit(t, "/dashboard/today?done=%3Cb%3EYou+won").expect(t, http.StatusOK); p.status() != "" {
		t.Errorf("an address has the page say %q", p.status())
	}
	// A form never leads to another site, and notices in its "next" are replaced.
	form := b.visit(t, "/dashboard/sessions/"+session)
	action := "/dashboard/sessions/" + session + "/questions/" + questions[0]
	notice := "undo=question%3A" + session + "%3A" + questions[0]
	for next, want := range map[string]string{
		"https://evil.example/":       "/dashboard/sessions/" + session + "?" + notice,
		"//evil.example":              "/dashboard/sessions/" + session + "?" + notice,
		"/dashboard/today?undo=x&a=1": "/dashboard/today?a=1&" + notice,
		"/dashboard/today?done=x#y":   "/dashboard/today?" + notice,
	} {
		b.send(t, form, action+"/delete", url.Values{"next": {next}}).leadsTo(t, want)
		c.must(t, http.StatusOK, ask{method: "POST", path: strings.TrimPrefix(action, "/dashboard") + "/restore", bearer: b.cookies["access_token"]})
	}
}

// A deleted session cannot be restored where another one is; a page says so.
func TestUndoBesideAnotherSession(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, _ := c.worked(t, "ann@example.org")
	path := "/dashboard/sessions/" + session
	b.press(t, 50*time.Minute, "EXIT")
	after := b.follow(t, b.send(t, b.visit(t, "/dashboard/today"), path+"/delete", url.Values{}))
	b.press(t, -20*time.Minute, "NEXT") // a clock that lags
	b.send(t, after, path+"/restore", url.Values{}).expect(t, http.StatusConflict, "This cannot be done now", "would overlap the session")
}

// The page of a session lists its deleted questions, to restore them.
func TestDeletedQuestionsOfASession(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	path := "/dashboard/sessions/" + session
	before := b.json(t, "/summary/"+session)
	b.visit(t, path+"?deleted=show").expect(t, http.StatusOK, "No question of this session is deleted")
	for _, id := range questions {
		b.follow(t, b.send(t, b.visit(t, path), path+"/questions/"+id+"/delete", url.Values{}))
	}
	shown := b.visit(t, path+"?deleted=show").expect(t, http.StatusOK, "Deleted questions (3)", "No question finished yet")
	for _, id := range questions {
		p := b.send(t, shown, path+"/questions/"+id+"/restore", url.Values{})
		p.leadsTo(t, path+"?deleted=show&done=restored")
	}
	if diff := cmp.Diff(before, b.json(t, "/summary/"+session)); diff != "" {
		t.Errorf("the session (-before +after):\n%s", diff)
	}
}

// The JSON shows the active time that was set on the page. The original stays beside it and
// can be restored.
func TestAdjustOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	path := "/dashboard/sessions/" + session
	long := questions[2]
	action := path + "/questions/" + long + "/adjust"
	before := b.questions(t, session)
	if before[2]["is_improbable"] != true {
		t.Fatalf("the long question is %v", before[2])
	}
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "1 question looks unusually long", "active 40:01")
	first := b.visit(t, path)
	if row := first.find("id", "question-"+long); !strings.Contains(row, "unusually long: forgot to pause?") {
		t.Errorf("the row is %q", row)
	}

	for _, typed := range []string{"", "4:5", "-1:00", "41:00", "1:00:00", "NaN", "0x10", "4:60", "<b>", strings.Repeat("9", 400)} {
		refused := b.send(t, b.visit(t, path), action, url.Values{"active_time": {typed}}).expect(t, http.StatusUnprocessableEntity)
		if got := refused.find("id", "question-"+long+"-problem"); !strings.HasPrefix(got, "This must be") {
			t.Errorf("of %q is said %q", typed, got)
		}
		if got := valueOf(refused, "question-"+long+"-time"); got != typed {
			t.Errorf("the field has %q, and %q was typed", got, typed)
		}
	}
	if diff := cmp.Diff(before, b.questions(t, session)); diff != "" {
		t.Errorf("what was refused has changed (-before +after):\n%s", diff)
	}

	for typed, want := range map[string]float64{
		"4:30": 270, "04:31": 271, "0:10:03": 603, "4,5": 270, "4.25": 255, "7": 420, "0": 0, " 1:00 ": 60,
		"40:01": 2400.6, // how the page shows 40 minutes and 0.6 seconds
	} {
		adjusted := b.follow(t, b.send(t, b.visit(t, path), action, url.Values{"active_time": {typed}}))
		q := b.questions(t, session)[2]
		if q["active_seconds"] != want || q["is_adjusted"] != true {
			t.Errorf("%q is %v, want %v", typed, q, want)
		}
		row := adjusted.find("id", "question-"+long)
		if adjusted.status() != "Active time adjusted." || !hasAll(row, q["active_mmss"], q["over_under_target_mmss"], "(was 40:01)") {
			t.Errorf("%q: the page says %q, the row is %q, and the JSON %v", typed, adjusted.status(), row, q)
		}
		if strings.Contains(row, "unusually") {
			t.Errorf("%q: still in the row: %q", typed, row)
		}
	}
	// A page shows whole seconds. What it shows, sent back unchanged, means the exact time.
	b.send(t, b.visit(t, path), action, url.Values{"active_time": {"9:00"}}) // the page must not show 04:15 yet
	for _, typed := range []string{"4.251", "04:15"} {
		b.follow(t, b.send(t, b.visit(t, path), action, url.Values{"active_time": {typed}}))
		if q := b.questions(t, session)[2]; q["active_seconds"] != 255.06 {
			t.Errorf("%q is %v, want 255.06", typed, q["active_seconds"])
		}
	}
	back := b.follow(t, b.send(t, b.visit(t, path), action, url.Values{"as_pressed": {"true"}}))
	if diff := cmp.Diff(before, b.questions(t, session)); diff != "" || back.status() != "Active time set back." {
		t.Errorf("the page says %q, the questions (-before +after):\n%s", back.status(), diff)
	}
	other := c.register(t, "bob@example.org")
	form := url.Values{"csrf_token": {other.cookies["csrf_token"]}, "active_time": {"4:30"}}
	other.request(t, http.MethodPost, action, form).expect(t, http.StatusNotFound, "Nothing here")
}

func valueOf(p page, id string) string {
	for n := range p.root.Descendants() {
		if attribute(n, "id") == id {
			return attribute(n, "value")
		}
	}
	return ""
}

// At the ends of the calendar no page links to a date that has no page; all other links
// lead to one.
func TestWaysAtTheEndsOfTheCalendar(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	for path, want := range map[string]string{
		"/dashboard/today?date=1999-01-01": "next", "/dashboard/today?date=9998-12-31": "prev", "/dashboard/today?date=1999-01-02": "prev next",
		"/dashboard/week?date=1999-01-01": "next", "/dashboard/week?date=1999-01-04": "prev next", "/dashboard/week?date=9998-12-31": "prev",
		"/dashboard/month?month=1999-01": "next", "/dashboard/month?month=1999-02": "prev next", "/dashboard/month?month=9998-12": "prev",
	} {
		var ways []string
		for n := range b.visit(t, path).expect(t, http.StatusOK).root.Descendants() {
			if rel := attribute(n, "rel"); rel == "prev" || rel == "next" {
				ways = append(ways, rel)
				b.visit(t, attribute(n, "href")).expect(t, http.StatusOK)
			}
		}
		if got := strings.Join(ways, " "); got != want {
			t.Errorf("%s has ways %q, want %q", path, got, want)
		}
	}
}
