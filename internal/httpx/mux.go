package httpx

import (
	"net/http"
	"slices"
	"strings"
)

// Mux is where a face registers its routes: a Router, or in tests one that also notes
// them.
type Mux interface {
	Handle(pattern string, handler http.Handler)
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
	ServeHTTP(w http.ResponseWriter, r *http.Request)
}

// Router is an http.ServeMux that answers with a problem where ServeMux sends plain
// text: for a path that does not exist, or a method that a path does not take.
//
// A path that is registered without wildcards takes the methods that were registered
// with exactly this path. ServeMux would also let DELETE /sessions/{session_id} answer
// DELETE /sessions/recent.
type Router struct {
	mux   *http.ServeMux
	exact map[string][]string // methods of each path without wildcards
}

// NewRouter returns a Router without routes.
func NewRouter() *Router {
	return &Router{mux: http.NewServeMux(), exact: map[string][]string{}}
}

// Handle registers a handler as http.ServeMux does.
func (t *Router) Handle(pattern string, handler http.Handler) {
	t.mux.Handle(pattern, handler)
	method, path, ok := strings.Cut(pattern, " ")
	if path = strings.TrimSuffix(path, "{$}"); !ok || strings.Contains(path, "{") {
		return
	}
	t.exact[path] = append(t.exact[path], method)
	if method == http.MethodGet {
		t.exact[path] = append(t.exact[path], http.MethodHead)
	}
	slices.Sort(t.exact[path])
}

// HandleFunc registers a handler as http.ServeMux does.
func (t *Router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	t.Handle(pattern, http.HandlerFunc(handler))
}

// ServeHTTP answers a request by its route, or with a problem.
func (t *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if methods, ok := t.exact[r.URL.Path]; ok && !slices.Contains(methods, r.Method) {
		refuseMethod(w, r, strings.Join(methods, ", "))
		return
	}
	if _, pattern := t.mux.Handler(r); pattern != "" {
		t.mux.ServeHTTP(w, r)
		return
	}
	unknown := &discardedBody{header: w.Header()}
	t.mux.ServeHTTP(unknown, r)
	w.Header().Del("Content-Type")
	switch unknown.status {
	case http.StatusMethodNotAllowed:
		refuseMethod(w, r, w.Header().Get("Allow"))
	case http.StatusNotFound:
		WriteProblem(w, NewProblem(unknown.status, "there is nothing at this address"))
	default: // a redirect to the clean form of the path
		w.WriteHeader(unknown.status)
	}
}

func refuseMethod(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	WriteProblem(w, NewProblem(http.StatusMethodNotAllowed, r.Method+" is not allowed here; see the Allow header"))
}

// discardedBody keeps an answer's status and headers, and drops its body.
type discardedBody struct {
	header http.Header
	status int
}

func (d *discardedBody) Header() http.Header         { return d.header }
func (d *discardedBody) WriteHeader(status int)      { d.status = status }
func (d *discardedBody) Write(b []byte) (int, error) { return len(b), nil }
