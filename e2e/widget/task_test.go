package widget

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// A person may press Next before the submit, on the page of the task that ends. The question
// that begins has the estimate of the following page all the same.
func TestWidgetNextBeforeSubmit(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{
		{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today},
		{AET: "2 minutes", Type: "Page Quality", Markup: ratingsite.Today},
		{AET: "9 minutes", Type: "Side by Side", Markup: ratingsite.Today},
	}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		tab := r.task(1)
		r.pair(tab)
		tab.press("Next")
		tab.awaitText("all sent")
		for id := range 2 {
			tab.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "yes"))
			tab.press("Next")
			tab.Do(chromedp.Click(chromedp.CSS("#ewok-task-submit-button")))
			tab.AwaitPath(ratingsite.TaskPath(id + 2))
			tab.awaitOverlay()
			tab.awaitText("all sent")
		}
		var tasksOf []string
		for _, e := range r.log() {
			tasksOf = append(tasksOf, e.TaskID+" "+e.TaskType)
		}
		want := []string{"1 Needs Met", "2 Page Quality", "3 Side by Side"}
		if !slices.Equal(tasksOf, want) {
			t.Errorf("the questions are of %q, want %q", tasksOf, want)
		}
	})
}
