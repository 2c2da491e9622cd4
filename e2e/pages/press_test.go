package pages

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// onAPhone runs a test on a phone, with and without JavaScript, for a new user who is logged
// in.
func onAPhone(t *testing.T, test func(*testing.T, *browser.Page, *program.Client)) {
	t.Helper()
	for _, view := range []browser.View{{Phone: true}, {Phone: true, NoScript: true}} {
		t.Run(view.String(), func(t *testing.T) {
			t.Parallel()
			s := tracker.Start(t, program.SQLite(t))
			p, user := openPage(t, s.URL, view), program.NewUser(t, s.URL)
			program.LogInByForm(p, user.Email)
			test(t, p, user)
		})
	}
}

// said is what the page says about the last press, or why it was refused.
const said = `[...document.querySelectorAll(".saying > p, p.saved, .saved p")].map(e => e.textContent).join(" ").trim()`

// says waits until the page says something that begins with a text.
func says(t *testing.T, p *browser.Page, begin string) {
	t.Helper()
	var got string
	defer func() {
		if t.Failed() {
			t.Logf("the page says %q", got)
		}
	}()
	p.Await("the page to say "+begin, func() bool {
		got = browser.Eval[string](p, said)
		return strings.HasPrefix(got, begin)
	})
}

// tap presses a button of the clock and waits for what the page says then.
func tap(t *testing.T, p *browser.Page, button, begin string) {
	t.Helper()
	p.Do(chromedp.Click(chromedp.CSS("#press-" + button + " button")))
	says(t, p, begin)
}

// questionsToday returns how many questions the day has so far.
func questionsToday(t *testing.T, user *program.Client) int {
	t.Helper()
	var day struct {
		Questions int `json:"total_questions"`
	}
	user.Must(t, http.StatusOK, http.MethodGet, "/dashboard/today/json", nil).Decode(t, &day)
	return day.Questions
}

// A day of 20 questions is worked with the buttons of the page alone. On a phone they are on
// the first screen.
func TestDayByButtonsInABrowser(t *testing.T) {
	t.Parallel()
	onAPhone(t, func(t *testing.T, p *browser.Page, user *program.Client) {
		p.Go("/dashboard/today")
		tap(t, p, "next", "Started.")
		if !browser.Eval[bool](p, `[...document.querySelectorAll(".presses button")].every(b => {
			const box = b.getBoundingClientRect()
			return box.height >= 48 && box.top > 0 && box.bottom < innerHeight
		})`) {
			t.Error("a button is small, or not on the first screen")
		}
		for question := 1; question <= 19; question++ {
			switch question {
			case 5:
				tap(t, p, "pause", "Paused.")
				tap(t, p, "pause", "Resumed.")
			case 9:
				tap(t, p, "undo", "Undone")
				tap(t, p, "next", "Question 8: ")
			}
			tap(t, p, "next", fmt.Sprintf("Question %d: ", question))
			shows(t, p, runningText, fmt.Sprintf("Question %d · running", question+1))
		}
		tap(t, p, "end", "Question 20: ")
		if got := questionsToday(t, user); got != 20 {
			t.Errorf("the day has %d questions", got)
		}
	})
}

// Two taps at once count once, and so does the second tap of a double tap on a page that was
// drawn anew between the two.
func TestDoubleTapInABrowser(t *testing.T) {
	t.Parallel()
	onAPhone(t, func(t *testing.T, p *browser.Page, user *program.Client) {
		p.Go("/dashboard/today")
		tap(t, p, "next", "Started.")
		const twice = `{ const b = document.querySelector("#press-next button"); b.click(); b.click() }`
		p.Do(chromedp.Evaluate[chromedp.Void](twice))
		p.Await("the second question", func() bool { return questionsToday(t, user) > 0 })
		p.Await("the page", func() bool {
			return strings.Contains(browser.Eval[string](p, said), "Question 1:") || strings.Contains(browser.Eval[string](p, said), "already")
		})
		tap(t, p, "end", "Question 2: ")
		if got := questionsToday(t, user); got != 2 {
			t.Errorf("the day has %d questions, want 2", got)
		}
	})
}

// The script keeps the second tap of a finger from counting, whenever the page is drawn anew.
func TestDoubleTapOfAFingerInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	p, user := openPage(t, s.URL, browser.View{Phone: true}), program.NewUser(t, s.URL)
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/today")
	touch := func(at int, begin string) (counts bool) {
		counts = browser.Eval[bool](p, fmt.Sprintf(`(() => {
			const tap = new PointerEvent("click", { bubbles: true, cancelable: true, pointerType: "touch" })
			Object.defineProperty(tap, "timeStamp", { value: %d })
			return document.querySelector("#press-next button").dispatchEvent(tap)
		})()`, at))
		says(t, p, begin)
		return counts
	}
	for _, tap := range []struct {
		at     int // milliseconds
		begin  string
		counts bool
	}{
		{1000, "Started.", true},
		{2000, "Question 1: ", true},
		{2300, "Question 1: ", false}, // the second tap of a double tap
		{3000, "Question 2: ", true},
	} {
		if got := touch(tap.at, tap.begin); got != tap.counts {
			t.Errorf("the tap after %d ms counts: %v, want %v", tap.at, got, tap.counts)
		}
	}
	if got := questionsToday(t, user); got != 2 {
		t.Errorf("the day has %d questions, want 2", got)
	}
}

