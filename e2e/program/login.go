package program

import (
	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// LogInByForm logs a user in on the login page.
func LogInByForm(p *browser.Page, email string) {
	p.Go("/login")
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), email),
		chromedp.SendKeys(chromedp.CSS("#password"), Password),
		chromedp.Submit(chromedp.CSS("main form")),
		chromedp.WaitVisible(chromedp.CSS("form[action='/logout']")),
	)
}
