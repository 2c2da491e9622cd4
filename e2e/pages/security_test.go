package pages

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// confirmStep opens a step of the security page and enters the password.
func confirmStep(t *testing.T, p *browser.Page, name, path, then string) {
	t.Helper()
	p.Go("/profile/security" + path)
	look(t, p, "security-"+name)
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#password"), program.Password),
		chromedp.Submit(chromedp.CSS("#password")),
		chromedp.WaitVisible(chromedp.CSS(then)),
	)
}

// A passkey is added on the page and logs in on the page; each step is looked at in every view.
func TestSecurityPasskeyPages(t *testing.T) {
	t.Parallel()
	origin := startAtPort(t, "RATE_LIMIT_LOGIN=off", "RATE_LIMIT_REGISTER=off")
	user := program.NewUser(t, origin)
	p := openPage(t, origin, browser.View{})
	p.AddAuthenticator(authenticators["computer with a fingerprint reader"])
	program.LogInByForm(p, user.Email)
	p.Go("/profile/security")
	look(t, p, "security-nothing")

	p.Go("/profile/security/passkeys")
	look(t, p, "security-new-passkey")
	add := func(password string) []chromedp.Action[chromedp.Void] {
		return []chromedp.Action[chromedp.Void]{
			chromedp.SetValue(chromedp.CSS("#name"), "My computer"), chromedp.SetValue(chromedp.CSS("#password"), password),
			chromedp.Click(chromedp.CSS("[data-add] button")),
		}
	}
	p.Expect("request failed: POST " + origin + "/me/passkeys/start: 422")
	p.Do(append(add("not my password"), chromedp.WaitVisible(chromedp.CSS("[data-problem]")))...)
	look(t, p, "security-new-passkey-refused")
	p.Do(append(add(program.Password), chromedp.WaitVisible(chromedp.CSS("[data-codes]")))...)
	look(t, p, "security-new-passkey-codes")
	p.Go("/profile/security/passkeys")
	p.Do(append(add(program.Password), chromedp.WaitVisible(chromedp.CSS("[data-problem]")))...)
	if text := browser.Get(p, chromedp.Text(chromedp.CSS("[data-problem]"))); !strings.Contains(text, "already has a passkey of your account") {
		t.Errorf("a second passkey of the same device: %q", text)
	}

	p.Go("/profile/security")
	p.Do(chromedp.Submit(chromedp.CSS("form[action='/logout']")), chromedp.WaitVisible(chromedp.CSS("a[href='/register']")))
	p.Go("/login?next=/profile/security")
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), user.Email), chromedp.SendKeys(chromedp.CSS("#password"), program.Password),
		chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS("[data-offer]")),
	)
	look(t, p, "security-second-step")
	p.Do(chromedp.Click(chromedp.CSS("#use-passkey button")), chromedp.WaitVisible(chromedp.CSS("#activity")))
	look(t, p, "security-with-passkey")
}

// An authenticator app is set up without JavaScript; each step is looked at in every view.
func TestSecurityAppPages(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t), "RATE_LIMIT_LOGIN=off", "RATE_LIMIT_REGISTER=off")
	user := program.NewUser(t, s.URL)
	p := openPage(t, s.URL, browser.View{NoScript: true})
	program.LogInByForm(p, user.Email)
	p.Go("/profile/security/passkeys")
	look(t, p, "security-no-passkeys")
	confirmStep(t, p, "app", "/totp", "svg.qr")
	look(t, p, "security-app-code")
	secret := strings.Join(strings.Fields(browser.Get(p, chromedp.Text(chromedp.CSS("#secret")))), "")
	p.Expect("request failed: POST " + s.URL + "/profile/security/totp/confirm: 401")
	send := func(code, then string) {
		p.Do(
			chromedp.SendKeys(chromedp.CSS("#code"), code), chromedp.Submit(chromedp.CSS("#code")), chromedp.WaitVisible(chromedp.CSS(then)),
		)
	}
	send("none", "#code-problem")
	look(t, p, "security-app-code-refused")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	send(code, ".codes")
	look(t, p, "security-app-codes")
	recovery := regexp.MustCompile(`([0-9a-z]{4}-){5}[0-9a-z]{4}`).FindString(browser.Get(p, chromedp.Text(chromedp.CSS(".codes"))))
	user.Must(t, http.StatusOK, http.MethodGet, "/me", nil)

	p.Go("/profile/security")
	look(t, p, "security-with-app")
	p.Do(chromedp.Submit(chromedp.CSS("form[action='/logout']")), chromedp.WaitVisible(chromedp.CSS("a[href='/register']")))
	p.Go("/login?next=/profile/security")
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), user.Email), chromedp.SendKeys(chromedp.CSS("#password"), program.Password),
		chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS("#code")),
	)
	send(recovery, "#activity")
	confirmStep(t, p, "logout-others", "/logout-others", ".saved")
	user.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	confirmStep(t, p, "app-off", "/totp/remove", ".saved")
}
