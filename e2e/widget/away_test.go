package widget

import (
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

const (
	worked = 2 * time.Minute
	gone   = 14*time.Minute + 10*time.Second
	// slow is how long a slow machine may take for the presses of one question.
	slow = 45 * time.Second
)

// goneCase is one way to be away and what becomes of it: a session of one question.
type goneCase struct {
	name   string
	answer string // the key that is pressed; "End at" goes with a time
	// leave lets the time pass in which nobody is there.
	leave       func(a *awayTest)
	raw, active time.Duration // at least, and at most slow more
}

// Nobody was there: the person is asked once, in every tab, and what they answer holds.
func TestWidgetAway(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	cases := []goneCase{
		{"slept, pause it", "Pause it", (*awayTest).sleep, worked + gone, worked},
		{"slept, count it", "Count it", (*awayTest).sleep, worked + gone, worked + gone},
		{"slept, end", "End at", (*awayTest).sleep, worked, worked},
		{"idle, pause it", "Pause it", (*awayTest).idle, worked + gone, worked},
		{"paused before", "", (*awayTest).sleepPaused, worked + gone, worked},
	}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		a := &awayTest{t: t, tabs: []*ratingTab{r.task(1), r.task(1)}}
		a.pass(-2 * time.Hour)
		for _, c := range cases {
			a.run(c)
		}
		// Sent with the clock right again: the server would correct a wrong one.
		a.pass(-a.offset)
		r.pair(a.tabs[0])
		sessions := r.sessions()
		if len(sessions) != len(cases) {
			t.Fatalf("%d sessions, want %d", len(sessions), len(cases))
		}
		for i, c := range cases {
			if len(sessions[i].Questions) != 1 {
				t.Errorf("%s: %d questions, want 1", c.name, len(sessions[i].Questions))
				continue
			}
			q := sessions[i].Questions[0]
			requireAbout(t, c.name+": raw", q.RawSeconds, c.raw)
			requireAbout(t, c.name+": active", q.ActiveSeconds, c.active)
		}
	})
}

func requireAbout(t *testing.T, what string, seconds float64, want time.Duration) {
	t.Helper()
	if got := time.Duration(seconds * float64(time.Second)); got < want || got > want+slow {
		t.Errorf("%s is %v, want %v to %v", what, got, want, want+slow)
	}
}

// awayTest is a rater with two tabs whose clock is moved.
type awayTest struct {
	t      *testing.T
	tabs   []*ratingTab
	offset time.Duration
}

func (a *awayTest) pass(d time.Duration) {
	a.t.Helper()
	a.offset += d
	moveClocks(a.offset, a.tabs...)
}

// both awaits a text in either tab.
func (a *awayTest) both(text string) {
	a.t.Helper()
	for _, tab := range a.tabs {
		tab.awaitText(text)
	}
}

func (a *awayTest) run(c goneCase) {
	a.t.Helper()
	tab, other := a.tabs[0], a.tabs[1]
	tab.press("Next")
	a.both("Question 1")
	a.pass(worked)
	a.both("02:0")
	tab.point()
	last := time.Now().Add(a.offset)
	c.leave(a)
	if c.answer == "End at" {
		end := "End at " + last.Format("15:04")
		if !strings.Contains(tab.text(), end) { // the minute may have changed meanwhile
			end = "End at " + last.Add(-slow).Format("15:04")
		}
		other.press(end)
	} else if c.answer != "" {
		other.press(c.answer)
	}
	for _, tab := range a.tabs {
		tab.awaitNoText("You were away")
	}
	if c.answer != "End at" {
		tab.press("End")
	}
	a.both("no session")
}

// sleep is that of a machine: the next tick comes late.
func (a *awayTest) sleep() {
	a.t.Helper()
	a.pass(gone)
	a.both("You were away for 14 min.")
}

// idle lets the clock tick on without a person.
func (a *awayTest) idle() {
	a.t.Helper()
	for _, shown := range []string{"06:", "10:", "14:"} {
		a.pass(4 * time.Minute)
		a.both(shown)
	}
	a.pass(gone - 12*time.Minute)
	a.both("16:1")
	if text := a.tabs[0].text(); strings.Contains(text, "You were away") {
		a.t.Errorf("asked while nobody is there: %s", text)
	}
	a.tabs[0].point()
	a.both("You were away for 14 min.")
}

// sleepPaused is a pause that a person has pressed: there is nothing to ask.
func (a *awayTest) sleepPaused() {
	a.t.Helper()
	tab := a.tabs[0]
	tab.press("Pause")
	a.both("paused 00:0")
	a.pass(gone)
	a.both("paused 14:1")
	tab.point()
	tab.press("Resume") // a question would stand in its place
	a.both("running")
}
