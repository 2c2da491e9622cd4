package widget

import (
	"net/http"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// axe-core finds nothing wrong with any state of the overlay, in light and in dark.
func TestWidgetStates(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "4 - 5 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	eachWidget(t, tasks, func(t *testing.T, r *rig) {
		s := &states{t: t, r: r, light: r.task(1), dark: r.taskIn(browser.View{Dark: true}, 1)}
		s.each(func(tab *ratingTab) { tab.awaitText("Not connected.") })
		s.look("disconnected")
		r.pair(s.light)
		s.look("no-session", "no session")
		s.light.press("Next")
		s.look("running", "Question 1", "AET 4–5 min")
		s.each(func(tab *ratingTab) { tab.click(".more") })
		s.look("settings", "Save")
		s.each(func(tab *ratingTab) { tab.click(".more") })
		s.light.press("–")
		s.look("collapsed", "Q 1")
		s.light.press("+")
		s.light.point()
		s.pass(4*time.Minute + 10*time.Second)
		s.look("slow", "to the target")
		s.light.point()
		s.pass(2 * time.Minute)
		s.look("over", "over target")
		s.light.point()
		s.pass(14*time.Minute + 10*time.Second)
		s.each(func(tab *ratingTab) { tab.awaitAway(14 * time.Minute) })
		s.look("away")
		s.light.press("Count it")
		s.light.press("Pause")
		s.look("paused", "paused ", "all sent")
		// The server's session ends elsewhere: what is pressed next is refused.
		r.user.Must(t, http.StatusOK, http.MethodPost, "/events", map[string]string{"type": "EXIT"})
		s.light.press("Resume")
		s.look("refused", "1 refused")
		r.server.Stop(t)
		s.light.press("Next")
		s.look("offline", "1 unsent", "Next try in")
		s.light.press("End")
		s.look("ended", "2 unsent", "no session", "Next Resume Undo End")
	})
}

// states shows the states of an overlay in two tabs.
type states struct {
	t           *testing.T
	r           *rig
	light, dark *ratingTab
	offset      time.Duration
}

func (s *states) each(do func(tab *ratingTab)) {
	do(s.light)
	do(s.dark)
}

func (s *states) pass(d time.Duration) {
	s.t.Helper()
	s.offset += d
	moveClocks(s.offset, s.light, s.dark)
}

// look waits until the overlay says these texts and checks its state.
func (s *states) look(name string, texts ...string) {
	s.t.Helper()
	s.each(func(tab *ratingTab) { // both before one is checked, which takes long
		s.t.Helper()
		for _, text := range texts {
			tab.awaitText(text)
		}
	})
	s.each(func(tab *ratingTab) {
		s.t.Helper()
		for _, finding := range tab.Axe("raterhub-tracker") {
			s.t.Errorf("%s: %v", name, finding)
		}
		if b := tab.boxOf(".card"); b.X < 0 || b.Y < 0 || b.X+b.Width > 1280 || b.Y+b.Height > 900 {
			s.t.Errorf("%s: the overlay at %+v leaves the window", name, b)
		}
		tab.Screenshot("widget-" + s.r.kind + "-" + name)
	})
}

// The pages around the widget have no problem, in light and dark, on a desktop and on a phone.
func TestWidgetPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, "extension", []ratingsite.Task{{AET: "5 minutes", Type: "Needs Met", Markup: ratingsite.Today}})
	tab := r.task(1)
	own := browser.ExtensionOrigin(r.setup.Extension)
	r.lookAt(own, "/options.html", "options-disconnected", "Not connected.")
	r.lookAt(own, "/popup.html", "popup-disconnected", "Not connected.")
	r.pair(tab)
	tab.press("Next")
	tab.awaitText("Question 1")
	r.lookAt(own, "/options.html", "options", "Connected.")
	r.lookAt(own, "/popup.html", "popup", "Question 1")
	r.lookAt(r.origin, "/widget", "install", "As a userscript")
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	r.lookAt(r.origin, "/widget/pair?challenge="+challenge+"&kind=extension", "pair", "Does your widget show this?")
	r.lookAt(r.origin, "/profile/devices", "devices", "Browser extension")
}

// lookAt waits until a page says text and checks it, in all views.
func (r *rig) lookAt(origin, path, name, text string) {
	r.t.Helper()
	for _, view := range browser.Views() {
		p := r.browser.Open(r.t, origin, view)
		p.Go(path)
		p.Await(name+" to say "+text, func() bool {
			return browser.Eval[bool](p, "document.body.innerText.includes("+string(program.Encode(r.t, text))+")")
		})
		for _, finding := range p.Axe("") {
			r.t.Errorf("%s in %s: %v", name, view, finding)
		}
		if wide := p.Overflow(); wide != "" {
			r.t.Errorf("%s in %s is wider than the screen: %s", name, view, wide)
		}
		p.Screenshot("widget-page-" + name)
	}
}
