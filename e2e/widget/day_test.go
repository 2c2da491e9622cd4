package widget

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

const tasksOfDay = 40

// In a day of 40 tasks with pauses, wrong presses and a break, the server's sessions are
// exactly what was pressed, to the millisecond, and the site sees only the rater's requests.
func TestWidgetDay(t *testing.T) {
	t.Parallel()
	eachGatedWidget(t, dayOfTasks(), func(t *testing.T, r *rig, g *gate) {
		tab := r.task(1)
		r.pair(tab)
		d := &diary{t: t}
		visited := []string{"GET " + ratingsite.TaskPath(1)}
		for id := 1; id <= tasksOfDay; id++ {
			d.press(tab, keysAt(id)...)
			tab.awaitText(fmt.Sprintf("Question %d ", d.number()))
			visited = append(visited, submitTask(tab, id)...)
			if id == 20 || id == tasksOfDay {
				d.press(tab, "End")
				tab.awaitText("no session")
			}
			if id == 20 {
				tab.Go(ratingsite.TaskPath(21))
				tab.awaitOverlay()
				visited = append(visited, "GET "+ratingsite.TaskPath(21))
			}
		}
		tab.awaitText("all sent")

		log := r.log()
		d.requireRecorded(log)
		requireFolded(t, r.sessions(), log)
		requireTasks(t, log)
		if r.kind == "extension" {
			// A page with a userscript may be left before the answer arrives; the presses
			// may then be sent twice.
			g.requireSentOnce(t)
		}
		if got := documents(r.site.Requests()); !slices.Equal(got, visited) {
			t.Errorf("the site was asked for\n%q, want\n%q", got, visited)
		}
	})
}

// dayOfTasks returns tasks with different estimates, in every place where a page may have one.
func dayOfTasks() []ratingsite.Task {
	markups := []ratingsite.Markup{ratingsite.Today, ratingsite.Fallback, ratingsite.Header}
	tasks := make([]ratingsite.Task, tasksOfDay)
	for i := range tasks {
		tasks[i] = ratingsite.Task{
			AET: fmt.Sprintf("1 - %.1f minutes", estimate(i+1)), Type: fmt.Sprintf("Type %d", i+1),
			Markup: markups[i%len(markups)], WithCSP: i%5 == 0,
		}
	}
	return tasks
}

// estimate returns the high end of a task's estimate, in minutes.
func estimate(id int) float64 { return 2 + float64(id)/10 }

// keysAt returns the keys that are pressed on the page of a task. The first begins the task.
func keysAt(id int) []string {
	keys := []string{"Next"}
	if id%10 == 5 {
		keys = append(keys, "Undo", "Next") // a wrong press
	}
	if id%6 == 2 {
		keys = append(keys, "Pause", "Resume")
	}
	if id%12 == 7 {
		keys = append(keys, "Pause", "Undo", "Next") // the open pause goes to the question before
	}
	if id%9 == 4 {
		keys = append(keys, "Pause") // until the next task
	}
	return keys
}

// submitTask submits the form of a task and returns the requests that follow.
func submitTask(tab *ratingTab, id int) []string {
	tab.t.Helper()
	button, next := "#ewok-task-submit-button", ratingsite.TaskPath(id+1)
	if id == 20 || id == tasksOfDay {
		button, next = "#ewok-task-submit-done-button", ratingsite.ListPath
	}
	tab.Do(chromedp.SendKeys(chromedp.CSS("#answer"), "yes"), chromedp.Click(chromedp.CSS(button)))
	tab.AwaitPath(next)
	tab.awaitOverlay()
	return []string{fmt.Sprintf("POST /evaluation/rater/task/submit?taskIds=%d", id), "GET " + next}
}

// documents returns the requests without those for the files of a page.
func documents(requests []string) []string {
	return slices.DeleteFunc(requests, func(line string) bool {
		return slices.Contains([]string{"GET /site.css", "GET /site.js", "GET /favicon.ico"}, line)
	})
}

// requireTasks fails the test unless the tasks were opened in their order, each with its own
// id, type and estimate.
func requireTasks(t *testing.T, log []loggedEvent) {
	t.Helper()
	var opened []string
	for _, e := range log {
		if e.Type != "NEXT" {
			continue
		}
		var id int
		if _, err := fmt.Sscan(e.TaskID, &id); err != nil {
			t.Fatalf("a NEXT has the task %q", e.TaskID)
		}
		if e.AETLow != 1 || math.Abs(e.AETHigh-estimate(id)) > 1e-9 || !strings.HasPrefix(e.TaskType, fmt.Sprintf("Type %d", id)) {
			t.Errorf("a NEXT has %+v", e)
		}
		opened = append(opened, e.TaskID)
	}
	var want []string
	for id := 1; id <= tasksOfDay; id++ {
		for _, key := range keysAt(id) {
			if key == "Next" {
				want = append(want, fmt.Sprint(id))
			}
		}
	}
	if !slices.Equal(opened, want) {
		t.Errorf("the tasks were opened as %q, want %q", opened, want)
	}
}
