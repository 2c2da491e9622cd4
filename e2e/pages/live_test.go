package pages

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// shows waits until an expression in the page has a value. The contract promises that an open
// page follows within a second; internal/live tests the waits that the program itself adds,
// on an injected clock.
func shows(t *testing.T, p *browser.Page, expression, want string) {
	t.Helper()
	var got string
	defer func() {
		if t.Failed() {
			t.Logf("%s is %q", expression, got)
		}
	}()
	p.Await(expression+" to be "+want, func() bool {
		got = browser.Eval[string](p, expression)
		return got == want
	})
}

const (
	runningText = `document.querySelector(".eyebrow")?.textContent ?? ""`
	clockText   = `document.querySelector("#running-clock")?.textContent ?? ""`
)

// openLive opens the page of a user's day at one server.
func openLive(t *testing.T, serverURL string, user *program.Client) *browser.Page {
	t.Helper()
	p := openPage(t, serverURL, browser.View{})
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/today")
	p.Do(chromedp.Evaluate[chromedp.Void](`window.sameDocument = true`))
	return p
}

// runningSeconds returns how many seconds the clock of the running question shows, or -1.
func runningSeconds(p *browser.Page) int {
	var minutes, seconds int
	if _, err := fmt.Sscanf(browser.Eval[string](p, clockText), "%d:%d", &minutes, &seconds); err != nil {
		return -1
	}
	return 60*minutes + seconds
}

// staysOpen fails the test if the page was loaded again.
func staysOpen(t *testing.T, p *browser.Page) {
	t.Helper()
	if !browser.Eval[bool](p, `window.sameDocument === true`) {
		t.Error("the page was loaded again")
	}
}

func next(t *testing.T, user *program.Client) {
	t.Helper()
	user.Press(t, map[string]any{"type": "NEXT"})
}

