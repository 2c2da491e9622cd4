package widget

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// The page is the same as without the widget: its layout, its focus, its keys. The widget
// works under the strictest policy and does not violate it.
func TestWidgetLeavesThePageAlone(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today, WithCSP: true}}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		tab := r.task(1)
		without := r.browser.Open(t, ratingsite.Elsewhere, browser.View{})
		without.Go(ratingsite.TaskPath(1))
		if diff := cmp.Diff(layout(without), layout(tab.Page)); diff != "" {
			t.Errorf("the page's layout (-without the widget +with it):\n%s", diff)
		}

		// The page has put the focus into its field; its caret is between two letters.
		tab.Do(chromedp.KeyEvent("answer"))
		browser.Eval[bool](tab.Page, `(document.querySelector("#answer").setSelectionRange(2, 4), true)`)
		const caret = `(() => { const at = document.activeElement; return [at.id, at.value, at.selectionStart, at.selectionEnd].join(" ") })()`
		const want = "answer answer 2 4"
		for _, key := range []string{"Next", "Pause", "Resume", "Next", "Undo", "⋯", "⋯", "–", "Next", "!", "End"} {
			tab.press(key)
			if got := browser.Eval[string](tab.Page, caret); got != want {
				t.Errorf("after %s the page's focus is %q, want %q", key, got, want)
			}
		}
		tab.awaitText("no session")

		tab.keys(t, "Ctrl+Q", "Ctrl+Q ") // in a field: the page's alone
		if text := tab.text(); !strings.Contains(text, "no session") {
			t.Errorf("a hotkey in a field was pressed: %s", text)
		}
		browser.Eval[bool](tab.Page, `(document.activeElement.blur(), true)`)
		for _, c := range []struct{ keys, heard, says string }{
			{"Ctrl+Q", "Ctrl+q ", "Question 1"},
			{"Ctrl+Shift+P", "Ctrl+Shift+P ", "paused"},
			{"Ctrl+Shift+P", "Ctrl+Shift+P ", "running"},
			{"Ctrl+Q", "Ctrl+q ", "Question 2"},
			{"Ctrl+Shift+Q", "Ctrl+Shift+Q ", "Question 1"},
			{"Q", "q ", "Question 1"},
			{"Ctrl+Shift+X", "Ctrl+Shift+X ", "no session"},
		} {
			tab.keys(t, c.keys, c.heard)
			tab.awaitText(c.says)
		}
		if diff := cmp.Diff(layout(without), layout(tab.Page)); diff != "" {
			t.Errorf("the page's layout at last (-without the widget +with it):\n%s", diff)
		}
	})
}

// keys presses keys and checks which of them the page receives.
func (tab *ratingTab) keys(t *testing.T, keys, heard string) {
	t.Helper()
	browser.Eval[string](tab.Page, `document.documentElement.dataset.keys = ""`)
	tab.Chord(keys)
	if got := browser.Eval[string](tab.Page, `document.documentElement.dataset.keys`); !strings.EqualFold(got, heard) {
		t.Errorf("the page hears %q of %s, want %q", got, keys, heard)
	}
}

// layout returns where everything on a page is and what it looks like.
func layout(p *browser.Page) []string {
	return browser.Eval[[]string](p, `[...document.querySelectorAll("html, body, body *")].map((e) => {
		const b = e.getBoundingClientRect(), s = getComputedStyle(e)
		return [e.localName, e.id, b.x, b.y, b.width, b.height, s.color, s.font, e.scrollWidth, e.scrollHeight].join(" ")
	})`)
}

// With the keyboard alone every button of the overlay can be reached, seen, pressed and left.
func TestWidgetByKeyboard(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		tab := r.task(1)
		r.pair(tab)
		tab.press("Next")
		tab.awaitText("Question 1")

		want := []string{"Question 1", "Settings", "Collapse", "Next", "Pause", "Undo", "End", "Width"}
		if diff := cmp.Diff(want, tab.tabThrough(t)); diff != "" {
			t.Errorf("Tab goes through (-want +got):\n%s", diff)
		}
		tab.tabTo("Next")
		tab.Do(chromedp.KeyEvent(kb.Enter))
		tab.awaitText("Question 2")
		tab.Do(chromedp.KeyEvent(" "))
		tab.awaitText("Question 3")

		tab.tabTo("Question 3")
		before := tab.boxOf(".card")
		// So many that the storage reports the first ones while the last are being pressed.
		tab.Do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(strings.Repeat(kb.ArrowUp, 20)))
		after := tab.boxOf(".card")
		if after.X != before.X-8 || after.Y != before.Y-160 {
			t.Errorf("arrow keys moved the overlay from %+v to %+v", before, after)
		}
		tab.tabTo("Width")
		tab.Do(chromedp.KeyEvent(kb.ArrowLeft))
		if wider := tab.boxOf(".card"); wider.Width != after.Width+8 {
			t.Errorf("an arrow key on the edge made %v of the width %v", wider.Width, after.Width)
		}
		tab.tabTo("Settings")
		tab.Do(chromedp.KeyEvent(kb.Escape))
		if at := browser.Eval[string](tab.Page, "document.activeElement.innerText"); at != "Release" {
			t.Errorf("Escape leads to %q, want the page's last button, where the focus came from", at)
		}

		// When the overlay is collapsed and expanded by keyboard, the focus stays inside.
		tab.tabTo("Collapse")
		tab.Do(chromedp.KeyEvent(kb.Enter))
		tab.awaitText("Q 3")
		if diff := cmp.Diff([]string{"Next", "Expand"}, tab.tabThrough(t)); diff != "" {
			t.Errorf("collapsed, Tab goes through (-want +got):\n%s", diff)
		}
		tab.tabTo("Expand")
		tab.Do(chromedp.KeyEvent(kb.Enter))
		tab.awaitText("Question 3")
	})
}

// overlayFocus names the element of the overlay that has the focus, and says whether the focus
// is visible.
const overlayFocus = `(() => {
	const at = ` + overlayRoot + `.activeElement
	if (!at) return { name: "", seen: true }
	const style = getComputedStyle(at), b = at.getBoundingClientRect()
	const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
		b.width > 0 && b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight
	return { name: at.getAttribute("aria-label") ?? at.innerText, seen }
})()`

type focusedKey struct {
	Name string `json:"name"`
	Seen bool   `json:"seen"`
}

// enter puts the focus on the last element of the page; the overlay comes after it.
func (tab *ratingTab) enter() {
	browser.Eval[bool](tab.Page, `(document.querySelector(".ewok-release-buttons button").focus(), true)`)
}

// tabThrough returns the buttons of the overlay in the order in which Tab reaches them.
func (tab *ratingTab) tabThrough(t *testing.T) []string {
	t.Helper()
	tab.enter()
	var names []string
	for range 20 {
		tab.Do(chromedp.KeyEvent(kb.Tab))
		at := browser.Eval[focusedKey](tab.Page, overlayFocus)
		if at.Name == "" {
			return names
		}
		if !at.Seen {
			t.Errorf("the focus on %s is not seen", at.Name)
		}
		names = append(names, at.Name)
	}
	t.Error("the focus does not leave the overlay")
	return names
}

func (tab *ratingTab) tabTo(name string) {
	tab.t.Helper()
	tab.enter()
	for range 20 {
		tab.Do(chromedp.KeyEvent(kb.Tab))
		if browser.Eval[focusedKey](tab.Page, overlayFocus).Name == name {
			return
		}
	}
	tab.t.Fatalf("Tab does not come to %s", name)
}
