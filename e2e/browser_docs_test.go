package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// swaggerFindings are what Swagger UI itself does badly, and is not ours to mend.
// A rule that is not here, or one of these at an element outside #api, fails the test.
var swaggerFindings = map[string]string{}

// The page of the API shows every operation, in every view, and the browser finds
// nothing to complain about.
func TestDocsInABrowser(t *testing.T) {
	t.Parallel()
	s := startServer(t, newSQLite(t))
	browser.EachView(t, func(t *testing.T, view browser.View) {
		p := openPage(t, s.url, view)
		p.Go("/docs")
		p.Do(chromedp.WaitVisible(chromedp.CSS("#operations-Accounts-login")))
		p.Screenshot("docs")
		for _, finding := range p.Axe("") {
			fmt.Println(view, finding.Rule, len(finding.At), finding.At[0])
		}
		fmt.Printf("%q\n", p.TabOrder(12))
	})
}

// The bare address leads to the page of the API, with and without JavaScript.
func TestRootInABrowser(t *testing.T) {
	t.Parallel()
	s := startServer(t, newSQLite(t))
	for _, view := range []browser.View{{}, {NoScript: true}} {
		p := openPage(t, s.url, view)
		p.Go("/")
		if got := browser.Get(p, chromedp.Location()); got != s.url+"/docs" {
			t.Errorf("%s: / leads to %s", view, got)
		}
		if view.NoScript {
			const want = "This page needs JavaScript. The same in plain: openapi.json"
			if got := browser.Get(p, chromedp.Text(chromedp.CSS("noscript"))); got != want {
				t.Errorf("without JavaScript the page says %q, want %q", got, want)
			}
		}
	}
}
