package pages

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// A person uses the whole product, from the registration to the logout.
func TestWalkInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	p := openPage(t, s.URL, browser.View{})
	rater := registerByForm(t, p, s.URL)
	logOut(p)
	program.LogInByForm(p, rater.Email)
	walkAround(p)
	first, second, session := acrossMidnight(t, rater)

	t.Log("days are cut by the zone of the profile")
	chooseZone(p, "Etc/UTC")
	sameDay(t, p, rater, first, 5)
	sameDay(t, p, rater, second, 5)
	chooseZone(p, "Asia/Kathmandu")
	sameDay(t, p, rater, first, 0)
	sameDay(t, p, rater, second, 10)

	t.Log("a session goes and comes back")
	p.Go("/dashboard/today?date=" + second)
	p.Do(chromedp.Click(chromedp.CSS("tr[data-session='" + session + "'] button")))
	status(p, "deleted")
	rater.Must(t, http.StatusNotFound, http.MethodGet, "/summary/"+session, nil)
	p.Do(chromedp.Click(chromedp.CSS("[role=status] button")))
	status(p, "Restored.")
	sameDay(t, p, rater, second, 10)

	t.Log("a question goes and comes back, and another is adjusted")
	sameSession(t, p, rater, session, 10)
	row := "#question-" + rater.Summary(t, session).Questions[3].ID
	p.Do(chromedp.Click(chromedp.CSS(row + " form[action$='/delete'] button")))
	status(p, "Question 4 of")
	sameSession(t, p, rater, session, 9)
	p.Go("/dashboard/sessions/" + session + "?deleted=show")
	p.Do(chromedp.Click(chromedp.CSS("#deleted button")))
	status(p, "Restored.")
	sameSession(t, p, rater, session, 10)
	p.Do(
		chromedp.Click(chromedp.CSS(row+" summary")),
		chromedp.SetValue(chromedp.CSS(row+"-time"), "1:30"),
		chromedp.Click(chromedp.CSS(row+" .adjust button")),
	)
	status(p, "adjusted")
	if got := rater.Summary(t, session).Questions[3].ActiveSeconds; got != 90 {
		t.Errorf("adjusted to %v s, want 90", got)
	}
	sameSession(t, p, rater, session, 10)
	sameDay(t, p, rater, second, 10)

	t.Log("the page of today follows")
	p.Go("/dashboard/today")
	p.Do(chromedp.Evaluate[chromedp.Void](`window.sameDocument = true`))
	for i := range 3 {
		next(t, rater)
		shows(t, p, runningText, fmt.Sprintf("Question %d · running", i+1))
	}
	staysOpen(t, p)
}

// registerByForm registers as a person does, beginning on the first page.
func registerByForm(t *testing.T, p *browser.Page, serverURL string) *program.Client {
	t.Helper()
	c := program.NewClient(t, serverURL)
	c.Email = program.NewEmail()
	p.Go("/")
	p.Do(chromedp.Click(chromedp.CSS("main a[href='/register']")))
	p.AwaitPath("/register")
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), c.Email),
		chromedp.SendKeys(chromedp.CSS("#password"), program.Password),
		chromedp.SendKeys(chromedp.CSS("#first_name"), "Ann"),
		chromedp.Submit(chromedp.CSS("#password")),
	)
	p.AwaitPath("/dashboard/today")
	c.Login(t)
	return c
}

func logOut(p *browser.Page) {
	p.Do(chromedp.Click(chromedp.CSS("form[action='/logout'] button")))
	p.AwaitPath("/")
}

// walkAround goes to every page of a rater along the links between them.
func walkAround(p *browser.Page) {
	for _, step := range []struct{ link, path string }{
		{"Week", "/dashboard/week"},
		{"Month", "/dashboard/month"},
		{"Reports", "/dashboard/reports"},
		{"Profile", "/profile"},
		{"Security", "/profile/security"},
		{"Set up an app", "/profile/security/totp"},
		{"Cancel", "/profile/security"},
		{"Add a passkey", "/profile/security/passkeys"},
		{"Cancel", "/profile/security"},
		{"Log out everywhere else", "/profile/security/logout-others"},
		{"Profile", "/profile"},
		{"Devices", "/profile/devices"},
		{"Get the widget", "/widget"},
		{"Profile", "/profile"},
		{"Delete account …", "/profile/delete"},
		{"Cancel", "/profile"},
		{"Today", "/dashboard/today"},
	} {
		p.Do(chromedp.Click(chromedp.Search(fmt.Sprintf(`//a[normalize-space() = %q]`, step.link))))
		p.AwaitPath(step.path)
	}
}

