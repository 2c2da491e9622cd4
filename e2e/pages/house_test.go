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

// house is a server in which every page has something to show, and a browser in which an
// admin is logged in who has worked for weeks, with a passkey and a widget.
type house struct {
	origin string
	page   *browser.Page
	ids    map[string]string // for the holes in the routes of pages
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

	boss, rater := program.NewClient(t, origin), program.NewUser(t, origin)
	boss.Email = v.email
	boss.Login(t)
	recordWeeks(t, boss)
	session := recordDay(t, boss)
	recordDay(t, rater)
	passkey := v.addPasskey(t)
	connectWidget(t, v.page, boss)
	return house{origin: origin, page: v.page, ids: map[string]string{
		"{session_id}": session, "{user_id}": rater.ID(t), "{passkey_id}": passkey,
		"{none}": "00000000-0000-4000-8000-000000000000",
	}}
}

// widgetVerifier is the secret of a widget while it is being connected.
const widgetVerifier = "the verifier of a widget, 43 characters or more"

// pairQuery is what a widget asks the page for.
func pairQuery() string {
	sum := sha256.Sum256([]byte(widgetVerifier))
	return "?" + url.Values{
		"challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "kind": {"userscript"}, "name": {"Firefox at home"},
	}.Encode()
}

// connectWidget connects a widget on its page, by whoever is logged in there.
func connectWidget(t *testing.T, p *browser.Page, widget *program.Client) {
	t.Helper()
	p.Go("/widget/pair" + pairQuery())
	p.Do(chromedp.Click(chromedp.CSS("main form button")))
	code := strings.TrimSpace(browser.Get(p, chromedp.Text(chromedp.CSS("#pairing-code"))))
	widget.Must(t, http.StatusOK, http.MethodPost, "/auth/device/token", map[string]string{"code": code, "verifier": widgetVerifier})
}
