package widget

import (
	"math"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// The overlay keeps its place, its width and whether it is collapsed after a reload and in every
// tab, and in a small window all of it is visible.
func TestWidgetPlace(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		tab, other := r.task(1), r.task(1)
		tab.press("Next")
		other.awaitText("Question 1")
		first := tab.boxOf(".card")

		tab.drag(".status", -300, -200)
		tab.drag(".edge", -60, 0)
		chosen := tab.boxOf(".card")
		if !near(chosen.X, first.X-360) || !near(chosen.bottom(), first.bottom()-200) || !near(chosen.Width, first.Width+60) {
			t.Errorf("dragged from %+v to %+v", first, chosen)
		}
		other.awaitBox(chosen)
		tab.Do(chromedp.Reload())
		tab.awaitOverlay()
		tab.awaitBox(chosen)

		tab.Resize(320, 300)
		tab.Await("the overlay to fit the small window", func() bool {
			b := tab.boxOf(".card")
			return b.X >= 0 && b.Y >= 0 && b.X+b.Width <= 320 && b.Y+b.Height <= 300
		})
		tab.Resize(1280, 900)
		tab.awaitBox(chosen)

		other.press("–")
		tab.awaitText("Q 1")
		tab.Do(chromedp.Reload())
		tab.awaitOverlay()
		tab.awaitText("Q 1")
		tab.click(".open")
		other.awaitText("Question 1")
		other.awaitBox(chosen)
	})
}

func (tab *ratingTab) awaitBox(want box) {
	tab.t.Helper()
	var got box
	defer func() {
		if tab.t.Failed() {
			tab.t.Logf("the overlay is at %+v, want %+v", got, want)
		}
	}()
	tab.Await("the overlay at its place", func() bool {
		got = tab.boxOf(".card")
		return near(got.X, want.X) && near(got.bottom(), want.bottom()) && near(got.Width, want.Width)
	})
}

// near allows for fractions of a pixel.
func near(a, b float64) bool { return math.Abs(a-b) <= 1 }

// A hotkey chosen in one tab, or on the extension's page, works at once in every tab.
func TestWidgetSettings(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		tab, other := r.task(1), r.task(1)
		for _, at := range []*ratingTab{tab, other} {
			browser.Eval[bool](at.Page, "(document.activeElement.blur(), true)")
		}
		const change = `form.querySelector("input").value = `
		tab.changeSetting(change + `"Alt+N"`)
		other.awaitSetting("Alt+N")
		other.Chord("Ctrl+Q") // no longer a key
		other.Chord("Alt+N")
		other.awaitText("Question 1")
		tab.awaitText("Question 1")
		tab.Chord("Alt+N")
		tab.awaitText("Question 2")

		tab.click(".more")
		browser.Eval[bool](tab.Page, `(Object.assign(`+tab.find(".settings input")+`, {value: "N"}), true)`)
		tab.click(".settings button")
		tab.awaitText("“N” is not a key such as")
		if r.kind != "extension" {
			return
		}
		options := r.browser.Open(t, browser.ExtensionOrigin(r.setup.Extension), browser.View{})
		options.Go("/options.html")
		options.Await("the settings", func() bool {
			return browser.Eval[string](options, `document.querySelector(".settings input")?.value ?? ""`) == "Alt+N"
		})
		browser.Eval[bool](options, `(document.querySelector(".settings input").value = "Alt+M", true)`)
		options.Do(chromedp.Click(chromedp.CSS(".settings button")))
		other.awaitSetting("Alt+M")
		other.Chord("Alt+N")
		other.Chord("Alt+M")
		other.awaitText("Question 3")
	})
}

// awaitSetting waits until the overlay knows the hotkey of Next.
func (tab *ratingTab) awaitSetting(next string) {
	tab.t.Helper()
	tab.Await("the key "+next, func() bool {
		return browser.Eval[string](tab.Page, tab.find(".settings input")+".value") == next
	})
}
