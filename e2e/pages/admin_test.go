package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// Without JavaScript a person registers, is made an admin, adds a user and deactivates
// them, and connects a widget and disconnects it.
func TestFormsWithoutScript(t *testing.T) {
	t.Parallel()
	database := newSQLite(t)
	s := startServer(t, database)
	p := openPage(t, s.url, browser.View{NoScript: true})
	boss := registerByForm(t, p, s.url)
	runProgram(t, database, "user", "role", boss.email, "admin")

	p.Go("/admin/users/new")
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), "newcomer@example.com"),
		chromedp.Submit(chromedp.CSS("#email")),
		chromedp.WaitVisible(chromedp.CSS("#new-password")),
	)
	look(t, p, "admin-added")
	p.Do(
		chromedp.Click(chromedp.Search(`//a[. = "To their page"]`)),
		chromedp.Click(chromedp.Search(`//button[. = "Deactivate"]`)),
		chromedp.WaitVisible(chromedp.Search(`//*[contains(@class, "pill")][. = "deactivated"]`)),
		chromedp.Click(chromedp.Search(`//button[. = "Activate"]`)),
		chromedp.WaitVisible(chromedp.Search(`//*[contains(@class, "pill")][. = "active"]`)),
	)

	connectWidget(t, p, boss)
	p.Go("/profile/devices")
	p.Do(chromedp.Click(chromedp.Search(`//button[. = "Disconnect"]`)))
	status(p, "The widget is disconnected.")
	look(t, p, "devices-none")
}
