package widget

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// A widget is connected without a password, and its presses arrive.
func TestWidgetPairs(t *testing.T) {
	t.Parallel()
	eachWidget(t, []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}, func(t *testing.T, r *rig) {
		tab := r.task(1)
		r.pair(tab)
		tab.press("Next")
		tab.awaitText("Question 1")
		tab.press("Next")
		tab.awaitText("Question 2")
		tab.awaitText("all sent")
		tab.press("End")
		tab.awaitText("all sent")
		if sessions := r.sessions(); len(sessions) != 1 || len(sessions[0].Questions) != 2 {
			t.Errorf("the server has %+v, want one session of two questions", sessions)
		}
	})
}
