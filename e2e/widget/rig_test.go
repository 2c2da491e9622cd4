package widget

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// rig is everything that a rater has: a server, the rating site, and a browser with the widget.
type rig struct {
	t        testing.TB
	kind     string // kind of widget: userscript or extension
	site     *ratingsite.Site
	server   *program.Server
	origin   string // of the server
	address  string
	database string
	user     *program.Client
	setup    browser.Setup
	browser  *browser.Own
}

// eachWidget runs test once with the userscript and once with the extension.
func eachWidget(t *testing.T, tasks []ratingsite.Task, test func(t *testing.T, r *rig)) {
	t.Helper()
	for _, kind := range []string{"userscript", "extension"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, newRig(t, kind, tasks))
		})
	}
}

func newRig(t testing.TB, kind string, tasks []ratingsite.Task) *rig {
	t.Helper()
	r := bareRig(t, kind, tasks)
	r.startServer()
	r.startBrowser()
	return r
}

// bareRig returns a rig without a server and a browser.
func bareRig(t testing.TB, kind string, tasks []ratingsite.Task) *rig {
	t.Helper()
	browser.SkipWhenShort(t)
	address := program.FreeAddress(t)
	return &rig{
		t: t, kind: kind, site: ratingsite.Start(t, tasks), address: address,
		origin: strings.Replace("http://"+address, "127.0.0.1", "localhost", 1), database: program.SQLite(t),
	}
}

// startBrowser registers the rater and starts a browser with the widget.
func (r *rig) startBrowser() {
	r.t.Helper()
	r.startBrowserWith(r.files())
}

// startBrowserWith does what startBrowser does, with the files of another unpacked extension.
func (r *rig) startBrowserWith(files map[string][]byte) {
	t := r.t
	t.Helper()
	r.user = program.NewUser(t, r.server.URL)
	folder := t.TempDir()
	r.write(folder, files)
	r.setup = browser.Setup{
		Profile: t.TempDir(), Extension: folder, Rules: r.site.Rules(), Trusted: r.site.Fingerprint(t),
	}
	r.browser = browser.Start(t, r.setup)
}

// startServer runs the server at the rig's address, on its database.
func (r *rig) startServer() {
	r.t.Helper()
	r.server = tracker.Start(r.t, r.database, "LISTEN="+r.address, "PUBLIC_URL="+r.origin)
}

// restartBrowser ends the browser and starts another on the same profile.
func (r *rig) restartBrowser() {
	r.t.Helper()
	r.browser.Stop()
	r.browser = browser.Start(r.t, r.setup)
}

// logIn logs the rater in to the server, in a new tab of the browser.
func (r *rig) logIn() *browser.Page {
	r.t.Helper()
	p := r.browser.Open(r.t, r.origin, browser.View{})
	program.LogInByForm(p, r.user.Email)
	return p
}

// task opens a tab at the page of a task and waits for the overlay.
func (r *rig) task(id int) *ratingTab {
	r.t.Helper()
	return r.open(ratingsite.TaskPath(id))
}

// open opens a tab at a page of the rating site and waits for the overlay.
func (r *rig) open(path string) *ratingTab {
	r.t.Helper()
	tab := &ratingTab{Page: r.browser.Open(r.t, ratingsite.Origin, browser.View{}), t: r.t}
	tab.Before(string(r.read("testdata/presses.js")))
	tab.Go(path)
	tab.awaitOverlay()
	return tab
}

// pair connects the widget as a person does: it presses Connect in the overlay, and Connect on
// the server's page that opens.
func (r *rig) pair(tab *ratingTab) {
	r.t.Helper()
	r.logIn().Go("/profile") // not on the day: that page follows the server, and tests stop it
	r.connect(tab)
}

// pairOld does what pair does, for a widget of version 1, which shows no fingerprint.
func (r *rig) pairOld(tab *ratingTab) {
	r.t.Helper()
	r.logIn().Go("/profile")
	tab.press("Connect")
	r.allow(r.browser.Find(r.t, r.origin, "/widget/pair?"), tab)
}

