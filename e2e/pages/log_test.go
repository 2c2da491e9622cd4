package pages

import (
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// desk is the browser of a person who corrects the log of a session on a phone.
type desk struct {
	t *testing.T
	p *browser.Page
}

// click clicks what this CSS selector finds, and waits for a page that says text. It asks the
// page itself, because the open page may follow the log and change at any time.
func (d desk) click(selector, text string) {
	d.t.Helper()
	if !browser.Eval[bool](d.p, `(() => {
		const found = document.querySelector("`+selector+`")
		found?.click()
		return found !== null
	})()`) {
		d.t.Fatalf("the page has no %s: %s", selector, d.read("main"))
	}
	d.says(text)
}

func (d desk) says(text string) {
	d.t.Helper()
	d.p.AwaitText("main", text)
}

func (d desk) read(selector string) string {
	d.t.Helper()
	return browser.Eval[string](d.p, `(document.querySelector("`+selector+`")?.innerText ?? "").replace(/\s+/g, " ")`)
}

// fill puts a value into a field. It is not typed, because the order in which a date and a time
// are typed depends on the browser's language.
func (d desk) fill(selector, value string) {
	d.t.Helper()
	browser.Eval[string](d.p, `document.querySelector("`+selector+`").value = "`+value+`"`)
}

// lineOf returns the selector of the line of the log that begins with a time.
func (d desk) lineOf(at string) string {
	d.t.Helper()
	id := browser.Eval[string](d.p, `[...document.querySelectorAll(".log li")].find(e => e.innerText.startsWith("`+at+`"))?.id ?? ""`)
	if id == "" {
		d.t.Fatalf("no line of the log begins with %s: %s", at, d.read(".log"))
	}
	return "#" + id
}

// On a phone a person adds a press, moves it, removes it and restores it, each with a preview
// and an undo, and lets the session run on after its end.
func TestLogOnAPhone(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	for name, view := range map[string]browser.View{"with script": {Phone: true}, "without script": {Phone: true, NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user, session, _ := forgotPause(t, s.URL)
			d := desk{t, openPage(t, s.URL, view)}
			program.LogInByForm(d.p, user.Email)
			d.p.Go("/dashboard/sessions/" + session)
			d.click("a[href$='log=show#log']", "End: question 4")
			d.addMoveRemove(endOf(t, user, session))
			d.p.Go("/dashboard/today")
			if !view.NoScript {
				look(t, d.p, "resume")
			}
			d.click("form[action$='/resume'] button", "Resumed: the session runs on.")
			d.click("[role=status] button", "restored.")
		})
	}
}

// endOf returns when a session ended, by the clocks of its user.
func endOf(t *testing.T, user *program.Client, session string) time.Time {
	t.Helper()
	var summary struct {
		EndedAt time.Time `json:"ended_at"`
	}
	user.Must(t, 200, "GET", "/summary/"+session, nil).Decode(t, &summary)
	zone, err := time.LoadLocation(eveningZone(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return summary.EndedAt.In(zone)
}

// addMoveRemove corrects the third question, which took 42 minutes and was over 4 minutes
// before the end.
func (d desk) addMoveRemove(end time.Time) {
	d.t.Helper()
	added, moved := end.Add(-10*time.Minute), end.Add(-8*time.Minute)
	clock := func(at time.Time) string { return at.Format("15:04:05") }
	d.fill("#type", "next")
	d.fill("#timestamp", added.Format("2006-01-02T15:04:05"))
	d.click("main form[action$='/presses/new'] button", "Question 4, was 3")
	if !d.p.View().NoScript {
		look(d.t, d.p, "log-preview")
	}
	d.click("main form[method=post] button", "Next of "+clock(added)+" added.")
	if line := d.read(d.lineOf(clock(added))); !strings.Contains(line, "Next: question 3, ") || !strings.Contains(line, "added by hand") {
		d.t.Errorf("the line is %q", line)
	}
	d.click(d.lineOf(clock(added))+" a[href*='/move']", "Move a press")
	d.fill("#timestamp", moved.Format("2006-01-02T15:04:05"))
	d.click("main form[method=get] button", "What changes")
	d.click("main form[method=post] button", "Next moved from "+clock(added)+" to "+clock(moved))
	d.click("[role=status] button", "Next moved from "+clock(moved)+" to "+clock(added))
	d.click(d.lineOf(clock(added))+" a[href*='/remove']", "Remove a press")
	d.click("main form[method=post] button", "Next of "+clock(added)+" removed.")
	if !d.p.View().NoScript {
		look(d.t, d.p, "log-removed")
	}
	d.click(d.lineOf(clock(added))+" form button", "Next of "+clock(added)+" restored.")
	d.click("[role=status] button", "removed.")
}

// On a phone a person enters work that was done without the clock, and takes it back.
func TestWorkOnAPhone(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	for name, view := range map[string]browser.View{"with script": {Phone: true}, "without script": {Phone: true, NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := program.NewUser(t, s.URL)
			d := desk{t, openPage(t, s.URL, view)}
			program.LogInByForm(d.p, user.Email)
			d.p.Go("/dashboard/today?date=2024-02-29")
			d.click("a[href^='/dashboard/work']", "Add work without the clock")
			d.fill("#started_at", "09:00")
			d.fill("#ended_at", "09:40")
			d.fill("#questions", "4")
			d.click("main form[method=get] button", "What is added")
			if total := d.read(".changes"); !strings.Contains(total, "40:00") {
				t.Errorf("the preview says %q", total)
			}
			d.click("main form[method=post] button", "Work added.")
			if got := d.read("#total-questions"); got != "4" {
				t.Errorf("the day has %s questions", got)
			}
			d.click("a[href^='/dashboard/work']", "Number of questions")
			d.fill("#started_at", "09:30")
			d.fill("#ended_at", "10:00")
			d.fill("#times", "09:50")
			d.p.Expect("409")
			d.click("main form[method=get] button", "would overlap another session")
			if !view.NoScript {
				look(t, d.p, "work-overlap")
			}
			d.click("main p a[href^='/dashboard/sessions/']", "Session of Thursday, 29 February 2024")
			d.click("form[action$='/delete'] button", "deleted.")
		})
	}
}
