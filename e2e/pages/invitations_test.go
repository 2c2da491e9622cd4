package pages

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// Without JavaScript the first admin registers by the link that the program has printed, and
// invites somebody, who registers. The link is shown once, and the admin revokes another.
func TestInvitationsInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t), "REGISTRATION=invite")
	_, code := s.FirstAdminLink(t)
	p := openPage(t, s.URL, browser.View{NoScript: true})
	p.Go("/register?invite=" + code)
	look(t, p, "register-first-admin")
	registerInvited(p, "boss@example.com")

	p.Go("/admin/invitations")
	look(t, p, "admin-invitations-none")
	link := invite(t, p, "guest@example.com")
	look(t, p, "admin-invited")
	invite(t, p, "")
	p.Do(
		chromedp.Click(chromedp.Search(`//tr[contains(., "whoever has the link")]//button[. = "Revoke"]`)),
		chromedp.WaitVisible(chromedp.Search(`//*[@role = "status"][contains(., "is revoked")]`)),
	)
	look(t, p, "admin-invitation-revoked")

	guest := openPage(t, s.URL, browser.View{NoScript: true})
	guest.Go("/register")
	look(t, guest, "register-without-invitation")
	guest.Go(strings.TrimPrefix(link, s.URL))
	look(t, guest, "register-invited")
	registerInvited(guest, "")
	guest.Go(strings.TrimPrefix(link, s.URL))
	look(t, guest, "register-logged-in")
}

// registerInvited fills in the form of the registration page. email is "" if it is there
// already.
func registerInvited(p *browser.Page, email string) {
	if email != "" {
		p.Do(chromedp.SendKeys(chromedp.CSS("#email"), email))
	}
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#password"), program.Password),
		chromedp.Submit(chromedp.CSS("#password")),
	)
	p.AwaitPath("/dashboard/today")
}

// invite makes an invitation on the page that is open, and returns its link.
func invite(t *testing.T, p *browser.Page, email string) (link string) {
	t.Helper()
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), email),
		chromedp.Click(chromedp.Search(`//button[. = "Make a link"]`)),
		chromedp.WaitVisible(chromedp.CSS("#invitation-link")),
	)
	return browser.Eval[string](p, `document.querySelector("#invitation-link").innerText`)
}
