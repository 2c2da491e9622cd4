package widget

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// taskIn opens a tab at the page of a task, in a view.
func (r *rig) taskIn(view browser.View, id int) *ratingTab {
	r.t.Helper()
	tab := &ratingTab{Page: r.browser.Open(r.t, ratingsite.Origin, view), t: r.t}
	tab.Go(ratingsite.TaskPath(id))
	tab.awaitOverlay()
	return tab
}

// moveClocks sets the clock of the whole widget off by offset from the machine's, and waits
// until these tabs know.
func moveClocks(offset time.Duration, tabs ...*ratingTab) {
	ms := strconv.FormatInt(offset.Milliseconds(), 10)
	browser.Eval[bool](tabs[0].Page, `document.dispatchEvent(new CustomEvent("test-clock", {detail: `+ms+`}))`)
	for _, tab := range tabs {
		tab.Await("the moved clock", func() bool {
			return browser.Eval[string](tab.Page, "document.documentElement.dataset.clock") == ms
		})
	}
}

// box is where something is, in CSS pixels of the window.
type box struct{ X, Y, Width, Height float64 }

func (b box) middle() (x, y float64) { return b.X + b.Width/2, b.Y + b.Height/2 }

func (b box) bottom() float64 { return b.Y + b.Height }

// boxOf returns where an element of the overlay is.
func (tab *ratingTab) boxOf(selector string) box {
	tab.t.Helper()
	return browser.Eval[box](tab.Page, `(() => {
		const { x, y, width, height } = `+tab.find(selector)+`.getBoundingClientRect()
		return { X: x, Y: y, Width: width, Height: height }
	})()`)
}

// find returns a JavaScript expression for an element of the overlay.
func (tab *ratingTab) find(selector string) string {
	return overlayRoot + fmt.Sprintf(`.querySelector(%q)`, selector)
}

// click clicks an element of the overlay with the mouse.
func (tab *ratingTab) click(selector string) {
	tab.t.Helper()
	tab.Await(selector+" to be seen", func() bool {
		return browser.Eval[bool](tab.Page, tab.find(selector)+"?.checkVisibility() ?? false")
	})
	browser.Eval[bool](tab.Page, "("+tab.find(selector)+".scrollIntoView({block: 'nearest'}), true)")
	tab.Do(chromedp.MouseClickXY(tab.boxOf(selector).middle()))
}

// point moves the mouse over the page, as a person does who comes back.
func (tab *ratingTab) point() {
	tab.t.Helper()
	tab.Do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 300, 500),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 320, 520),
	)
}

// drag drags an element of the overlay with the mouse.
func (tab *ratingTab) drag(selector string, right, down float64) {
	tab.t.Helper()
	x, y := tab.boxOf(selector).middle()
	tab.Do(chromedp.DragAndDropXY(x, y, x+right, y+down, 4))
}

// changeSetting opens the settings in the overlay, changes the form by JavaScript, and
// saves it.
func (tab *ratingTab) changeSetting(change string) {
	tab.t.Helper()
	tab.click(".more")
	browser.Eval[bool](tab.Page, `(() => { const form = `+tab.find(".settings")+`; `+change+`; return true })()`)
	tab.click(".settings button")
	tab.awaitText("Saved.")
	tab.click(".more")
}

// awaitNoText waits until the overlay no longer says part.
func (tab *ratingTab) awaitNoText(part string) {
	tab.t.Helper()
	tab.Await("the overlay to stop saying "+part, func() bool { return !strings.Contains(tab.text(), part) })
}
