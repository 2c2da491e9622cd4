package widget

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// Whatever goes wrong between a press and the server, no press is lost or recorded twice,
// and the overlay says what is wrong.
func TestWidgetFaults(t *testing.T) {
	t.Parallel()
	eachGatedWidget(t, []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}, func(t *testing.T, r *rig, g *gate) {
		tab := r.task(1)
		f := &faults{t: t, rig: r, gate: g, tab: tab, diary: &diary{t: t}}
		f.diary.moveClock(tab, -time.Hour)
		r.pair(tab)
		f.hourOffline()
		f.serverFails()
		f.askedToWait()
		f.answerLost()
		f.tokenEnded()
		f.deviceRevoked()
		f.allArrived()
		f.refused()
	})
}

type faults struct {
	t     *testing.T
	rig   *rig
	gate  *gate
	tab   *ratingTab
	diary *diary
}

// allArrived compares the diary with what the server has.
func (f *faults) allArrived() {
	f.t.Helper()
	f.tab.awaitText("all sent")
	log := f.rig.log()
	f.diary.requireRecorded(log)
	requireFolded(f.t, f.rig.sessions(), log)
}

// hourOffline begins an hour ago, without a server. When the server is back, the access token
// has expired.
func (f *faults) hourOffline() {
	f.t.Helper()
	f.gate.setShut(true)
	f.diary.press(f.tab, "Next", "Next")
	f.tab.awaitText("2 unsent")
	f.tab.awaitClock(time.Second) // it ticks, so that a jump would be noticed
	f.diary.moveClock(f.tab, -30*time.Minute)
	f.tab.awaitAway(30 * time.Minute)
	f.tab.press("Count it")
	f.diary.press(f.tab, "Next", "Pause")
	f.diary.moveClock(f.tab, 0)
	f.tab.awaitPaused(30 * time.Minute)
	f.diary.press(f.tab, "Resume", "Next")
	f.tab.awaitText("6 unsent")
	f.tab.awaitText("the server cannot be reached")
	f.tab.awaitText("Question 4 ")
	f.gate.setShut(false)
	f.tab.press("Send now")
	f.allArrived()
	f.tab.awaitText("Question 4 ")
	if n := len(f.gate.callsTo(refreshPath)); n != 1 {
		f.t.Errorf("the token that ended was renewed %d times, want once", n)
	}
}

// serverFails answers 500: the widget tries again by itself.
func (f *faults) serverFails() {
	f.t.Helper()
	f.gate.meet(answers(http.StatusInternalServerError, ""))
	f.diary.press(f.tab, "Next")
	f.tab.awaitText("1 unsent · the server answered 500")
	f.tab.awaitText("Next try in")
	f.gate.meet(nil)
	f.allArrived()
}

// askedToWait answers 429: the widget waits as long as the server asks, even if the person
// presses "Send now".
func (f *faults) askedToWait() {
	f.t.Helper()
	const asked = 2 * time.Second
	before := len(f.gate.callsTo(batchPath))
	f.gate.meet(answers(http.StatusTooManyRequests, "2"))
	f.diary.press(f.tab, "Next")
	f.tab.awaitText("the server answered 429")
	f.diary.press(f.tab, "Pause")
	f.tab.press("Send now")
	f.tab.awaitText("2 unsent")
	f.gate.meet(nil)
	f.allArrived()
	calls := f.gate.callsTo(batchPath)[before:]
	if len(calls) < 2 {
		f.t.Fatalf("a batch that was turned down was sent %d times, want at least twice", len(calls))
	}
	for i, c := range calls[1:] {
		if c.at.Sub(calls[i].at) < asked {
			f.t.Errorf("the calls after a request to wait for %v are %+v", asked, calls)
		}
	}
}

