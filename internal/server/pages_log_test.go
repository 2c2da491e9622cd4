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

// The log says what each press did, in the words of the buttons and with the numbers that the
// questions have now, and has corrections beside what they correct.
func TestLogOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, 5*time.Minute, "NEXT", "PAUSE", "PAUSE", "NEXT", "NEXT", "UNDO", "NEXT", "NEXT", "EXIT")
	session := b.json(t, "/dashboard/today/json")["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	path := "/dashboard/sessions/" + session
	b.visit(t, path).expect(t, http.StatusOK, "Show the log")
	questions := b.questions(t, session)
	first, second := questions[0]["id"].(string), questions[1]["id"].(string)
	c.clock.advance(5 * time.Minute)
	b.send(t, b.visit(t, path), path+"/questions/"+second+"/adjust", url.Values{"active_time": {"3:00"}})
	c.clock.advance(13 * time.Hour)
	b.send(t, b.visit(t, path), path+"/questions/"+first+"/delete", url.Values{})
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/sessions/" + session, bearer: b.token(), body: `{"target_minutes_per_question":4}`})
	want := []string{
		"12:05:00 Start",
		"12:10:00 Pause",
		"12:15:00 Resume after 05:00",
		"12:20:00 Next: a question, 10:00, deleted 1 Feb 01:50:00 question deleted",
		"12:25:00 Next: a question, 05:00, which Undo takes back",
		"12:30:00 Undo: question 1 runs again",
		"12:35:00 Next: question 1, 03:00 12:50:00 active time set to 03:00",
		"12:40:00 Next: question 2, 05:00",
		"12:45:00 End: question 3, 05:00",
		"1 Feb 01:50:00 Target set to 04:00",
	}
	if diff := cmp.Diff(want, b.visit(t, path+"?log=show").expect(t, http.StatusOK).lines()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

// A preview changes nothing, and says what then follows. Undo takes it back, to the
// microsecond.
func TestPressesOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	path := "/dashboard/sessions/" + session
	presses := path + "/presses/"
	for _, test := range []struct {
		name, ask        string
		differences      []string
		notice, then     string // what the pages after saving and after undoing say
		line, lineUndone string // of the log
	}{
		{
			"a press is added", asked(presses+"new", "type", "next", "timestamp", "2026-01-31T12:30:10"),
			[]string{
				"Questions: 3 → 4", "Average: 16:40 → 12:30",
				"Question 3: – → 12:15:00 – 12:30:10, active 15:10",
				"Question 4, was 3: 12:15:00 – 12:55:00, active 40:01 → 12:30:10 – 12:55:00, active 24:51",
			},
			"Next of 12:30:10 added. Undo", "Next of 12:30:10 removed. Undo",
			"12:30:10 Next: question 3, 15:10 added by hand", "12:30:10 Next added by hand removed",
		},
		{
			"a press is moved", asked(presses+questions[2]+"/move", "timestamp", "2026-01-31T12:20:00"),
			[]string{
				"Active time: 50:01 → 15:00", "Average: 16:40 → 05:00", "Pace: Slow → On target",
				"Question 3: 12:15:00 – 12:55:00, active 40:01 → 12:15:00 – 12:20:00, active 05:00",
			},
			"Next moved from 12:55:00 to 12:20:00. Undo", "Next moved from 12:20:00 to 12:55:00. Undo",
			"12:20:00 Next: question 3, 05:00 moved from 12:55:00", "12:55:00 Next: question 3, 40:01",
		},
		{
			"a press is removed", presses + questions[0] + "/remove",
			[]string{
				"Questions: 3 → 2", "Average: 16:40 → 25:00",
				"Question 1, was 2: 12:10:00 – 12:15:00, active 05:00 → 12:05:00 – 12:15:00, active 10:00",
				"Question 1 until now: 12:05:00 – 12:10:00, active 05:00 → –",
			},
			"Next of 12:10:00 removed. Undo", "Next of 12:10:00 restored. Undo",
			"12:10:00 Next removed", "12:10:00 Next: question 1, 05:00",
		},
		{
			"an end is added", asked(presses+"new", "type", "end", "timestamp", "2026-01-31T12:55:01"),
			nil, "", "", "", "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := b.json(t, "/summary/"+session)
			if test.differences == nil {
				b.visit(t, test.ask).expect(t, http.StatusUnprocessableEntity, "This must not be in the future.")
				return
			}
			preview := b.visit(t, test.ask).expect(t, http.StatusOK)
			if diff := cmp.Diff(test.differences, preview.differences()); diff != "" {
				t.Errorf("the preview (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, b.json(t, "/summary/"+session)); diff != "" {
				t.Fatalf("the preview changed the session (-before +after):\n%s", diff)
			}
			saved := b.save(t, preview)
			if saved.status() != test.notice || !hasLine(saved, test.line) {
				t.Errorf("then the page says %q, and the log is %q", saved.status(), saved.lines())
			}
			if cmp.Equal(before, b.json(t, "/summary/"+session)) {
				t.Error("nothing was saved")
			}
			undone := b.undo(t, saved)
			if undone.status() != test.then || !hasLine(undone, test.lineUndone) {
				t.Errorf("after undo the page says %q, and the log is %q", undone.status(), undone.lines())
			}
			if diff := cmp.Diff(before, b.json(t, "/summary/"+session)); diff != "" {
				t.Errorf("after undo (-before +after):\n%s", diff)
			}
		})
	}
}

// A repeated form adds its press once; a second tap on Restore does not take back a move.
func TestPressesOnThePageTwice(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	presses := "/dashboard/sessions/" + session + "/presses/"
	preview := b.visit(t, asked(presses+"new", "type", "next", "timestamp", "2026-01-31T12:30"))
	once := b.save(t, preview)
	after := b.json(t, "/summary/"+session)
	if twice := b.save(t, preview); twice.status() != once.status() {
		t.Errorf("the page says %q, and then %q", once.status(), twice.status())
	}
	if diff := cmp.Diff(after, b.json(t, "/summary/"+session)); diff != "" {
		t.Errorf("the press was added twice (-once +twice):\n%s", diff)
	}
	b.save(t, b.visit(t, asked(presses+questions[2]+"/move", "timestamp", "2026-01-31T12:50:00")))
	moved := b.json(t, "/summary/"+session)
	removed := b.save(t, b.visit(t, presses+questions[2]+"/remove"))
	b.undo(t, removed)
	b.undo(t, removed)
	if diff := cmp.Diff(moved, b.json(t, "/summary/"+session)); diff != "" {
		t.Errorf("after two taps on Undo (-before +after):\n%s", diff)
	}
}

// What cannot be done is said beside the field, with what was typed.
func TestRefusedPressesOnThePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, session, questions := c.worked(t, "ann@example.org")
	presses := "/dashboard/sessions/" + session + "/presses/"
	before := b.json(t, "/summary/"+session)
	for typed, want := range map[string]string{
		"": "a date and a time", "12:30": "a date and a time", "2026-02-30T10:00:00": "a date and a time", "<b>": "a date and a time",
		"2026-01-31T13:00:00": "not be in the future", "1999-01-01T10:00:00": "2000-01-01",
		"2026-01-31T12:09:59": "not be before the press that comes before it", "2026-01-31T12:15:01": "not be after the press",
	} {
		p := b.visit(t, asked(presses+questions[0]+"/move", "timestamp", typed)) // Question 1 ends at 12:10
		if strings.HasPrefix(typed, "2026-01-31T12:09") {
			p = b.visit(t, asked(presses+questions[1]+"/move", "timestamp", typed))
		}
		p.expect(t, http.StatusUnprocessableEntity)
		if got := p.find("id", "timestamp-problem"); !strings.Contains(got, want) || valueOf(p, "timestamp") != typed {
			t.Errorf("of %q is said %q, and the field has %q", typed, got, valueOf(p, "timestamp"))
		}
	}
	// An end that is moved into another session names it.
	old, ids := b.pressed(t, "NEXT 2026-01-31T11:00:00Z", "EXIT 2026-01-31T11:30:00Z")
	overlap := b.visit(t, asked("/dashboard/sessions/"+old+"/presses/"+ids[1]+"/move", "timestamp", "2026-01-31T12:06:00"))
	overlap.expect(t, http.StatusConflict, "would overlap another session", "Session of 31 Jan 2026, 12:05 – now")
	if links := overlap.links(); !slices.Contains(links, "/dashboard/sessions/"+session) || valueOf(overlap, "timestamp") != "2026-01-31T12:06:00" {
		t.Errorf("the page leads to %q", links)
	}
	// The first press cannot be removed, if nothing then starts the session.
	for _, id := range questions {
		b.save(t, b.visit(t, presses+id+"/remove"))
	}
	start := b.events(t, session)[0]["event_id"].(string)
	b.visit(t, presses+start+"/remove").expect(t, http.StatusConflict, "the session would not start: delete the session instead.")
	for _, id := range questions {
		b.follow(t, b.send(t, b.visit(t, "/dashboard/sessions/"+session+"?log=show"), presses+id+"/restore", url.Values{}))
	}
	// A form that has become wrong since it was shown is shown again.
	preview := b.visit(t, asked(presses+questions[2]+"/move", "timestamp", "2026-01-31T12:16:00")).expect(t, http.StatusOK)
	b.save(t, b.visit(t, asked(presses+questions[1]+"/move", "timestamp", "2026-01-31T12:17:00")))
	again := b.sendChange(t, preview).expect(t, http.StatusUnprocessableEntity)
	if got := again.find("id", "timestamp-problem"); !strings.Contains(got, "before the press") || valueOf(again, "timestamp") != "2026-01-31T12:16:00" {
		t.Errorf("the form that came too late says %q of %q", got, valueOf(again, "timestamp"))
	}
	b.save(t, b.visit(t, asked(presses+questions[1]+"/move", "timestamp", "2026-01-31T12:15:00")))
	if diff := cmp.Diff(before, b.json(t, "/summary/"+session)); diff != "" {
		t.Errorf("in the end (-before +after):\n%s", diff)
	}
}
