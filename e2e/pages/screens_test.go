package pages

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// screen is a page in one state.
type screen struct {
	route  string // pattern of the page
	query  string // of its address
	name   string // of its screenshots
	open   bool   // opened by a stranger
	failed string // status of the page, if it is a failure
	// without is what the page says without JavaScript, if it needs it.
	without string
}

// screens returns all pages in the states that look different. The page of the API is another
// project's and has its own tests.
func screens() []screen {
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	return []screen{
		{route: "GET /{$}", name: "landing", open: true},
		{route: "GET /login", name: "login", open: true},
		{route: "GET /register", name: "register", open: true},
		{route: "GET /dashboard/today", name: "today"},
		{route: "GET /dashboard/today", query: "?date=2020-02-29", name: "today-empty"},
		{route: "GET /dashboard/today", query: "?date=" + day(7) + "&zone=weeks", name: "day-of-week"},
		{route: "GET /dashboard/sessions/{session_id}", name: "session"},
		{route: "GET /dashboard/sessions/{session_id}", query: "?outcome=released", name: "session-released"},
		{route: "GET /dashboard/sessions/{session_id}", query: "?outcome=skipped", name: "session-skipped"},
		{route: "GET /dashboard/sessions/{session_id}", query: "?log=show", name: "session-log"},
		{route: "GET /dashboard/sessions/{session_id}/presses/new", name: "press-add"},
		{route: "GET /dashboard/sessions/{session_id}/presses/new", query: "?type=next&timestamp=2100-01-01T10:00:00", name: "press-refused", failed: "422"},
		{route: "GET /dashboard/sessions/{session_id}/presses/{event_id}/move", name: "press-move"},
		{route: "GET /dashboard/sessions/{session_id}/presses/{event_id}/remove", name: "press-remove"},
		{route: "GET /dashboard/work", name: "work"},
		{route: "GET /dashboard/work", query: "?date=2020-02-29&started_at=23:15&ended_at=01:20:30&questions=12", name: "work-preview"},
		{route: "GET /dashboard/work", query: "?date=2020-02-29&started_at=09:00&ended_at=10:00&questions=many&times=later", name: "work-refused", failed: "422"},
		{route: "GET /dashboard/sessions/{none}", name: "missing", failed: "404"},
		{route: "GET /dashboard/week", query: "?date=" + day(7), name: "week"},
		{route: "GET /dashboard/week", query: "?date=2020-02-29", name: "week-empty"},
		{route: "GET /dashboard/month", query: "?date=" + day(20), name: "month"},
		{route: "GET /dashboard/reports", name: "reports"},
		{route: "GET /dashboard/reports", query: "?from=" + day(28) + "&to=" + day(0), name: "reports-month"},
		{route: "GET /dashboard/reports", query: "?from=" + day(60) + "&to=" + day(0), name: "reports-long"},
		{route: "GET /dashboard/reports", query: "?from=2020-02-29&to=2020-02-29", name: "reports-empty"},
		{route: "GET /dashboard/reports", query: "?from=2026-02-30&to=" + day(0), name: "reports-refused", failed: "400"},
		{route: "GET /profile", name: "profile"},
		{route: "GET /profile/devices", name: "devices"},
		{route: "GET /profile/delete", name: "delete-account"},
		{route: "GET /logout", name: "logout"},
		{route: "GET /profile/security", name: "security"},
		{route: "GET /profile/security/totp", name: "security-app"},
		{route: "GET /profile/security/totp/remove", name: "security-app-off"},
		{route: "GET /profile/security/recovery-codes", name: "security-codes"},
		{route: "GET /profile/security/passkeys", name: "security-passkey", without: "Passkeys need JavaScript"},
		{route: "GET /profile/security/passkeys/{passkey_id}/remove", name: "security-passkey-off"},
		{route: "GET /profile/security/identity", name: "security-identity"},
		{route: "GET /profile/security/identity/remove", name: "security-identity-off"},
		{route: "GET /profile/security/logins/{login_id}/end", name: "security-login-end"},
		{route: "GET /profile/security/logout-others", name: "security-logout"},
		{route: "GET /widget", name: "widget"},
		{route: "GET /widget/pair", name: "pair"},
		{route: "GET /widget/pair", query: pairQuery(), name: "pair-asked"},
		{route: "GET /admin/dashboard", name: "admin-users"},
		{route: "GET /admin/dashboard", query: "?q=nobody-at-all", name: "admin-users-none"},
		{route: "GET /admin/users/new", name: "admin-new-user"},
		{route: "GET /admin/users/{user_id}", name: "admin-user"},
		{route: "GET /admin/users/{user_id}/delete", name: "admin-delete-user"},
		{route: "GET /admin/log", name: "admin-log"},
		{route: "GET /admin/invitations", name: "admin-invitations"},
		{route: "GET /register", query: "?invite=used", name: "register-used", open: true, failed: "403"},
	}
}