// An open page follows each press and keeps what the reader did on it: what is open, focused
// and typed. The clock runs, and stops in a pause.
func TestPageFollows(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, _ := workedDay(t, s.URL) // question 3 runs
	p := openLive(t, s.URL, user)
	shows(t, p, runningText, "Question 3 · running")
	p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main details").open = true,
		document.querySelector("#date").value = "2020-02-29",
		document.querySelector("tr[data-session] button").focus(),
		window.focused = document.activeElement,
		document.querySelector("header input[name=csrf_token]").value = "of yesterday"`))
	pressed := time.Now()
	next(t, user)
	shows(t, p, runningText, "Question 4 · running")
	shows(t, p, `document.querySelector("p.hush[role=status]").textContent`, "Question 4 runs.")
	staysOpen(t, p)
	if !browser.Eval[bool](p, `document.querySelector("main details").open && document.activeElement === window.focused &&
		window.focused.matches("tr[data-session] button") && document.querySelector("#date").value === "2020-02-29"`) {
		t.Error("what was open, focused or typed is lost")
	}
	if !browser.Eval[bool](p, `document.querySelector("header input[name=csrf_token]").value === document.querySelector("main input[name=csrf_token]").value`) {
		t.Error("who logs out of a page that was open for long is refused")
	}

	first := -1
	p.Await("the clock", func() bool {
		first = runningSeconds(p)
		return first >= 0
	})
	p.Await("the clock to run", func() bool { return runningSeconds(p) > first })
	if got, most := runningSeconds(p), time.Since(pressed)+time.Second; time.Duration(got)*time.Second > most {
		t.Errorf("the clock shows %d s, at most %v after the press", got, most)
	}
	user.Press(t, map[string]any{"type": "PAUSE"})
	shows(t, p, runningText, "Question 4 · paused")
	user.Press(t, map[string]any{"type": "EXIT"})
	shows(t, p, runningText, "")
	staysOpen(t, p)
}

// A page that lost its server connects again by itself and shows what it missed.
func TestPageResumes(t *testing.T) {
	t.Parallel()
	database, address := program.SQLite(t), "LISTEN="+program.FreeAddress(t)
	s := tracker.Start(t, database, address)
	user := program.NewUser(t, s.URL)
	p := openLive(t, s.URL, user)
	next(t, user)
	shows(t, p, runningText, "Question 1 · running")
	s.Stop(t)
	tracker.Start(t, database, address)
	next(t, user)
	shows(t, p, runningText, "Question 2 · running")
	next(t, user)
	shows(t, p, runningText, "Question 3 · running")
	staysOpen(t, p)
}

// A page that is refused once, or fails once, comes back to what it follows: something may
// have been deleted while it was drawn.
func TestPageSurvivesFailures(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user := program.NewUser(t, s.URL)
	p := openLive(t, s.URL, user)
	next(t, user)
	shows(t, p, runningText, "Question 1 · running")
	for i, status := range []string{"404", "500", "503"} {
		p.Do(chromedp.Evaluate[chromedp.Void](`{
			const real = window.fetch
			window.fetch = async () => { window.fetch = real; return new Response("", {status: ` + status + `}) }
		}`))
		next(t, user)
		shows(t, p, runningText, fmt.Sprintf("Question %d · running", 2*i+2))
		next(t, user)
		shows(t, p, runningText, fmt.Sprintf("Question %d · running", 2*i+3))
	}
	staysOpen(t, p)
}

// A page at one replica follows a press at another.
func TestPageFollowsAnotherReplica(t *testing.T) {
	t.Parallel()
	database := tracker.Postgres(t)
	here, there := tracker.Start(t, database), tracker.Start(t, database)
	user := program.NewUser(t, here.URL)
	p := openLive(t, there.URL, user)
	for i := range 5 {
		next(t, user)
		shows(t, p, runningText, fmt.Sprintf("Question %d · running", i+1))
	}
	staysOpen(t, p)
}

// A browser in another zone than the user's offers its own zone once. After a registration in
// that zone it offers nothing.
func TestZoneOffer(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	p := openPage(t, s.URL, browser.View{})
	user := program.NewUser(t, s.URL)
	user.SetZone(t, "Pacific/Auckland")
	program.LogInByForm(p, user.Email)
	zone := browser.Eval[string](p, `Intl.DateTimeFormat().resolvedOptions().timeZone`)
	const offered = `document.querySelector("[data-zone-offer]").checkVisibility() ? document.querySelector("[data-zone-offer] p").textContent : ""`
	shows(t, p, offered, "Your browser is in the time zone "+zone+"; your days are counted in Pacific/Auckland.")
	p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-zone-keep]").click()`))
	shows(t, p, offered, "")
	p.Go("/dashboard/week")
	shows(t, p, offered, "")

	p.Do(chromedp.Evaluate[chromedp.Void](`localStorage.clear()`))
	p.Go("/dashboard/week")
	p.Do(chromedp.Submit(chromedp.CSS("form[action='/profile/timezone']")), chromedp.WaitReady(chromedp.CSS("[data-zone-offer='"+zone+"']")))
	if got := browser.Get(p, chromedp.Location()); got != s.URL+"/dashboard/week" {
		t.Errorf("went on to %s", got)
	}
	shows(t, p, offered, "")
}

// A mark of a chart shows its number to the mouse and to the keyboard.
func TestChartTips(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, session := workedDay(t, s.URL)
	p := openPage(t, s.URL, browser.View{})
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/sessions/" + session)
	const tip = `document.querySelector(".tip").hidden ? "" : document.querySelector(".tip").textContent`
	shows(t, p, tip, "")
	first := browser.Eval[string](p, `(() => {
		const chart = [...document.querySelectorAll("svg[tabindex]")].find(c => c.checkVisibility())
		chart.focus()
		return chart.querySelector("[data-tip]").dataset.tip
	})()`)
	key := func(name string) {
		p.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "` + name + `", bubbles: true}))`))
	}
	key("ArrowRight")
	shows(t, p, tip, first)
	if strings.TrimSpace(first) == "" {
		t.Error("the mark says nothing")
	}
	key("Escape")
	shows(t, p, tip, "")
	p.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.querySelector("[data-tip]").dispatchEvent(new PointerEvent("pointerover", {bubbles: true}))`))
	shows(t, p, tip, first)
}
