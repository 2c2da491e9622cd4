package pages

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// keyboard uses a page with the keyboard alone.
type keyboard struct {
	t    *testing.T
	page *browser.Page
}

// press types a text or presses a key.
func (k keyboard) press(keys string) { k.page.Do(chromedp.KeyEvent(keys)) }

// tabTo presses Tab until the focus is on the element that a CSS selector names. Then the text
// of a field is selected, and typing replaces it.
func (k keyboard) tabTo(selector string) {
	k.t.Helper()
	for range 80 {
		k.press(kb.Tab)
		if browser.Eval[bool](k.page, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
	}
	k.t.Fatalf("Tab does not come to %s", selector)
}

// With the keyboard alone a person logs in, deletes a session, restores it, and changes the
// time zone.
func TestWayByKeyboard(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	user, session := workedDay(t, s.URL)
	p := openPage(t, s.URL, browser.View{})
	k := keyboard{t, p}
	p.Go("/")
	k.tabTo("a[href='/login']")
	k.press(kb.Enter)
	p.AwaitPath("/login")
	k.tabTo("#email")
	k.press(user.Email)
	k.tabTo("#password")
	k.press(program.Password)
	k.press(kb.Enter)
	p.AwaitPath("/dashboard/today")

	k.press(kb.Tab)
	k.press(kb.Enter) // to the content
	row := "tr[data-session='" + session + "']"
	k.tabTo(row + " button")
	k.press(kb.Enter)
	status(p, "deleted")
	k.tabTo("[role=status] button")
	k.press(kb.Enter)
	status(p, "Restored.")
	p.Do(chromedp.WaitVisible(chromedp.CSS(row)))

	k.tabTo("nav a[href='/profile']")
	k.press(kb.Enter)
	p.AwaitPath("/profile")
	k.tabTo("#timezone_name")
	k.press("Asia/Kathmandu")
	k.tabTo("button[type=submit]")
	k.press(kb.Enter)
	p.Do(chromedp.WaitVisible(chromedp.CSS(".saved")))
	if zone := browser.Eval[string](p, `document.querySelector("#timezone_name").value`); zone != "Asia/Kathmandu" {
		t.Errorf("the zone is %s", zone)
	}
}
