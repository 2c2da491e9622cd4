package pages

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// swaggerBreaks are the rules of axe-core that Swagger UI breaks inside #api. They are not
// ours to mend: Swagger UI is another project, embedded unchanged.
var swaggerBreaks = map[string]string{
	"color-contrast":     "its badges of methods and versions are white on pastel",
	"heading-order":      "its tags are h3 after an h1",
	"nested-interactive": "the links of its operations lie in buttons",
	"region":             "it puts the title outside of its section",
	"target-size":        "its links are as high as their text",
}

// The page of the API shows the operations in every view, and the browser reports no problem.
func TestDocsInABrowser(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	browser.EachView(t, func(t *testing.T, view browser.View) {
		p := openDocs(t, s.URL, view)
		p.Screenshot("docs")
	})
}

// Everything that axe-core finds is Swagger UI's own, and Tab goes from top to bottom.
func TestDocsAccessibilityInABrowser(t *testing.T) {
	t.Parallel()
	p := openDocs(t, tracker.Start(t, program.SQLite(t)).URL, browser.View{})
	for _, finding := range p.Axe("") {
		_, known := swaggerBreaks[finding.Rule]
		for _, at := range finding.At {
			if inside := browser.Eval[bool](p, fmt.Sprintf("document.querySelector(%q).matches('#api *')", at)); !known || !inside {
				t.Errorf("at %s: %v", at, finding)
				break
			}
		}
	}
	want := []string{"a /openapi.json", "select#servers Server", "button Authorize", "a Events", "button", "button POST /events Record an event"}
	if got := p.TabOrder(len(want)); !slices.Equal(got, want) {
		t.Errorf("Tab leads to %q, want %q", got, want)
	}
}

// Who is logged in by cookie tries operations on the page, also those without a body.
func TestDocsTryABodilessChange(t *testing.T) {
	t.Parallel()
	v := openVisitor(t, tracker.Start(t, program.SQLite(t)).URL)
	v.run(t, http.StatusOK, nil, "register", v.email, program.Password)
	const operation = "#operations-Accounts-logout"
	v.page.Do(
		chromedp.WaitVisible(chromedp.CSS(operation)),
		chromedp.Click(chromedp.CSS(operation+" .opblock-summary-control")),
		chromedp.WaitVisible(chromedp.CSS(operation+" .execute")),
		chromedp.Click(chromedp.CSS(operation+" .execute")),
	)
	v.page.AwaitText(operation+" .live-responses-table tbody .response-col_status", "200")
}

// Without JavaScript the page of the API says that it needs it.
func TestDocsWithoutScript(t *testing.T) {
	t.Parallel()
	p := openPage(t, tracker.Start(t, program.SQLite(t)).URL, browser.View{NoScript: true})
	p.Go("/docs")
	const want = "This page needs JavaScript. The same in plain: openapi.json"
	if got := browser.Get(p, chromedp.Text(chromedp.CSS("noscript"))); got != want {
		t.Errorf("without JavaScript the page says %q, want %q", got, want)
	}
}

// openDocs opens the page of the API and waits until it has drawn the document.
func openDocs(t *testing.T, origin string, view browser.View) *browser.Page {
	t.Helper()
	p := openPage(t, origin, view)
	p.Go("/docs")
	p.Do(chromedp.WaitVisible(chromedp.CSS("#operations-Accounts-login")))
	return p
}
