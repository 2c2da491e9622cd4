package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Problem is something that a page should not do, as one line of text that begins
// with its kind:
//
//	console error: …       also console log, warning, …: a page must leave nothing there
//	exception: …
//	browser error: …       of the browser itself, such as a violation of the policy
//	request failed: …      method, address and why: its status of 400 or more, say
//	third party: …         a request to another origin, whether it was allowed or not
type Problem string

// watch notes what happens in a tab. The browser's reader calls it, and the test reads it.
type watch struct {
	origin string

	mu       sync.Mutex
	problems []Problem
	running  map[network.RequestID]request // under way
	awaited  int                           // requests under way that the page itself made
	quiet    chan struct{}                 // closed while awaited is 0
}

// request is one that a page made.
type request struct {
	line    string       // method and address
	loader  cdp.LoaderID // of its page
	awaited bool
}

func newWatch(origin string) *watch {
	w := &watch{origin: origin, running: map[network.RequestID]request{}, quiet: make(chan struct{})}
	close(w.quiet)
	return w
}

// see handles an event of the browser.
func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		w.report("console %s: %s", e.Type, consoleText(e.Args))
	case *runtime.EventExceptionThrown:
		w.report("exception: %s", exceptionText(e.ExceptionDetails))
	case *log.EventEntryAdded:
		if isComplaint(e.Entry) {
			w.report("browser %s: %s", e.Entry.Level, e.Entry.Text)
		}
	case *inspector.EventTargetCrashed:
		w.report("browser error: the tab crashed")
	case *network.EventRequestWillBeSent:
		w.begin(e)
	case *network.EventResponseReceived:
		if request, known := w.running[e.RequestID]; known && e.Response.Status >= 400 {
			w.report("request failed: %s: %d", request.line, e.Response.Status)
		}
		if e.Type == network.ResourceTypeDocument {
			w.leave(e.LoaderID)
		}
	case *network.EventLoadingFailed:
		if request, known := w.running[e.RequestID]; known && !e.Canceled { // canceled, for example, by going elsewhere
			w.report("request failed: %s: %s %s", request.line, e.ErrorText, e.BlockedReason)
		}
		w.end(e.RequestID)
	case *network.EventLoadingFinished:
		w.end(e.RequestID)
	}
}

func (w *watch) report(format string, values ...any) {
	line := strings.Join(strings.Fields(fmt.Sprintf(format, values...)), " ")
	w.problems = append(w.problems, Problem(line))
}

// begin notes a request; one that is redirected begins again. Two kinds are not waited for. A
// stream of events does not end. The icon of a page, of type Other, is the browser's own
// request: it may come after its page was left, and then its end is not reported.
func (w *watch) begin(e *network.EventRequestWillBeSent) {
	switch {
	case e.Request.URL == w.origin+"/favicon.ico":
		return
	case e.Type == network.ResourceTypeEventSource && w.own(e.Request.URL):
		return
	}
	w.end(e.RequestID)
	r := request{e.Request.Method + " " + shortened(e.Request.URL), e.LoaderID, e.Type != network.ResourceTypeOther}
	w.running[e.RequestID] = r
	if r.awaited {
		if w.awaited++; w.awaited == 1 {
			w.quiet = make(chan struct{})
		}
	}
	if !w.own(e.Request.URL) {
		w.report("third party: %s", r.line)
	}
}

func (w *watch) end(id network.RequestID) {
	r, known := w.running[id]
	if !known {
		return
	}
	delete(w.running, id)
	if r.awaited {
		if w.awaited--; w.awaited == 0 {
			close(w.quiet)
		}
	}
}

// leave forgets the requests of earlier pages: the browser drops them and does not always
// report it.
func (w *watch) leave(current cdp.LoaderID) {
	for id, request := range w.running {
		if request.loader != current {
			w.end(id)
		}
	}
}

// isComplaint reports whether a line of the browser says that something is wrong. Requests are
// reported better by themselves, and a logout that clears data is said to have done so.
func isComplaint(line *log.Entry) bool {
	cleared := line.Level == log.EntryLevelInfo && strings.HasPrefix(line.Text, "Clear-Site-Data header on ")
	return line.Source != log.EntrySourceNetwork && !cleared
}

// own reports whether an address is of the page's origin, or of no server at all.
func (w *watch) own(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "data", "blob", "about":
		return true
	}
	return u.Scheme+"://"+u.Host == w.origin
}

// Settle waits until no request is under way, for example after a click that leads elsewhere.
func (p *Page) Settle() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actWithin)
	defer cancel()
	for {
		quiet, running := p.watch.state()
		if len(running) == 0 {
			return
		}
		select {
		case <-quiet:
		case <-ctx.Done():
			p.t.Fatalf("still loading: %s", strings.Join(running, ", "))
		}
	}
}

func (w *watch) state() (quiet <-chan struct{}, running []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, request := range w.running {
		if request.awaited {
			running = append(running, request.line)
		}
	}
	return w.quiet, running
}

// expectation is a text that a problem must contain.
type expectation struct {
	part string
	seen bool
}

// Expect announces problems that contain part. If none comes, the test fails.
func (p *Page) Expect(part string) {
	p.expects = append(p.expects, &expectation{part: part})
}

// Problems returns the problems of the page so far that the test did not Expect.
func (p *Page) Problems() []Problem {
	p.watch.mu.Lock()
	defer p.watch.mu.Unlock()
	var unexpected []Problem
	for _, problem := range p.watch.problems {
		if !p.expected(problem) {
			unexpected = append(unexpected, problem)
		}
	}
	return unexpected
}

func (p *Page) expected(problem Problem) bool {
	for _, e := range p.expects {
		if strings.Contains(string(problem), e.part) {
			e.seen = true
			return true
		}
	}
	return false
}

// check ends the test of a page, once.
func (p *Page) check() {
	if p.checked {
		return
	}
	p.checked = true
	if p.t.Failed() {
		p.t.Logf("problems of the page: %q", p.Problems())
		return
	}
	p.Settle()
	Eval[bool](p, "true") // this answer comes after everything that the page has reported
	for _, problem := range p.Problems() {
		p.t.Errorf("%s (%s): %s", p.origin, p.view, problem)
	}
	for _, e := range p.expects {
		if !e.seen {
			p.t.Errorf("no problem with %q, as was expected", e.part)
		}
	}
}

func consoleText(arguments []*runtime.RemoteObject) string {
	var texts []string
	for _, a := range arguments {
		if len(a.Value) > 0 {
			texts = append(texts, string(a.Value))
		} else {
			texts = append(texts, a.Description)
		}
	}
	return strings.Join(texts, " ")
}

func exceptionText(details *runtime.ExceptionDetails) string {
	if details.Exception != nil && details.Exception.Description != "" {
		return details.Text + " " + details.Exception.Description
	}
	return details.Text
}

// shortened returns an address that fits on a line: data URLs are long.
func shortened(address string) string {
	const most = 200
	return address[:min(most, len(address))]
}