// The screens show every page in the list of pages; a test of internal/server compares that
// list with the program.
func TestScreensAreAllPages(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	routes := []string{"GET /docs"}
	for _, s := range screens() {
		if s.failed == "" {
			routes = append(routes, s.route)
		}
	}
	slices.Sort(routes)
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(list)), "\n"), slices.Compact(routes)); diff != "" {
		t.Errorf("pages of the program and pages that are looked at (-program +screens):\n%s", diff)
	}
}

var hole = regexp.MustCompile(`\{\w+\}`)

// path returns the address of a screen, with the ids of a house.
func (s screen) path(ids map[string]string) string {
	path := strings.TrimSuffix(strings.TrimPrefix(s.route, "GET "), "{$}")
	return hole.ReplaceAllStringFunc(path, func(name string) string { return ids[name] }) + s.query
}

// For every page, in light and dark, on a desktop, a tablet, phones and at 200 %: the browser
// reports no problem, axe-core finds nothing, and nothing is cut or scrolls sideways. The keyboard reaches
// everything, and the page opens without JavaScript.
func TestScreensInABrowser(t *testing.T) {
	t.Parallel()
	h := furnish(t)
	stranger := openPage(t, h.origin, browser.View{})
	for _, s := range screens() {
		p, path := h.page, s.path(h.ids)
		if s.open {
			p = stranger
		}
		if s.failed != "" {
			p.Expect("request failed: GET " + h.origin + path + ": " + s.failed)
		}
		p.Go(path)
		look(t, p, s.name)
		goByKeyboard(t, p, s.name)
		openWithoutScript(t, p, s, path)
	}
}

// look checks the open page in every view, takes screenshots, and restores the view.
func look(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	before := p.View()
	for _, view := range append(browser.Views(), browser.View{Tablet: true}, browser.View{Small: true}, browser.View{Zoomed: true}) {
		view.NoScript = before.NoScript
		p.Look(view)
		if wide := p.Overflow(); wide != "" {
			t.Errorf("%s (%s) is wider than the screen: %s", name, view, wide)
		}
		if cut := p.CutOff(); cut != "" {
			t.Errorf("%s (%s) is cut at the side: %s", name, view, cut)
		}
		if view.Zoomed {
			continue // the rest is that of a narrow window
		}
		if !view.Tablet && !view.Small {
			for _, finding := range p.Axe("") {
				t.Errorf("%s (%s): %v", name, view, finding)
			}
		}
		p.Screenshot(name)
	}
	p.Look(before)
}

// goByKeyboard presses Tab through the page just opened, and uses the link that skips what is
// the same on every page.
func goByKeyboard(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	round := p.TabRound()
	var got []string
	for _, stop := range round.Got {
		if got = append(got, stop.What); !stop.Shown {
			t.Errorf("%s: one does not see that the focus is at %s", name, stop.What)
		}
	}
	if diff := cmp.Diff(round.Want, got[:min(len(got), len(round.Want))]); diff != "" {
		t.Errorf("%s: Tab goes another way than one reads (-reads +goes):\n%s", name, diff)
	}
	skipped := browser.Eval[string](p, `(() => {
		document.querySelector(".skip").click()
		return document.activeElement.localName
	})()`)
	if skipped != "main" {
		t.Errorf("%s: skipping to the content leads to %s", name, skipped)
	}
}

// openWithoutScript opens a page again without JavaScript.
func openWithoutScript(t *testing.T, p *browser.Page, s screen, path string) {
	t.Helper()
	p.Look(browser.View{NoScript: true})
	defer p.Look(browser.View{})
	p.Go(path)
	if heading := browser.Eval[string](p, `document.querySelector("h1")?.innerText ?? ""`); strings.TrimSpace(heading) == "" {
		t.Errorf("%s: without JavaScript the page has no heading", s.name)
	}
	said := browser.Eval[string](p, `[...document.querySelectorAll("noscript")].map(e => e.innerText).join(" ")`)
	if said == "" != (s.without == "") || !strings.Contains(said, s.without) {
		t.Errorf("%s: without JavaScript the page says %q, want %q", s.name, said, s.without)
	}
}
