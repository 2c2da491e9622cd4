package pages

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// forgotPause registers a user with an ended session. Its third question took 42 minutes,
// because the user forgot to pause.
func forgotPause(t *testing.T, serverURL string) (user *program.Client, sessionID, long string) {
	t.Helper()
	user = program.NewUser(t, serverURL)
	now := time.Now()
	user.Must(t, http.StatusOK, http.MethodPatch, "/me", map[string]string{"timezone": eveningZone(now)})
	at := now.Add(-2 * time.Hour)
	var events []map[string]any
	for i, minutes := range []float64{0, 5, 6.5, 42, 4} {
		at = at.Add(time.Duration(minutes * float64(time.Minute)))
		kind := "NEXT"
		if i == 4 {
			kind = "EXIT"
		}
		events = append(events, map[string]any{"type": kind, "timestamp": at.UTC().Format(time.RFC3339Nano)})
	}
	user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
	var recent []struct {
		SessionID string `json:"session_id"`
	}
	newest := user.Must(t, http.StatusOK, http.MethodGet, "/sessions/recent", nil)
	newest.Decode(t, &recent)
	var summary struct{ Questions []struct{ ID string } }
	answer := user.Must(t, http.StatusOK, http.MethodGet, "/summary/"+recent[0].SessionID, nil)
	answer.Decode(t, &summary)
	return user, recent[0].SessionID, summary.Questions[2].ID
}

// status waits for a page with this status message.
func status(p *browser.Page, text string) {
	p.Do(chromedp.WaitVisible(chromedp.Search(fmt.Sprintf(`//*[@role="status"][contains(., %q)]`, text))))
}

// Without JavaScript a person deletes a question, restores it, adjusts an active time, and
// takes that back.
func TestCorrectionsWithoutScript(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, session, long := forgotPause(t, s.URL)
	p := openPage(t, s.URL, browser.View{NoScript: true})
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/sessions/" + session)
	row := "#question-" + long
	total := func(want string) {
		t.Helper()
		if got := browser.Get(p, chromedp.Text(chromedp.CSS("#total-questions"))); got != want {
			t.Errorf("the session has %s questions, want %s", got, want)
		}
	}
	p.Do(chromedp.Click(chromedp.CSS(row + " form[action$='/delete'] button")))
	status(p, "Question 3 of")
	total("3")
	p.Do(chromedp.Click(chromedp.CSS("[role=status] button")))
	status(p, "Restored.")
	total("4")

	p.Do(
		chromedp.SetValue(chromedp.CSS(row+"-time"), "4:30"),
		chromedp.Click(chromedp.CSS(row+" .adjust button")),
	)
	status(p, "adjusted")
	if text := browser.Get(p, chromedp.Text(chromedp.CSS(row))); !strings.Contains(text, "04:30 (was 42:00)") {
		t.Errorf("the row is %q", text)
	}
	p.Do(chromedp.Click(chromedp.Search(`//button[contains(., "Set back to 42:00")]`)))
	status(p, "set back")
}

// A person does the same with the keyboard alone.
func TestCorrectionsByKeyboard(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, session, long := forgotPause(t, s.URL)
	p := openPage(t, s.URL, browser.View{})
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/sessions/" + session)
	k := keyboard{t, p}
	row := "#question-" + long
	k.tabTo(row + " form[action$='/delete'] button")
	k.press(kb.Enter)
	status(p, "Question 3 of")
	k.tabTo("[role=status] button")
	k.press(kb.Enter)
	status(p, "Restored.")

	k.tabTo(row + " summary") // it is open: a pause was probably forgotten
	k.tabTo(row + "-time")    // what is in the field is selected, and typing replaces it
	k.press("4:30")
	k.press(kb.Enter)
	status(p, "adjusted")
	if text := browser.Get(p, chromedp.Text(chromedp.CSS(row))); !strings.Contains(text, "04:30 (was 42:00)") {
		t.Errorf("the row is %q", text)
	}
	k.tabTo(row + " button[aria-label^='Set back to 42:00']")
	k.press(kb.Enter)
	status(p, "set back")
}

// The pages of corrections have no problem in any view.
func TestCorrectionsInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, session, long := forgotPause(t, s.URL)
	p := openPage(t, s.URL, browser.View{})
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/today")
	look(t, p, "corrections-day")
	p.Go("/dashboard/sessions/" + session)
	look(t, p, "corrections-open")
	row := "#question-" + long
	p.Do(
		chromedp.SetValue(chromedp.CSS(row+"-time"), "4:30"),
		chromedp.Click(chromedp.CSS(row+" .adjust button")),
	)
	status(p, "adjusted")
	look(t, p, "corrections-adjusted")
	p.Do(chromedp.Click(chromedp.CSS(row + " form[action$='/delete'] button")))
	status(p, "Question 3 of")
	look(t, p, "corrections-notice")
	p.Go("/dashboard/sessions/" + session + "?deleted=show")
	look(t, p, "corrections-deleted")
}