// acrossMidnight records ten questions of six minutes, the sixth of which begins at
// midnight in UTC; in Kathmandu it is a quarter to six then.
func acrossMidnight(t *testing.T, user *program.Client) (first, second, sessionID string) {
	t.Helper()
	midnight := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	var events []map[string]any
	for i := range 11 {
		kind := "NEXT"
		if i == 10 {
			kind = "EXIT"
		}
		at := midnight.Add(time.Duration(i-5) * 6 * time.Minute)
		events = append(events, map[string]any{"type": kind, "timestamp": at.Format(time.RFC3339)})
	}
	user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": events})
	return midnight.AddDate(0, 0, -1).Format(time.DateOnly), midnight.Format(time.DateOnly), user.Recent(t)[0].SessionID
}

func chooseZone(p *browser.Page, zone string) {
	p.Go("/profile")
	p.Do(
		chromedp.SetValue(chromedp.CSS("#timezone_name"), zone),
		chromedp.Submit(chromedp.CSS("#timezone_name")),
		chromedp.WaitVisible(chromedp.CSS(".saved")),
	)
}

// numbers are the numbers that a page and its JSON have in common.
type numbers struct {
	Questions, Active, Average, Pace, Score string
	Hours                                   []string // of a day, such as "14:00 3"
	Sessions                                []string // ids of a day's sessions
}

// numbersShown reads the numbers from the open page.
const numbersShown = `(() => {
	const text = (id) => document.getElementById(id)?.innerText ?? ""
	const hours = document.getElementById("hours")?.closest("section").querySelectorAll("tbody tr") ?? []
	return {
		Questions: text("total-questions") || "0", Active: text("total-active"), Average: text("average"),
		Pace: text("pace").toLowerCase(), Score: text("score"),
		Hours: [...hours].map(r => r.cells[0].innerText.slice(0, 5) + " " + r.cells[1].innerText),
		Sessions: [...document.querySelectorAll("tr[data-session]")].map(r => r.dataset.session),
	}
})()`

// sameDay fails the test unless the page of a day and its JSON say the same, and have this
// many questions.
func sameDay(t *testing.T, p *browser.Page, user *program.Client, date string, questions int) {
	t.Helper()
	var day struct {
		Questions int               `json:"total_questions"`
		Active    string            `json:"total_active_mmss"`
		Average   string            `json:"avg_active_mmss"`
		Pace      string            `json:"daily_pace_label"`
		Score     int               `json:"daily_score"`
		Hours     []program.DayHour `json:"hourly_activity"`
		Sessions  []struct {
			ID string `json:"session_id"`
		} `json:"sessions"`
	}
	user.Must(t, http.StatusOK, http.MethodGet, "/dashboard/today/json?date="+date, nil).Decode(t, &day)
	want := numbers{Questions: fmt.Sprint(day.Questions), Hours: []string{}, Sessions: []string{}}
	if day.Questions > 0 {
		want.Active, want.Average, want.Pace, want.Score = day.Active, day.Average, day.Pace, fmt.Sprint(day.Score)
	}
	for _, h := range day.Hours {
		if h.TotalQuestions > 0 {
			want.Hours = append(want.Hours, fmt.Sprintf("%02d:00 %d", h.Hour, h.TotalQuestions))
		}
	}
	for _, s := range day.Sessions {
		want.Sessions = append(want.Sessions, s.ID)
	}
	samePage(t, p, "/dashboard/today?date="+date, want, questions)
}

// sameSession does for a session what sameDay does for a day.
func sameSession(t *testing.T, p *browser.Page, user *program.Client, id string, questions int) {
	t.Helper()
	var session struct {
		Questions int     `json:"total_questions"`
		Active    float64 `json:"total_active_seconds"`
		Average   string  `json:"avg_active_mmss"`
		Pace      string  `json:"pace_label"`
		Score     int     `json:"score"`
	}
	user.Must(t, http.StatusOK, http.MethodGet, "/summary/"+id, nil).Decode(t, &session)
	samePage(t, p, "/dashboard/sessions/"+id, numbers{
		Questions: fmt.Sprint(session.Questions), Active: totalText(session.Active), Average: session.Average,
		Pace: session.Pace, Score: fmt.Sprint(session.Score), Hours: []string{}, Sessions: []string{},
	}, questions)
}

// totalText formats a whole number of seconds as pages do: MM:SS below an hour, HH:MM
// rounded to the minute from one hour on.
func totalText(seconds float64) string {
	whole := int(seconds)
	if whole >= 3600 {
		whole = (whole + 30) / 60
	}
	return fmt.Sprintf("%02d:%02d", whole/60, whole%60)
}

func samePage(t *testing.T, p *browser.Page, path string, want numbers, questions int) {
	t.Helper()
	p.Go(path)
	if diff := cmp.Diff(want, browser.Eval[numbers](p, numbersShown)); diff != "" {
		t.Errorf("%s: its JSON and the page (-json +page):\n%s", path, diff)
	}
	if want.Questions != fmt.Sprint(questions) {
		t.Errorf("%s: %s questions, want %d", path, want.Questions, questions)
	}
}
