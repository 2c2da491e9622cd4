package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// house is a server where every page has something to show. In its browser an admin is
// logged in, who has worked for weeks and has a passkey and a widget.
type house struct {
	origin string
	page   *browser.Page
	ids    map[string]string // of the parameters in the routes of pages, such as "{session_id}"
}

func furnish(t *testing.T) house {
	t.Helper()
	provider := oidctest.Start(t)
	database := program.SQLite(t)
	origin := startOnAt(t, database, "OIDC_ISSUER="+provider.Issuer(),
		"OIDC_CLIENT_ID="+oidctest.ClientID, "OIDC_CLIENT_SECRET="+oidctest.ClientSecret)
	v := openVisitor(t, origin)
	v.page.AddAuthenticator(authenticators["computer with a fingerprint reader"])
	v.run(t, http.StatusOK, nil, "register", v.email, program.Password)
	tracker.Run(t, database, "user", "role", v.email, "admin")

	tracker.Run(t, database, "user", "invite", "somebody.with.a.rather.long.name@mail.example.com")
	tracker.Run(t, database, "user", "invite", "--days", "30")

	boss, rater := program.NewClient(t, origin), program.NewUser(t, origin)
	boss.Email = v.email
	boss.Login(t)
	recordWeeks(t, boss)
	session := recordDay(t, boss)
	recordDay(t, rater)
	passkey := v.addPasskey(t)
	connectWidget(t, v.page, boss)
	return house{origin: origin, page: v.page, ids: map[string]string{
		"{session_id}": session, "{event_id}": firstQuestion(t, boss, session), "{user_id}": rater.ID(t), "{passkey_id}": passkey, "{login_id}": firstLogin(t, boss),
		"{none}": "00000000-0000-4000-8000-000000000000",
	}}
}

// widgetVerifier is the secret that a widget keeps while it is being connected.
const widgetVerifier = "the verifier of a widget, 43 characters or more"

// pairQuery returns the query with which a widget opens the page that connects it.
func pairQuery() string {
	sum := sha256.Sum256([]byte(widgetVerifier))
	return "?" + url.Values{
		"challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "kind": {"userscript"}, "name": {"Firefox at home"},
	}.Encode()
}

// connectWidget connects a widget for the person who is logged in on the page.
func connectWidget(t *testing.T, p *browser.Page, widget *program.Client) {
	t.Helper()
	p.Go("/widget/pair" + pairQuery())
	p.Do(chromedp.SendKeys(chromedp.CSS("input[type=password]"), program.Password), chromedp.Click(chromedp.CSS("main form button")))
	code := strings.TrimSpace(browser.Get(p, chromedp.Text(chromedp.CSS("#pairing-code"))))
	widget.Must(t, http.StatusOK, http.MethodPost, "/auth/device/token", map[string]string{"code": code, "verifier": widgetVerifier})
}

// firstLogin returns the ID of a login of a person.
func firstLogin(t *testing.T, user *program.Client) string {
	t.Helper()
	var logins []struct {
		ID string `json:"login_id"`
	}
	user.Must(t, http.StatusOK, http.MethodGet, "/me/logins", nil).Decode(t, &logins)
	return logins[0].ID
}

// firstQuestion returns the ID of a session's first question, which is also that of the press
// that closed it.
func firstQuestion(t *testing.T, user *program.Client, session string) string {
	t.Helper()
	var summary struct{ Questions []struct{ ID string } }
	answer := user.Must(t, http.StatusOK, http.MethodGet, "/summary/"+session, nil)
	answer.Decode(t, &summary)
	return summary.Questions[0].ID
}
