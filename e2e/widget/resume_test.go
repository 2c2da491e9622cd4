package widget

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// After End, Resume lets the question run on with its start: in the queue while the server is
// away, and else at the server. What it cannot take back stands, and the overlay says why.
func TestWidgetResume(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{
		{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today},
		{AET: "5 minutes", Type: "Page Quality", Markup: ratingsite.Today},
	}
	eachGatedWidget(t, tasks, func(t *testing.T, r *rig, g *gate) {
		first := r.task(1)
		r.pair(first)
		resumesAtServer(t, r, g, first)
		resumesInQueue(t, r, g, first)
		resumesWhatArrived(t, r, g, first)
		staysEnded(t, r, g, first)
	})
}

// resumesAtServer presses End, which arrives, and Resume after the page was loaded again. Another tab follows.
func resumesAtServer(t *testing.T, r *rig, g *gate, tab *ratingTab) {
	t.Helper()
	d := &diary{t: t}
	d.press(tab, "Next")
	tab.awaitClock(3 * time.Second) // so that a question that begins again would be noticed
	tab.press("End")
	tab.awaitText("no session")
	tab.awaitText("all sent")
	tab.Go(ratingsite.TaskPath(1))
	tab.awaitOverlay()
	tab.awaitText("Next Resume Undo End")
	other := r.task(2)
	other.awaitText("Next Resume Undo End")
	tab.Front()
	tab.pressByKeyboard("Resume")
	for _, at := range []*ratingTab{tab, other} {
		at.Front()
		at.awaitText("Question 1 running")
		at.awaitRunningSince(d.presses[0])
		at.awaitText("all sent")
	}
	tab.Front()
	requireTypes(t, r, "NEXT EXIT REMOVE_PRESS")
	if n := len(g.callsTo(resumePath)); n != 1 {
		t.Errorf("the server was asked %d times, want once", n)
	}
	tab.press("End")
	tab.awaitText("no session")
}

// resumesInQueue presses End and Resume without a server: the End never arrives.
func resumesInQueue(t *testing.T, r *rig, g *gate, tab *ratingTab) {
	t.Helper()
	d := &diary{t: t}
	tab.awaitText("all sent")
	g.setShut(true)
	d.press(tab, "Next")
	tab.awaitText("1 unsent")
	tab.awaitClock(3 * time.Second)
	tab.press("End")
	tab.awaitText("2 unsent")
	tab.press("Resume")
	tab.awaitText("1 unsent")
	tab.awaitRunningSince(d.presses[0])
	g.setShut(false)
	tab.press("Send now")
	tab.awaitText("all sent")
	tab.awaitText("Question 1 running")
	requireTypes(t, r, "NEXT")
}

// resumesWhatArrived presses Resume after an End that arrived, and whose answer was lost.
func resumesWhatArrived(t *testing.T, r *rig, g *gate, tab *ratingTab) {
	t.Helper()
	g.meet(losesAnswer)
	tab.press("End")
	tab.awaitText("1 unsent · the server cannot be reached")
	tab.press("Resume")
	tab.awaitText("Question 1 running")
	g.meet(nil)
	tab.awaitText("all sent") // an entry made later than Next would stand behind it in the log
	tab.press("Next")
	tab.awaitText("Question 2 running")
	tab.awaitText("all sent")
	requireTypes(t, r, "NEXT EXIT REMOVE_PRESS NEXT")
}

// staysEnded presses Resume while the server is away, and after a session that began elsewhere.
func staysEnded(t *testing.T, r *rig, g *gate, tab *ratingTab) {
	t.Helper()
	tab.press("End")
	tab.awaitText("no session")
	tab.awaitText("all sent")
	g.setShut(true)
	tab.press("Resume")
	tab.awaitText("Not resumed. The server cannot be reached.")
	g.setShut(false)
	r.user.Must(t, http.StatusOK, http.MethodPost, "/events", map[string]any{"type": "NEXT"})
	tab.press("Resume")
	tab.awaitText("Not resumed. Another session has begun")
	tab.awaitText("no session")
	requireTypes(t, r, "NEXT")
	tab.press("Next")
	tab.awaitNoText("Not resumed.")
}

// pressByKeyboard presses a button of the overlay that has the focus.
func (tab *ratingTab) pressByKeyboard(name string) {
	tab.t.Helper()
	tab.Await("the button "+name+" to have the focus", func() bool {
		return browser.Eval[bool](tab.Page, `(() => {
			const root = `+overlayRoot+`
			const button = [...root.querySelectorAll("button")].find((b) => b.textContent === "`+name+`" && b.checkVisibility())
			button?.focus()
			return button !== undefined && root.activeElement === button
		})()`)
	})
	tab.Do(chromedp.KeyEvent("\r"))
}

// awaitRunningSince waits until the clock shows the time since a press.
func (tab *ratingTab) awaitRunningSince(p pressed) {
	tab.t.Helper()
	tab.Await("the clock to run since the press", func() bool {
		since := browser.Eval[int64](tab.Page, "Date.now()") - p.Until
		return int64(clockOf(tab)) >= since/1000-1
	})
}

// requireTypes fails the test unless the newest session's log has entries of these types.
func requireTypes(t *testing.T, r *rig, want string) {
	t.Helper()
	sessions := r.sessions()
	log := r.logOf(sessions[len(sessions)-1].SessionID)
	var types []string
	for _, e := range log {
		types = append(types, e.Type)
	}
	if !slices.Equal(types, strings.Fields(want)) {
		t.Errorf("the newest session has the log %q, want %q", types, want)
	}
}