// answerLost drops the answer: the widget sends again what the server already has.
func (f *faults) answerLost() {
	f.t.Helper()
	before := len(f.gate.callsTo(batchPath))
	f.gate.meet(losesAnswer)
	f.diary.press(f.tab, "Next")
	f.tab.awaitText("the server cannot be reached")
	f.gate.meet(nil)
	f.allArrived()
	calls := f.gate.callsTo(batchPath)[before:]
	if len(calls) < 2 {
		f.t.Fatalf("a batch whose answer was lost was sent %d times, want at least twice", len(calls))
	}
	for _, c := range calls {
		if !slices.Equal(c.events, calls[0].events) {
			f.t.Errorf("after a lost answer the calls are %+v, want the same again", calls)
		}
	}
}

// tokenEnded answers 401: the widget refreshes the access token, and the person does not
// notice.
func (f *faults) tokenEnded() {
	f.t.Helper()
	before := len(f.gate.callsTo(refreshPath))
	f.gate.meetOnce(answers(http.StatusUnauthorized, ""))
	f.diary.press(f.tab, "Undo")
	f.allArrived()
	if n := len(f.gate.callsTo(refreshPath)) - before; n != 1 {
		f.t.Errorf("a token that was turned down was renewed %d times, want once", n)
	}
}

// deviceRevoked removes the device: the widget keeps what is pressed until the person connects
// again.
func (f *faults) deviceRevoked() {
	f.t.Helper()
	var devices []struct {
		ID string `json:"device_id"`
	}
	answer := f.rig.user.Must(f.t, http.StatusOK, http.MethodGet, "/me/devices", nil)
	answer.Decode(f.t, &devices)
	for _, d := range devices {
		f.rig.user.Must(f.t, http.StatusOK, http.MethodDelete, "/me/devices/"+d.ID, nil)
	}
	f.diary.press(f.tab, "Next")
	f.tab.awaitText("1 unsent · not connected")
	f.tab.awaitText("The server no longer knows this device")
	f.diary.press(f.tab, "Next", "Pause")
	f.tab.awaitText("3 unsent · not connected")
	f.rig.connect(f.tab)
}

// refused sends two presses that the server refuses: one of a session that was deleted in the
// meantime, and one made while the machine's clock was wrong by days. The presses before and
// after them arrive.
func (f *faults) refused() {
	f.t.Helper()
	f.gate.setShut(true)
	f.diary = &diary{t: f.t}
	var refused diary // the presses that must not arrive
	refused.t = f.t
	for _, s := range f.rig.sessions() {
		f.rig.user.Must(f.t, http.StatusOK, http.MethodDelete, "/sessions/"+s.SessionID, nil)
	}
	refused.press(f.tab, "Resume")
	f.diary.press(f.tab, "Next")
	refused.moveClock(f.tab, 72*time.Hour)
	f.tab.awaitText("You were away")
	refused.byHotkey(f.tab, "Next")
	f.diary.moveClock(f.tab, 0)
	f.diary.press(f.tab, "Next", "Next")
	f.tab.awaitText("5 unsent")
	f.gate.setShut(false)
	f.tab.press("Send now")

	f.tab.awaitText("2 refused")
	text := f.tab.text()
	for _, reason := range []string{"Resume at ", "Next at ", ": there is no active session", "in the future"} {
		if !strings.Contains(text, reason) {
			f.t.Errorf("of the refused presses the overlay says %q, and nothing of %q", text, reason)
		}
	}
	f.dismiss()
	f.tab.awaitText("1 refused")
	f.dismiss()
	f.tab.Await("nothing to be refused", func() bool { return !strings.Contains(f.tab.text(), "refused") })
	f.allArrived()
	f.tab.awaitText(fmt.Sprintf("Question %d ", f.diary.number()))
	f.tab.Go(ratingsite.TaskPath(1))
	f.tab.awaitOverlay()
	if text := f.tab.text(); strings.Contains(text, "refused") {
		f.t.Errorf("what was dismissed is back: %q", text)
	}
}

// dismiss dismisses the first of the refused presses.
func (f *faults) dismiss() {
	f.t.Helper()
	at := browser.Eval[[]float64](f.tab.Page, `(() => {
		const box = `+overlayRoot+`.querySelector("button[aria-label^=Dismiss]").getBoundingClientRect()
		return [box.x + box.width / 2, box.y + box.height / 2]
	})()`)
	f.tab.Do(chromedp.MouseClickXY(at[0], at[1]))
}
