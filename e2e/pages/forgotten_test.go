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

// The clock looks right while nothing runs, while a question runs, and when its end was
// forgotten.
func TestClockInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	p, user := openPage(t, s.URL, browser.View{}), program.NewUser(t, s.URL)
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/today")
	look(t, p, "clock-idle")
	goByKeyboard(t, p, "clock-idle")
	forget(t, user, 2*time.Hour)
	p.Go("/dashboard/today")
	look(t, p, "clock-forgotten")
	goByKeyboard(t, p, "clock-forgotten")
	tap(t, p, "keep", "Kept: the session goes on.")
	look(t, p, "clock-running")
	p.Go("/dashboard/sessions/" + user.Recent(t)[0].SessionID)
	user.Press(t, map[string]any{"type": "PAUSE"})
	shows(t, p, runningText, "Question 3 · paused")
	look(t, p, "clock-session")
	goByKeyboard(t, p, "clock-session")
	tap(t, p, "end", "Question 3: ")
	p.Go("/dashboard/today")
	look(t, p, "clock-ended")
}

// A forgotten session is ended in the past: at its last press, which leaves out the question
// that had only begun, or at a time.
func TestForgottenInABrowser(t *testing.T) {
	t.Parallel()
	onAPhone(t, func(t *testing.T, p *browser.Page, user *program.Client) {
		pressedAt := forget(t, user, 2*time.Hour)
		zone, err := time.LoadLocation(eveningZone(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		p.Go("/dashboard/today")
		if list := browser.Get(p, chromedp.Text(chromedp.CSS("tr[data-session]"))); !strings.Contains(list, "forgot to end?") {
			t.Errorf("the list of sessions does not mark it: %q", list)
		}
		tap(t, p, "last", "The session ended at "+pressedAt.In(zone).Format("15:04"))
		if got := questionsToday(t, user); got != 2 {
			t.Errorf("ended at the last press it has %d questions, want 2", got)
		}
		session := user.Recent(t)[0].SessionID
		user.Must(t, http.StatusOK, http.MethodDelete, "/sessions/"+session, nil)

		pressedAt = forget(t, user, 3*time.Hour)
		p.Go("/dashboard/sessions/" + user.Recent(t)[0].SessionID)
		end := pressedAt.In(zone).Add(90 * time.Minute).Truncate(time.Minute)
		p.Do(chromedp.SetValue(chromedp.CSS("#at"), end.Format("2006-01-02T15:04")), chromedp.Click(chromedp.CSS("#press-then button")))
		says(t, p, "Question 3: ")
		if text := browser.Eval[string](p, said); !strings.Contains(text, " The session ended at "+end.Format("15:04")+".") {
			t.Errorf("the page says %q", text)
		}
	})
}