// A day can be worked with the keyboard: the focus stays on the buttons when the page is drawn
// anew, also when the button that was pressed is gone.
func TestPressByKeyboardInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	p, user := openPage(t, s.URL, browser.View{}), program.NewUser(t, s.URL)
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/today")
	const focused = `document.activeElement.closest("form")?.id + " " + document.activeElement.textContent`
	for _, step := range []struct{ button, says, focus string }{
		{"next", "Started.", "press-next Next"},
		{"next", "Question 1: ", "press-next Next"},
		{"pause", "Paused.", "press-pause Resume"},
		{"pause", "Resumed.", "press-pause Pause"},
		{"undo", "Undone", "press-next Next"},
		{"end", "Question 1: ", "press-next Start"},
	} {
		p.Do(chromedp.Focus(chromedp.CSS("#press-"+step.button+" button")), chromedp.KeyEvent(kb.Enter))
		says(t, p, step.says)
		shows(t, p, focused, step.focus)
	}
}

// A page that is out of date does not pause or resume the wrong way.
func TestStalePageInABrowser(t *testing.T) {
	t.Parallel()
	onAPhone(t, func(t *testing.T, p *browser.Page, user *program.Client) {
		next(t, user)
		p.Go("/dashboard/today")
		if p.View().NoScript {
			user.Press(t, map[string]any{"type": "PAUSE"})
		} else { // the page hears of it while the press is under way
			p.Do(chromedp.Evaluate[chromedp.Void](`{
				const real = window.fetch
				window.fetch = async (...args) => {
					window.fetch = real
					await new Promise(go => window.goOn = go)
					return real(...args)
				}
			}`))
		}
		p.Do(chromedp.Click(chromedp.CSS("#press-pause button")))
		if !p.View().NoScript {
			user.Press(t, map[string]any{"type": "PAUSE", "paused": true})
			p.Await("the press", func() bool { return browser.Eval[bool](p, `typeof goOn === "function"`) })
			p.Do(chromedp.Evaluate[chromedp.Void](`goOn()`))
		}
		says(t, p, "Paused.")
		shows(t, p, runningText, "Question 1 · paused")
	})
}

// A press that does not reach the server is kept, said beside the buttons, and sent again with
// the same event id.
func TestPressesOfflineInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	p, user := openPage(t, s.URL, browser.View{Phone: true}), program.NewUser(t, s.URL)
	program.LogInByForm(p, user.Email)
	next(t, user)
	p.Go("/dashboard/today")
	problem := func(status int) string {
		return fmt.Sprintf(`() => new Response('{"detail":"no, not now"}', {status: %d, headers: {"Content-Type": "application/problem+json"}})`, status)
	}
	for i, failure := range []struct{ answer, says, counted string }{
		{`() => { throw new TypeError("offline") }`, "The server cannot be reached. Not counted yet: Next of ", "Question 1: "},
		{`() => new Response("<h1>Log in to the train's network</h1>")`, "The tracker did not answer.", "Question 2: "},
		{problem(429), "no, not now Not counted yet", "Question 3: "},
		{problem(503), "no, not now Not counted yet", "Question 4: "},
		{problem(401), "You are logged out. Not counted yet", "Question 5: "},
		{`async (...args) => { await real(...args); throw new TypeError("the answer is lost") }`, "The server cannot be reached.", "This press was counted already."},
	} {
		p.Do(chromedp.Evaluate[chromedp.Void](`{
			const real = window.fetch
			window.fetch = async (...args) => {
				if (args[0] !== "/dashboard/press") return real(...args)
				window.fetch = real
				return (` + failure.answer + `)(...args)
			}
		}`))
		tap(t, p, "next", failure.says)
		switch i {
		case 0:
			look(t, p, "clock-offline")
			p.Do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online"))`))
		case 1: // another page, and back
			p.Go("/dashboard/week")
			p.Go("/dashboard/today")
		case 2: // the page is drawn anew meanwhile
			const live = `document.querySelector("main").dataset.live`
			before := browser.Eval[string](p, live)
			user.Press(t, map[string]any{"type": "PAUSE", "paused": false})
			p.Await("another revision", func() bool { return browser.Eval[string](p, live) != before })
			says(t, p, failure.says)
			fallthrough
		default:
			p.Do(chromedp.Click(chromedp.CSS(".saying button")))
		}
		says(t, p, failure.counted)
		if got := questionsToday(t, user); got != i+1 {
			t.Fatalf("after failure %d the day has %d questions", i+1, got)
		}
	}
	// What is dropped is not sent.
	p.Do(chromedp.Evaluate[chromedp.Void](`window.fetch = ((real) => async (...args) => {
		if (args[0] === "/dashboard/press") throw new TypeError("offline")
		return real(...args)
	})(window.fetch)`))
	tap(t, p, "end", "The server cannot be reached.")
	p.Do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".saying button")].find(b => b.textContent === "Drop").click()`))
	says(t, p, "Dropped.")
	shows(t, p, runningText, "Question 7 · running")
	p.Go("/dashboard/today")
	shows(t, p, runningText, "Question 7 · running")
	if text := browser.Eval[string](p, said); text != "" {
		t.Errorf("what was dropped or answered is sent again: %q", text)
	}
}

// forget records a session of two questions whose newest press is this long ago.
func forget(t *testing.T, user *program.Client, idle time.Duration) (pressedAt time.Time) {
	t.Helper()
	user.SetZone(t, eveningZone(time.Now()))
	at := time.Now().Add(-idle - 10*time.Minute)
	var events []map[string]any
	for range 3 {
		events = append(events, map[string]any{"type": "NEXT", "timestamp": at.UTC().Format(time.RFC3339Nano)})
		pressedAt, at = at, at.Add(5*time.Minute)
	}
	user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
	return pressedAt
}
