package pages

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// workedWeeks registers a user with a session on most of the last 40 days, each with its
// own pace. The user's weeks are those of raterhub.com.
func workedWeeks(t *testing.T, serverURL string) *program.Client {
	t.Helper()
	user := program.NewUser(t, serverURL)
	recordWeeks(t, user)
	return user
}

func recordWeeks(t *testing.T, user *program.Client) {
	t.Helper()
	now := time.Now()
	user.Must(t, http.StatusOK, http.MethodPatch, "/me", map[string]string{
		"timezone": eveningZone(now), "reporting_timezone": "America/Los_Angeles", "week_start": "monday",
	})
	for day := 40; day >= 0; day-- {
		if day%7 == 3 {
			continue
		}
		at := now.Add(-time.Duration(day)*24*time.Hour - 4*time.Hour)
		var events []map[string]any
		add := func(kind string, after time.Duration) {
			at = at.Add(after)
			events = append(events, map[string]any{"type": kind, "timestamp": at.UTC().Format(time.RFC3339Nano)})
		}
		add("NEXT", 0)
		for i := range 6 + day%9 {
			add("NEXT", time.Duration(150+(i*97+day*61)%330)*time.Second)
		}
		add("EXIT", 4*time.Minute)
		user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
	}
}

// Without JavaScript a person chooses days with the form.
func TestReportsWithoutScript(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user := workedWeeks(t, s.URL)
	p := openPage(t, s.URL, browser.View{NoScript: true})
	program.LogInByForm(p, user.Email)
	p.Go("/dashboard/reports")
	p.Do(
		chromedp.SetValue(chromedp.CSS("#from"), "2020-02-28"),
		chromedp.SetValue(chromedp.CSS("#to"), "2020-03-01"),
		chromedp.Submit(chromedp.CSS(".range")),
		chromedp.WaitVisible(chromedp.CSS("tr[data-row='2020-02-29']")),
	)
	if got := browser.Get(p, chromedp.Text(chromedp.CSS("h1"))); got != "28 February – 1 March 2020" {
		t.Errorf("the heading is %q", got)
	}
}
