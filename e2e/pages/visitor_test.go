package pages

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// openPage opens a tab for the pages of a server.
func openPage(t *testing.T, origin string, view browser.View) *browser.Page {
	t.Helper()
	return chromium.Open(t, origin, view)
}

// visitor is a page in which testdata/account.js uses one account.
type visitor struct {
	page  *browser.Page
	email string
}

// openVisitor opens the page of the API, whose policy allows calls to the server.
func openVisitor(t *testing.T, origin string) *visitor {
	t.Helper()
	source, err := os.ReadFile("testdata/account.js")
	if err != nil {
		t.Fatal(err)
	}
	p := openPage(t, origin, browser.View{})
	p.Go("/docs")
	p.Do(chromedp.Evaluate[chromedp.Void](string(source)))
	return &visitor{page: p, email: program.NewEmail()}
}

// run calls a method of the account and fails the test unless the answer has the wanted
// status. It decodes the body into into, unless that is nil.
func (v *visitor) run(t *testing.T, wantStatus int, into any, method string, arguments ...string) {
	t.Helper()
	encoded := program.Encode(t, append([]string{}, arguments...))
	call := fmt.Sprintf("account.%s(...%s).then(JSON.stringify)", method, encoded)
	var got struct {
		Status int
		Body   json.RawMessage
	}
	if err := json.Unmarshal([]byte(browser.Eval[string](v.page, call)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Status != wantStatus {
		t.Fatalf("%s: %d %s, want %d", method, got.Status, got.Body, wantStatus)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(got.Body, into); err != nil {
		t.Fatalf("%s: %s: %v", method, got.Body, err)
	}
}

// startAtPort runs the program at an address with the name localhost, where browsers allow
// passkeys without https.
func startAtPort(t *testing.T, settings ...string) (origin string) {
	t.Helper()
	return startOnAt(t, program.SQLite(t), settings...)
}

// startOnAt does what startAtPort does, on a database.
func startOnAt(t *testing.T, databaseURL string, settings ...string) (origin string) {
	t.Helper()
	address := program.FreeAddress(t)
	origin = strings.Replace("http://"+address, "127.0.0.1", "localhost", 1)
	tracker.Start(t, databaseURL, append(settings, "LISTEN="+address, "PUBLIC_URL="+origin)...)
	return origin
}
