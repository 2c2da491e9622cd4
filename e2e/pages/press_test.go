package pages

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// pressers are the ways in which a person with a phone works with the buttons of the pages.
func pressers() []browser.View {
	return []browser.View{{Phone: true}, {Phone: true, NoScript: true}}
}

// openToday logs a new user in and opens the page of today.
func openToday(t *testing.T, serverURL string, user *program.Client, view browser.View) *browser.Page {
	t.Helper()
	p := openPage(t, serverURL, view)
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/today")
	return p
}

const saidText = `document.querySelector("#press-said")?.textContent ?? ""`

// tap presses a button of the clock and waits for what the page says then.
func tap(t *testing.T, p *browser.Page, button, said string) {
	t.Helper()
	p.Do(chromedp.Click(chromedp.CSS("#press-" + button + " button")))
	shows(t, p, saidText, said)
}

func TestClockInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user := program.NewUser(t, s.URL)
	p := openToday(t, s.URL, user, browser.View{})
	look(t, p, "clock-idle")
	forget(t, user, 4*time.Minute)
	p.Go("/dashboard/today")
	look(t, p, "clock-running")
	user.Press(t, map[string]any{"type": "PAUSE"})
	p.Go("/dashboard/today")
	look(t, p, "clock-paused")
}

// forget records a session whose newest press is this long ago.
func forget(t *testing.T, user *program.Client, idle time.Duration) {
	t.Helper()
	user.SetZone(t, eveningZone(time.Now()))
	at := time.Now().Add(-idle - 10*time.Minute)
	var events []map[string]any
	for range 3 {
		events = append(events, map[string]any{"type": "NEXT", "timestamp": at.UTC().Format(time.RFC3339Nano)})
		at = at.Add(5 * time.Minute)
	}
	user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
}

func TestForgottenInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user := program.NewUser(t, s.URL)
	forget(t, user, 2*time.Hour)
	p := openToday(t, s.URL, user, browser.View{})
	look(t, p, "clock-forgotten")
	if !strings.Contains(browser.Get(p, chromedp.Text(chromedp.CSS("#clock"))), "Forgot to end?") {
		t.Error("no offer")
	}
}
