package widget

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// otherTabWithin is by when a press shows in another tab; half of several presses must,
// because a busy machine delays some.
const otherTabWithin = 300 * time.Millisecond

// Two tabs have one queue and one clock: what is pressed in one shows in the other, and
// counts once.
func TestWidgetTabs(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{
		{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today},
		{AET: "5 minutes", Type: "Page Quality", Markup: ratingsite.Today},
	}
	eachGatedWidget(t, tasks, func(t *testing.T, r *rig, g *gate) {
		first := r.task(1)
		r.pair(first)
		second := r.task(2)
		d := &diary{t: t}
		var late []time.Duration
		for i := range 8 {
			at, other := first, second
			if i%2 == 1 {
				at, other = second, first
			}
			at.Front()
			watchNumber(other, i+1)
			d.press(at, "Next")
			late = append(late, time.Duration(shownAt(other)-d.presses[i].From)*time.Millisecond)
		}
		slices.Sort(late)
		if late[len(late)/2] >= otherTabWithin {
			t.Errorf("the other tab shows a press after %v, want half within %v", late, otherTabWithin)
		}
		// Read at the same moment but for the way, so that a second may lie between.
		first.Await("both tabs to have run", func() bool { return clockOf(first) >= 1 })
		second.Front()
		second.Await("both clocks to agree", func() bool {
			a, b := clockOf(first), clockOf(second)
			return a >= 0 && b >= 0 && max(a-b, b-a) <= 1
		})
		d.press(second, "Pause")
		first.awaitText("paused")
		first.awaitText("all sent")
		second.awaitText("all sent")
		log := r.log()
		d.requireRecorded(log)
		requireFolded(t, r.sessions(), log)
		g.requireSentOnce(t)
	})
}

// watchNumber notes when a tab's overlay shows the question with a number.
func watchNumber(tab *ratingTab, number int) {
	tab.t.Helper()
	browser.Eval[bool](tab.Page, fmt.Sprintf(`(() => {
		globalThis.numberShownAt = 0;
		const handle = %s.querySelector(".handle");
		const look = () => { if (handle.textContent === "Question %d") numberShownAt ||= Date.now(); };
		new MutationObserver(look).observe(handle, { subtree: true, childList: true, characterData: true });
		return true;
	})()`, overlayRoot, number))
}

func shownAt(tab *ratingTab) (at int64) {
	tab.t.Helper()
	tab.Await("the other tab to show the press", func() bool {
		at = browser.Eval[int64](tab.Page, "numberShownAt")
		return at > 0
	})
	return at
}
