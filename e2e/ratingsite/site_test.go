package ratingsite_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// The site does what the tests of the widget need: a task without an answer comes back with
// its errors, an answered one leads to the next task, and "done" leads to the list.
func TestWayThroughTheSite(t *testing.T) {
	t.Parallel()
	site := ratingsite.Start(t, []ratingsite.Task{
		{AET: "1.0 minutes", Markup: ratingsite.Today, WithCSP: true},
		{AET: "3 - 4 minutes", Markup: ratingsite.Fallback, NoList: true},
		{AET: "45sec", Markup: ratingsite.Header},
		{AET: "5 minutes", Markup: ratingsite.Changed},
	})
	b := browser.Start(t, browser.Setup{Rules: site.Rules(), Trusted: site.Fingerprint(t), Profile: t.TempDir()})
	p := b.Open(t, ratingsite.Origin, browser.View{})
	submit := func(answer, button, leadsTo string) {
		t.Helper()
		p.Do(chromedp.SendKeys(chromedp.CSS("#answer"), answer), chromedp.Click(chromedp.CSS(button)))
		p.AwaitPath(leadsTo)
	}
	p.Go(ratingsite.TaskPath(1))
	submit("", "#ewok-task-submit-button", "/evaluation/rater/task/submit?taskIds=1")
	if text := browser.Get(p, chromedp.Text(chromedp.CSS("#ewok-errors-list li"))); text == "" {
		t.Error("no error is listed")
	}
	submit("yes", "#ewok-task-submit-button", ratingsite.TaskPath(2))
	submit("", "#ewok-task-submit-button", "/evaluation/rater/task/submit?taskIds=2")
	submit("yes", "#ewok-task-submit-button", ratingsite.TaskPath(3))
	submit("", ".ewok-release-buttons button", ratingsite.IndexPath)
	p.Go(ratingsite.TaskPath(4))
	submit("yes", "#ewok-task-submit-done-button", ratingsite.ListPath)

	if requests := site.Requests(); !slices.Contains(requests, "POST /evaluation/rater/task/submit?taskIds=4") {
		t.Errorf("the site notes %q", requests)
	}
}
