package widget

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// An automatic Next follows an accepted answer and nothing else. It has the time of the
// submit and the estimate of the task that it opens, in whatever markup the page has it.
func TestWidgetAutoNext(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{
		{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today},
		{AET: "1.0 minutes", Type: "Page Quality", Markup: ratingsite.Fallback, NoList: true},
		{AET: "Average Estimated Time = 45sec", Type: "Side by Side", Markup: ratingsite.Header},
		{AET: "9 minutes", Type: "Unseen", Markup: ratingsite.Changed},
		{AET: "2,5 minutes", Type: "Needs Met", Markup: ratingsite.Today},
	}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		a := &autoNext{t: t, tab: r.task(1)}
		a.tab.awaitText("Not connected")
		a.tab.changeSetting("form.querySelector('input[type=checkbox]').checked = true")
		r.pair(a.tab)
		a.tab.press("Next")
		a.expect("Question 1", "AET 3–4 min")

		a.fail("#ewok-task-submit-button", 1)
		a.expect("Question 1", "AET 3–4 min")
		a.submit("#ewok-task-submit-button", ratingsite.TaskPath(2))
		a.expect("Question 2", "AET 1 min")

		a.fail("#ewok-task-submit-done-button", 2)
		a.expect("Question 2", "AET 1 min")
		a.submit("#ewok-task-submit-button", ratingsite.TaskPath(3))
		a.expect("Question 3", "AET 0.75 min")

		for _, leave := range []string{".ewok-release-buttons button", "#ewok-task-cancel-button"} {
			a.leave(leave)
			a.expect("Question 3", "AET 0.75 min")
			a.open(3)
		}
		a.submit("#ewok-task-submit-button", ratingsite.TaskPath(4))
		a.expect("Question 4", "The page has changed: AET not found")
		a.tab.press("Next")                                        // a missing AET hinders nobody
		a.expect("Question 5", "The page has changed", "all sent") // it no longer waits for page 5

		a.open(5)
		a.submit("#ewok-task-submit-done-button", ratingsite.ListPath)
		a.expect("no session", "all sent")

		a.check(r, []loggedEvent{
			{Type: "NEXT", AETLow: 3, AETHigh: 4, AETText: "3 - 4 minutes", TaskID: "1", TaskType: "Needs Met"},
			{Type: "NEXT", AETLow: 1, AETHigh: 1, AETText: "1.0 minutes", TaskID: "2", TaskType: "Page Quality"},
			{Type: "NEXT", AETLow: 0.75, AETHigh: 0.75, AETText: "45sec", TaskID: "3", TaskType: "Side by Side"},
			{Type: "NEXT", TaskID: "4"},
			{Type: "NEXT"},
			{Type: "EXIT"},
		})
	})
}

// autoNext is a tab in which tasks are answered, with the times of the submits.
type autoNext struct {
	t   *testing.T
	tab *ratingTab
	// submits are those that the site accepted.
	submits []submit
}

// submit is the time between the press and the end of the page's handlers.
type submit struct{ before, after time.Time }

func (a *autoNext) expect(texts ...string) {
	a.t.Helper()
	for _, text := range texts {
		a.tab.awaitText(text)
	}
}

func (a *autoNext) open(id int) {
	a.t.Helper()
	a.tab.Go(ratingsite.TaskPath(id))
	a.tab.awaitOverlay()
}

// noteSubmit makes the page note when its form is submitted.
const noteSubmit = `(() => {
	const note = (name) => () => sessionStorage.setItem(name, Date.now())
	addEventListener("click", note("before"), { capture: true })
	addEventListener("submit", note("after"))
	return true
})()`

func (a *autoNext) fail(button string, id int) {
	a.t.Helper()
	a.tab.Do(chromedp.Click(chromedp.CSS(button)))
	a.tab.AwaitPath(fmt.Sprintf("/evaluation/rater/task/submit?taskIds=%d", id))
	a.tab.awaitOverlay()
}

func (a *autoNext) submit(button, leadsTo string) {
	a.t.Helper()
	browser.Eval[bool](a.tab.Page, noteSubmit)
	a.tab.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "yes"), chromedp.Click(chromedp.CSS(button)))
	a.tab.AwaitPath(leadsTo)
	a.tab.awaitOverlay()
	at := browser.Eval[[]int64](a.tab.Page, `["before", "after"].map((name) => Number(sessionStorage.getItem(name)))`)
	a.submits = append(a.submits, submit{time.UnixMilli(at[0]), time.UnixMilli(at[1])})
}

func (a *autoNext) leave(button string) {
	a.t.Helper()
	a.tab.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "yes"), chromedp.Click(chromedp.CSS(button)))
	a.tab.AwaitPath(ratingsite.IndexPath)
	a.tab.awaitOverlay()
}

// check compares the server's log with the presses, and the times of the automatic presses
// with the submits.
func (a *autoNext) check(r *rig, want []loggedEvent) {
	a.t.Helper()
	sessions := r.sessions()
	if len(sessions) != 1 {
		a.t.Fatalf("%d sessions, want 1", len(sessions))
	}
	log := r.logOf(sessions[0].SessionID)
	if diff := cmp.Diff(want, log, cmpopts.IgnoreFields(loggedEvent{}, "EventID", "At")); diff != "" {
		a.t.Fatalf("(-want +got):\n%s", diff)
	}
	for i, press := range []int{1, 2, 3, 5} {
		at, s := log[press].At, a.submits[i]
		if at.Before(s.before) || at.After(s.after) {
			a.t.Errorf("press %d is at %v, want the submit's %v to %v", press, at, s.before, s.after)
		}
	}
}
