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

// workedDay registers a user with a session of a few hours ago, which has questions of every
// pace and several outcomes and a pause, and with a session that runs.
func workedDay(t *testing.T, serverURL string) (user *program.Client, sessionID string) {
	t.Helper()
	user = program.NewUser(t, serverURL)
	return user, recordDay(t, user)
}

// recordDay records such a day and returns the session that has ended.
func recordDay(t *testing.T, user *program.Client) (sessionID string) {
	t.Helper()
	now := time.Now()
	user.SetZone(t, eveningZone(now))
	at := now.Add(-3 * time.Hour)
	var events []map[string]any
	add := func(kind string, after time.Duration) map[string]any {
		at = at.Add(after)
		e := map[string]any{"type": kind, "timestamp": at.UTC().Format(time.RFC3339Nano)}
		events = append(events, e)
		return e
	}
	add("NEXT", 0)
	for i, minutes := range []float64{2, 3.5, 5, 5.5, 6.5, 9, 4.9, 5.6, 2.8, 7, 5.2, 6} {
		if i == 5 {
			add("PAUSE", time.Minute)
			add("PAUSE", 4*time.Minute)
		}
		next := add("NEXT", time.Duration(minutes*float64(time.Minute)))
		next["outcome"] = "submitted"
		switch i { // the question that is closed, and the task of the one that is opened
		case 2:
			next["task_type"], next["task_id"], next["task_count"] = "Needs Met", "a1b2c3", 3
		case 3:
			next["outcome"] = "released"
		case 7:
			next["outcome"] = "expired"
		}
	}
	add("EXIT", 3*time.Minute)["outcome"] = "released"
	add("NEXT", 94*time.Minute+18*time.Second) // so that the last one runs for 03:42
	add("NEXT", 5*time.Minute)
	add("NEXT", 6*time.Minute)
	user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
	return user.Recent(t)[1].SessionID
}

// eveningZone returns a time zone in which it is between 18:00 and 19:00, so that the last
// hours are on one day whenever the test runs.
func eveningZone(now time.Time) string {
	east := 18 - now.UTC().Hour()
	if east > 14 {
		east -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", -east) // POSIX counts to the west
}

// Without JavaScript a person logs in, looks at a day, deletes a session, changes the time
// zone, and logs out.
func TestPagesWithoutScript(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, session := workedDay(t, s.URL)
	p := openPage(t, s.URL, browser.View{NoScript: true})
	program.LogInByForm(p, user.Email)

	p.Go("/dashboard/today")
	before := browser.Get(p, chromedp.Text(chromedp.CSS("#total-questions")))
	p.Do(
		chromedp.Click(chromedp.CSS(fmt.Sprintf("tr[data-session='%s'] button", session))),
		chromedp.WaitNotPresent(chromedp.CSS(fmt.Sprintf("tr[data-session='%s']", session))),
	)
	after := browser.Get(p, chromedp.Text(chromedp.CSS("#total-questions")))
	if before != "15" || after != "2" {
		t.Errorf("the day had %s questions and has %s after the deletion, want 15 and 2", before, after)
	}

	p.Go("/profile")
	p.Do(
		chromedp.SetValue(chromedp.CSS("#timezone_name"), "Asia/Kathmandu"),
		chromedp.Submit(chromedp.CSS("#timezone_name")),
		chromedp.WaitVisible(chromedp.CSS(".saved")),
	)
	p.Go("/dashboard/today")
	if text := browser.Get(p, chromedp.Text(chromedp.CSS("main .head"))); !strings.Contains(text, "Asia/Kathmandu") {
		t.Errorf("the day's heading is %q", text)
	}
	p.Do(
		chromedp.Submit(chromedp.CSS("form[action='/logout']")),
		chromedp.WaitVisible(chromedp.CSS("a[href='/register']")),
	)
	p.Go("/dashboard/today")
	if got := browser.Get(p, chromedp.Location()); !strings.HasPrefix(got, s.URL+"/login?next=") {
		t.Errorf("a stranger's day is at %s", got)
	}
}
