package browser

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// actWithin is the time limit of an action. It is so long that even on a busy machine only
// a test that hangs reaches it.
const actWithin = 3 * time.Minute

// Page is one tab with a profile of its own. It is used by one goroutine.
type Page struct {
	t       testing.TB
	origin  string
	view    View
	ctx     context.Context
	watch   *watch
	expects []*expectation
	checked bool // check has run
}

// Open makes an empty tab for pages of an origin, such as "http://localhost:8000",
// and closes it when the test ends. Then the test fails for every Problem that it
// did not Expect.
func (s *Shared) Open(t testing.TB, origin string, view View) *Page {
	t.Helper()
	return open(t, s.require(t), origin, view, chromedp.WithNewBrowserContext())
}

// open makes a tab in a browser.
func open(t testing.TB, browser context.Context, origin string, view View, options ...chromedp.ContextOption) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, options...)
	t.Cleanup(cancel)
	// Like the browser, a tab lives as long as the context of its first call.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	p := &Page{t: t, origin: origin, view: view, ctx: ctx, watch: newWatch(origin)}
	if err := chromedp.Listen(ctx, p.watch.see); err != nil {
		t.Fatalf("watch a tab: %v", err)
	}
	p.Do(view.emulate()...)
	t.Cleanup(p.check)
	return p
}

// View returns the view in which the page is shown.
func (p *Page) View() View { return p.view }

// staleNode is how the browser answers a question about a node of the document before, which
// chromedp may still ask when a page is opened. The action was not done then.
const staleNode = "No node with given id found"

// run runs one action, again for as long as it meets a page that is being replaced.
func run[T any](p *Page, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, actWithin)
	defer cancel()
	for {
		found, err := chromedp.Run(ctx, action)
		if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), staleNode) {
			return found, err
		}
	}
}

// Go opens a path of the origin and waits until it has loaded and no request is
// under way.
func (p *Page) Go(path string) {
	p.t.Helper()
	if _, err := run(p, chromedp.Navigate(p.origin+path)); err != nil {
		p.t.Fatalf("%s%s: %v", p.origin, path, err)
	}
	p.Settle()
}

// Do runs actions of chromedp, one after the other, and fails the test when one fails.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	for _, action := range actions {
		if _, err := run(p, action); err != nil {
			p.t.Fatalf("%s: %v", p.origin, err)
		}
	}
}

// Get runs an action of chromedp and returns its result. It fails the test if the action fails.
func Get[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	found, err := run(p, action)
	if err != nil {
		p.t.Fatalf("%s: %v", p.origin, err)
	}
	return found
}

// Eval returns the value of a JavaScript expression in the page. It waits for a promise.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return Get(p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Before runs a script in each page that the tab will open, before anything of the page
// runs.
func (p *Page) Before(script string) {
	p.t.Helper()
	p.Do(call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}))
}

// Front makes this the tab that a person sees.
func (p *Page) Front() {
	p.t.Helper()
	p.Do(call(page.BringToFront, cdp.Empty{}))
}

// AddAuthenticator gives the tab a passkey device that agrees to everything, as its only one.
// Passkeys need https or the origin localhost.
func (p *Page) AddAuthenticator(options webauthn.VirtualAuthenticatorOptions) {
	p.t.Helper()
	options.AutomaticPresenceSimulation = true
	p.Do(
		call(webauthn.Enable, webauthn.EnableParams{}),
		call(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &options}),
	)
}

// focus makes a tab in the background behave like the one that a person looks at:
// passkeys and the keyboard work in no other.
func focus() chromedp.Action[chromedp.Void] {
	return call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
}

// call returns an action that sends a command of the browser's protocol and drops its
// result.
func call[P, R any](command cdp.Command[P, R], parameters P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, parameters)
		return err
	})
}

// AwaitPath waits until the tab is at this path of the origin, its query included, and
// has loaded.
func (p *Page) AwaitPath(path string) {
	p.t.Helper()
	p.Await("the page "+path, func() bool {
		at, err := chromedp.Run(p.ctx, chromedp.Location())
		return err == nil && at == p.origin+path // a tab between two pages cannot be asked
	})
	p.Settle()
}

// AwaitText waits until what this CSS selector finds has a text, and the page has loaded. It
// may be called while the tab is on its way to another page.
func (p *Page) AwaitText(selector, text string) {
	p.t.Helper()
	has := fmt.Sprintf(`document.readyState === "complete" &&
		(document.querySelector(%q)?.innerText ?? "").replace(/\s+/g, " ").includes(%q)`, selector, text)
	p.Await("the text "+text, func() bool {
		found, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](has))
		return err == nil && found // a tab between two pages cannot be asked
	})
	p.Settle()
}

// Await waits until is returns true. what describes it if the test fails.
func (p *Page) Await(what string, is func() bool) {
	p.t.Helper()
	late := time.After(actWithin)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !is() {
		select {
		case <-late:
			p.t.Fatalf("%s: waited in vain for %s", p.origin, what)
		case <-again.C:
		}
	}
}
