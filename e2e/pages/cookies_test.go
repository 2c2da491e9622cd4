package pages

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// On plain http at a loopback address everything works without a setting, cookies included.
// DEBUG is off, because it would make that work everywhere. Chromium accepts Secure cookies
// there too; httpapi tests what is sent to browsers that do not.
func TestCookiesInABrowser(t *testing.T) {
	t.Parallel()
	local := startAtPort(t, "DEBUG=false")
	numeric := tracker.Start(t, program.SQLite(t), "DEBUG=false")
	for name, origin := range map[string]string{"by name": local, "by address": numeric.URL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := openVisitor(t, origin)
			v.page.Expect("request failed: GET " + origin + "/me: 401") // before and after the logins
			v.run(t, http.StatusUnauthorized, nil, "me")
			v.run(t, http.StatusOK, nil, "register", v.email, program.Password)
			v.run(t, http.StatusOK, nil, "me")
			v.run(t, http.StatusOK, nil, "logout")
			v.run(t, http.StatusUnauthorized, nil, "me")
			v.run(t, http.StatusOK, nil, "login", v.email, program.Password)
			v.run(t, http.StatusOK, nil, "me")
			if got := browser.Eval[string](v.page, "document.cookie"); got != "" {
				t.Errorf("scripts can read the cookies %q", got)
			}
			v.page.Go("/me") // as a person types it: the cookie comes along
			if got := browser.Get(v.page, chromedp.Text(chromedp.CSS("body"))); !strings.Contains(got, v.email) {
				t.Errorf("/me shows %q", got)
			}
		})
	}
}
