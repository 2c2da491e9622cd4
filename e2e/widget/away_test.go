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
)

// goneCase is one way to be away, and the session of one question that results.
type goneCase struct {
	name   string
	answer string // the button that is pressed; the name of "End at" includes a time
	// leave lets the time of the absence pass.
	leave       func(a *awayTest)
	raw, active time.Duration // at least; at most longer by the time that the case took
}

// After an absence the person is asked once, in every tab, and the answer holds.
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
		took := make([]time.Duration, len(cases))
		for i, c := range cases {
			began := time.Now()
			a.run(c)
			took[i] = time.Since(began)
		}
		// The presses are sent when the clock is right again: the server would correct a wrong one.
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
			requireAbout(t, c.name+": raw", q.RawSeconds, c.raw, took[i])
			requireAbout(t, c.name+": active", q.ActiveSeconds, c.active, took[i])
		}
	})
}

func requireAbout(t *testing.T, what string, seconds float64, want, more time.Duration) {
	t.Helper()
	if got := time.Duration(seconds * float64(time.Second)); got < want || got > want+more {
		t.Errorf("%s is %v, want %v to %v", what, got, want, want+more)
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

// both does something with each of the two tabs.
func (a *awayTest) both(do func(tab *ratingTab)) {
	a.t.Helper()
	for _, tab := range a.tabs {
		do(tab)
	}
}

// bothSay waits for a text in both tabs.
func (a *awayTest) bothSay(text string) {
	a.t.Helper()
	a.both(func(tab *ratingTab) { tab.awaitText(text) })
}

// bothAsk waits until both tabs ask what to do with the time of the absence.
func (a *awayTest) bothAsk() {
	a.t.Helper()
	a.both(func(tab *ratingTab) { tab.awaitAway(gone.Truncate(time.Minute)) })
}

func (a *awayTest) run(c goneCase) {
	a.t.Helper()
	tab, other := a.tabs[0], a.tabs[1]
	tab.press("Next")
	a.bothSay("Question 1")
	a.pass(worked)
	a.both(func(tab *ratingTab) { tab.awaitClock(worked) })
	before := time.Now().Add(a.offset)
	tab.point()
	after := time.Now().Add(a.offset)
	c.leave(a)
	if c.answer == "End at" {
		other.press(endAt(tab, before, after))
	} else if c.answer != "" {
		other.press(c.answer)
	}
	for _, tab := range a.tabs {
		tab.awaitNoText("You were away")
	}
	if c.answer != "End at" {
		tab.press("End")
	}
	a.bothSay("no session")
}

// endAt returns the name of the button that ends the session at the minute in which the person
// was last there.
func endAt(tab *ratingTab, before, after time.Time) string {
	tab.t.Helper()
	text := tab.text()
	for at := before.Truncate(time.Minute); !at.After(after); at = at.Add(time.Minute) {
		if key := "End at " + at.Format("15:04"); strings.Contains(text, key) {
			return key
		}
	}
	tab.t.Fatalf("no key ends the session between %v and %v: %s", before, after, text)
	return ""
}

// sleep acts as if the machine had slept: the next tick comes late.
func (a *awayTest) sleep() {
	a.t.Helper()
	a.pass(gone)
	a.bothAsk()
}

// idle lets the clock tick while nobody is at the machine.
func (a *awayTest) idle() {
	a.t.Helper()
	shown := worked
	for _, d := range []time.Duration{4 * time.Minute, 4 * time.Minute, 4 * time.Minute, gone - 12*time.Minute} {
		a.pass(d)
		shown += d
		a.both(func(tab *ratingTab) { tab.awaitClock(shown) })
	}
	if text := a.tabs[0].text(); strings.Contains(text, "You were away") {
		a.t.Errorf("asked while nobody is there: %s", text)
	}
	a.tabs[0].point()
	a.bothAsk()
}

// sleepPaused sleeps while the session is paused: then the widget does not ask.
func (a *awayTest) sleepPaused() {
	a.t.Helper()
	tab := a.tabs[0]
	tab.press("Pause")
	a.bothSay("paused ")
	a.pass(gone)
	a.both(func(tab *ratingTab) { tab.awaitPaused(gone) })
	tab.point()
	tab.press("Resume") // a question about the absence would be in its place
	a.bothSay("running")
}
