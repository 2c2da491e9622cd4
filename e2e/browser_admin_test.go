package e2e

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// The console in light and dark, on a desk and on a phone: axe-core finds nothing, and no
// page is wider than the screen.
func TestAdminInABrowser(t *testing.T) {
	t.Parallel()
	databaseURL := newSQLite(t)
	s := startServer(t, databaseURL)
	browser.EachView(t, func(t *testing.T, view browser.View) {
		rater, _ := workedDay(t, s.url)
		boss := newUser(t, s.url)
		runProgram(t, databaseURL, "user", "role", boss.email, "admin")
		p := openPage(t, s.url, view)
		logInByForm(p, boss.email)
		user := "/admin/users/" + rater.id(t)
		for name, path := range map[string]string{
			"users": "/admin/dashboard", "user": user, "delete-user": user + "/delete", "new-user": "/admin/users/new",
			"log": "/admin/log", "delete-account": "/profile/delete",
		} {
			p.Go(path)
			for _, finding := range p.Axe("") {
				t.Errorf("%s: %v", name, finding)
			}
			if wide := browser.Eval[string](p, overflowing); wide != "" {
				t.Errorf("%s is wider than the screen: %s", name, wide)
			}
			p.Screenshot("admin-" + name)
		}
	})
}
