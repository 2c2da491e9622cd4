package widget

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

const (
	// otherTabWithin is how soon a press shows in another tab on an idle machine.
	otherTabWithin = 300 * time.Millisecond
	// messages says how much longer it may take on a busy machine: this many times as long
	// as a message that the page sends to the other tab at the same moment.
	messages = 10
)

// Two tabs share one queue and one clock: what is pressed in one shows in the other and counts
// once.
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
		var late, told []time.Duration
		for i := range 8 {
			at, other := first, second
			if i%2 == 1 {
				at, other = second, first
			}
			at.Front()
			watchNumber(other, i+1)
			tellOnPress(at)
			d.press(at, "Next")
			since := func(mark string) time.Duration {
				return time.Duration(markOf(other, mark)-d.presses[i].From) * time.Millisecond
			}
			late, told = append(late, since("numberShownAt")), append(told, since("toldAt"))
		}
		slices.Sort(late)
		slices.Sort(told)
		half := len(late) / 2
		if most := otherTabWithin + messages*told[half]; late[half] >= most {
			t.Errorf("the other tab shows a press after %v and is told of it after %v, want half within %v", late, told, most)
		}
		// The clocks are read one after the other, so they may differ by a second.
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

// watchNumber makes a tab note when its overlay shows the question with this number, and when
// the message of the other tab arrives.
func watchNumber(tab *ratingTab, number int) {
	tab.t.Helper()
	browser.Eval[bool](tab.Page, fmt.Sprintf(`(() => {
		globalThis.numberShownAt = 0;
		globalThis.toldAt = 0;
		globalThis.fromOther ??= new BroadcastChannel("presses of the test");
		fromOther.onmessage = () => { toldAt ||= Date.now(); };
		const handle = %s.querySelector(".handle");
		const look = () => { if (handle.textContent === "Question %d") numberShownAt ||= Date.now(); };
		new MutationObserver(look).observe(handle, { subtree: true, childList: true, characterData: true });
		return true;
	})()`, overlayRoot, number))
}

// tellOnPress makes a tab's page send a message to the other tab at the next press.
func tellOnPress(tab *ratingTab) {
	tab.t.Helper()
	browser.Eval[bool](tab.Page, `(() => {
		const told = new BroadcastChannel("presses of the test"), once = new AbortController();
		const tell = () => { told.postMessage(""); told.close(); once.abort(); };
		for (const name of ["click", "keydown"]) addEventListener(name, tell, { capture: true, signal: once.signal });
		return true;
	})()`)
}

// markOf waits for a time that the tab notes, and returns it in ms since 1970.
func markOf(tab *ratingTab, name string) (at int64) {
	tab.t.Helper()
	tab.Await(name+" of the other tab", func() bool {
		at = browser.Eval[int64](tab.Page, name)
		return at > 0
	})
	return at
}
