package widget

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// While the server is away, the tab is reloaded, the browser is restarted and then killed.
// Everything that was pressed arrives once, in order, with the times of the presses.
func TestWidgetOffline(t *testing.T) {
	t.Parallel()
	eachWidget(t, []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}, func(t *testing.T, r *rig) {
		tab := r.task(1)
		r.pair(tab)
		d := &diary{t: t}
		d.press(tab, "Next")
		tab.awaitText("all sent")
		shows := func(unsent int) {
			t.Helper()
			tab.awaitText(fmt.Sprintf("%d unsent", unsent))
			tab.awaitText(fmt.Sprintf("Question %d ", d.number()))
		}

		r.server.Stop(t)
		d.press(tab, "Next")
		tab.awaitText("Next try in") // the card grows by it, and its keys move
		d.press(tab, "Next", "Pause", "Resume", "Undo", "Next", "Pause")
		shows(7)
		tab.Go(ratingsite.TaskPath(1))
		tab.awaitOverlay()
		shows(7)
		tab.awaitText("paused")
		tab.awaitText("Next try in")
		d.press(tab, "Next", "End", "Next", "Next", "Pause", "Undo")
		shows(13)

		r.restartBrowser()
		tab = r.task(1)
		shows(13)
		tab.awaitText("Next try in")
		d.press(tab, "Next", "Next", "Undo", "Undo", "Next", "Pause")
		shows(19)

		d.press(tab, "Next")
		shows(20)
		letPass(tab, storedWithin)
		// Moving the clock writes to the same storage, so after it all earlier writes are
		// finished.
		d.moveClock(tab, time.Millisecond)
		r.browser.Kill(t)
		r.browser = browser.Start(t, r.setup)
		tab = r.task(1)
		shows(20)

		r.startServer()
		tab.press("Send now")
		tab.awaitText("all sent")
		tab.awaitText(fmt.Sprintf("Question %d ", d.number()))
		log := r.log()
		d.requireRecorded(log)
		requireFolded(t, r.sessions(), log)
	})
}

// storedWithin is the longest time, in ms by the page's clock, from drawing a press to
// writing it to the storage.
const storedWithin = 100

// letPass waits for this many ms by the page's clock.
func letPass(tab *ratingTab, ms int) {
	tab.t.Helper()
	tab.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("new Promise((passed) => setTimeout(passed, %d))", ms), chromedp.EvalAwaitPromise))
}