// connect does what pair does, for a rater who is already logged in.
func (r *rig) connect(tab *ratingTab) {
	r.t.Helper()
	tab.press("Connect")
	page := r.browser.Find(r.t, r.origin, "/widget/pair?")
	fingerprint := browser.Eval[string](page, `document.querySelector("#fingerprint").textContent`)
	tab.Front()
	tab.awaitText(fingerprint) // so the person knows that the page is that of this widget
	r.allow(page, tab)
}

// allow connects the widget of a tab on the page of the server that it has opened.
func (r *rig) allow(page *browser.Page, tab *ratingTab) {
	r.t.Helper()
	page.Front()
	page.Do(chromedp.SendKeys(chromedp.CSS("main input[type=password]"), program.Password),
		chromedp.Submit(chromedp.CSS("main form")), chromedp.WaitVisible(chromedp.CSS("#pairing-code")))
	page.Await("the widget to take the code", func() bool {
		return strings.HasPrefix(browser.Eval[string](page, `document.querySelector("#pairing-code").textContent`), "Connected")
	})
	tab.Front() // the page with the code stays open behind it
	tab.awaitText("all sent")
}

// ratingTab is a tab of the rating site with the overlay.
type ratingTab struct {
	*browser.Page
	t testing.TB
}

const overlayRoot = `document.querySelector("raterhub-tracker")?.shadowRoot`

func (tab *ratingTab) awaitOverlay() {
	tab.t.Helper()
	tab.Await("the overlay", func() bool { return browser.Eval[bool](tab.Page, "!!"+overlayRoot+`?.querySelector(".card")`) })
}

// text returns what a person sees in the overlay, without what is hidden or only for screen
// readers.
func (tab *ratingTab) text() string {
	tab.t.Helper()
	return strings.Join(strings.Fields(browser.Eval[string](tab.Page, `[...(`+overlayRoot+`?.querySelectorAll(".full, .mini") ?? [])]
		.filter((part) => part.checkVisibility()).map((part) => part.innerText).join(" ")`)), " ")
}

func (tab *ratingTab) awaitText(part string) {
	tab.t.Helper()
	var text string
	defer func() {
		if tab.t.Failed() {
			tab.t.Logf("the overlay says %q", text)
		}
	}()
	tab.Await("the overlay to say "+part, func() bool {
		text = tab.text()
		return strings.Contains(text, part)
	})
}

// press clicks a button of the overlay with the mouse. If the overlay grows at that moment, or
// another tab has come to the front, and the click misses the button, press looks at the tab and
// clicks again, as a person would.
func (tab *ratingTab) press(name string) {
	tab.t.Helper()
	tab.Await("the button "+name+" to be pressed", func() bool {
		at := browser.Eval[[]float64](tab.Page, `(() => {
			const button = [...(`+overlayRoot+`?.querySelectorAll("button") ?? [])]
				.find((b) => b.textContent === `+string(program.Encode(tab.t, name))+` && !b.disabled && b.checkVisibility())
			if (!button) return []
			globalThis.isPressed = false
			button.addEventListener("click", () => { globalThis.isPressed = true }, { once: true })
			const box = button.getBoundingClientRect()
			return [box.x + box.width / 2, box.y + box.height / 2]
		})()`)
		if len(at) != 2 {
			return false
		}
		tab.Do(chromedp.MouseClickXY(at[0], at[1]))
		isPressed := browser.Eval[bool](tab.Page, "globalThis.isPressed")
		if !isPressed {
			tab.Front()
		}
		return isPressed
	})
}

// sessions returns the rater's sessions on the server, the oldest first, each with its
// questions.
func (r *rig) sessions() []program.SessionSummary {
	r.t.Helper()
	var recent []struct {
		SessionID string `json:"session_id"`
	}
	answer := r.user.Must(r.t, http.StatusOK, http.MethodGet, "/sessions/recent?limit=100", nil)
	answer.Decode(r.t, &recent)
	summaries := make([]program.SessionSummary, len(recent))
	for i, s := range recent {
		summary := r.user.Must(r.t, http.StatusOK, http.MethodGet, "/summary/"+s.SessionID, nil)
		summary.Decode(r.t, &summaries[len(recent)-1-i])
	}
	return summaries
}
