package pages

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// A question over midnight is drawn in the line of both days: up to the right edge of the
// first, and from the left edge of the second, where it says that it counts on the day
// before. The days are looked at in every view.
func TestQuestionOverMidnightInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user := program.NewUser(t, s.URL)
	user.SetZone(t, "UTC")
	second := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -2)
	first := second.AddDate(0, 0, -1)
	var events []map[string]any
	for _, press := range []struct {
		kind  string
		after time.Duration
	}{
		{"NEXT", -25 * time.Minute},
		{"NEXT", -15 * time.Minute},
		{"NEXT", -5 * time.Minute},
		{"EXIT", 25 * time.Minute},
		{"NEXT", 90 * time.Minute},
		{"NEXT", 96 * time.Minute},
		{"NEXT", 101 * time.Minute},
		{"EXIT", 108 * time.Minute},
	} {
		events = append(events, map[string]any{"type": press.kind, "timestamp": second.Add(press.after).Format(time.RFC3339)})
	}
	user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
	p := openPage(t, s.URL, browser.View{})
	program.LogInByForm(p, user.Email)

	type drawn struct {
		Marks, Before int
		Left, Right   float64 // of the first and the last mark, as parts of the day that is drawn
	}
	// The first and the last line of the grid are the ends of what is drawn.
	const read = `(() => {
		const svg = [...document.querySelectorAll(".chart.dayline")].find(e => e.getBoundingClientRect().width > 0)
		const grid = [...svg.querySelectorAll(".grid")].map(e => e.getBoundingClientRect().left)
		const from = Math.min(...grid), long = Math.max(...grid) - from
		const marks = [...svg.querySelectorAll("rect.q")].map(e => e.getBoundingClientRect())
		return {
			Marks: marks.length, Before: svg.querySelectorAll("rect.q.before").length,
			Left: (Math.min(...marks.map(m => m.left)) - from) / long, Right: (Math.max(...marks.map(m => m.right)) - from) / long,
		}
	})()`
	for _, day := range []struct {
		date          time.Time
		marks, before int
		atLeft        bool
		questions     string
	}{{first, 3, 0, false, "3"}, {second, 4, 1, true, "3"}} {
		p.Go("/dashboard/today?date=" + day.date.Format(time.DateOnly))
		got := browser.Eval[drawn](p, read)
		if got.Marks != day.marks || got.Before != day.before {
			t.Errorf("%s: %d questions in the line, %d of the day before; want %d and %d", day.date.Format(time.DateOnly), got.Marks, got.Before, day.marks, day.before)
		}
		edge := got.Right
		if day.atLeft {
			edge = 1 - got.Left
		}
		if edge < 0.99 || edge > 1.01 {
			t.Errorf("%s: the line goes from %.2f to %.2f of the day", day.date.Format(time.DateOnly), got.Left, got.Right)
		}
		if questions := browser.Get(p, chromedp.Text(chromedp.CSS("#total-questions"))); questions != day.questions {
			t.Errorf("%s counts %s questions, want %s", day.date.Format(time.DateOnly), questions, day.questions)
		}
		look(t, p, fmt.Sprintf("midnight-%d", day.before))
	}
	tip := browser.Eval[string](p, `(() => {
		const mark = [...document.querySelectorAll("rect.q.before")].find(e => e.getBoundingClientRect().width > 0)
		mark.dispatchEvent(new PointerEvent("pointerover", {bubbles: true}))
		return mark.getAttribute("data-tip")
	})()`)
	if !strings.Contains(tip, "23:55 the day before to 00:25") || !strings.Contains(tip, "counts on the day before") {
		t.Errorf("the mark of the second day says %q", tip)
	}
}
