package pages

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// Without JavaScript a person registers, is made an admin, adds a user and deactivates
// them, and connects a widget and disconnects it.
func TestFormsWithoutScript(t *testing.T) {
	t.Parallel()
	database := program.SQLite(t)
	s := tracker.Start(t, database)
	p := openPage(t, s.URL, browser.View{NoScript: true})
	boss := registerByForm(t, p, s.URL)
	tracker.Run(t, database, "user", "role", boss.Email, "admin")

	p.Go("/admin/users/new")
	p.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), "newcomer@example.com"),
		chromedp.Submit(chromedp.CSS("#email")),
		chromedp.WaitVisible(chromedp.CSS("#new-password")),
	)
	look(t, p, "admin-added")
	p.Do(
		chromedp.Click(chromedp.Search(`//a[. = "Open their page"]`)),
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
