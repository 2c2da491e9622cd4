package widget

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// gate is a proxy before a server. It notes the requests of widgets and can make them fail.
type gate struct {
	mu    sync.Mutex
	shut  bool
	once  fault // of the next batch
	fault fault // of every batch
	calls []call
}

// call is one request of a widget.
type call struct {
	path   string
	at     time.Time
	cookie string
	events []string // ids, of a batch
}

// fault answers a request instead of next, or lets next do a part of it.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// answers returns a fault that answers with a status; the server does not see the request.
func answers(status int, retryAfter string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
	}
}

// losesAnswer is a fault that lets the server handle the request but cuts the answer off.
// It sends the beginning of an answer, because a browser repeats a request that gets none
// at all.
func losesAnswer(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	w.Header().Set("Content-Length", "1000")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush() // the browser may be gone
	panic(http.ErrAbortHandler)
}

const (
	batchPath   = "/events/batch"
	refreshPath = "/auth/device/refresh"
	resumePath  = "/events/resume"
)

// widgetPaths are the paths that only widgets request, and no page of the server.
var widgetPaths = []string{batchPath, refreshPath, resumePath, "/auth/device/token", "/dashboard/today/json", "/me/device"} // constant

// eachGatedWidget does what eachWidget does, with a gate before the server. It also checks
// that no request of the widget carries a cookie.
func eachGatedWidget(t *testing.T, tasks []ratingsite.Task, test func(t *testing.T, r *rig, g *gate)) {
	t.Helper()
	for _, kind := range []string{"userscript", "extension"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := bareRig(t, kind, tasks)
			r.server = tracker.Start(t, r.database, "PUBLIC_URL="+r.origin)
			g := startGate(t, r.address, r.server.URL)
			r.startBrowser()
			test(t, r, g)
			for _, c := range g.callsTo("") {
				if c.cookie != "" {
					t.Errorf("%s was asked with the cookies %q", c.path, c.cookie)
				}
			}
		})
	}
}

// startGate listens at an address until the test ends.
func startGate(t *testing.T, address, server string) *gate {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host // as the browser named it
		},
		ErrorLog: log.New(io.Discard, "", 0), // about streams that the browser left
	}
	g := &gate{}
	front := httptest.NewUnstartedServer(g.before(proxy))
	_ = front.Listener.Close() // httptest opened its own listener, which is not used
	front.Listener = listener
	front.Start()
	t.Cleanup(front.Close)
	return g
}

func (g *gate) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(widgetPaths, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if met := g.note(r, body); met != nil {
			met(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// note keeps a request and returns its fault, or nil.
func (g *gate) note(r *http.Request, body []byte) fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		panic(http.ErrAbortHandler)
	}
	var batch struct{ Events []struct{ ID string } }
	if r.URL.Path == batchPath {
		_ = json.Unmarshal(body, &batch) // a body that is not JSON has no ids, and a test will notice
	}
	c := call{path: r.URL.Path, at: time.Now(), cookie: strings.Join(r.Header.Values("Cookie"), "; ")}
	for _, e := range batch.Events {
		c.events = append(c.events, e.ID)
	}
	g.calls = append(g.calls, c)
	if r.URL.Path != batchPath {
		return nil
	}
	if met := g.once; met != nil {
		g.once = nil
		return met
	}
	return g.fault
}

// setShut makes the gate drop every request of a widget, as if the server were not there.
func (g *gate) setShut(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
}

// meetOnce gives the next batch a fault.
func (g *gate) meetOnce(f fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.once = f
}

// meet gives every batch a fault, until the next call; nil is no fault. A lasting fault leaves
// the test time to read what the overlay says about it.
func (g *gate) meet(f fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = f
}

// callsTo returns the requests to a path so far; "" stands for all paths.
func (g *gate) callsTo(path string) []call {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found []call
	for _, c := range g.calls {
		if path == "" || c.path == path {
			found = append(found, c)
		}
	}
	return found
}

// requireSentOnce fails the test for every event that came in more than one batch.
func (g *gate) requireSentOnce(t *testing.T) {
	t.Helper()
	times := map[string]int{}
	for _, c := range g.callsTo(batchPath) {
		for _, id := range c.events {
			times[id]++
		}
	}
	for id, n := range times {
		if n > 1 {
			t.Errorf("event %s was sent %d times", id, n)
		}
	}
	if len(times) == 0 {
		t.Error("no event came by")
	}
}
