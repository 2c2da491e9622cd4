package server

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// route is one pattern of the program's mux.
type route struct {
	name         string // GET /summary/{session_id}
	method, path string // the path with its wildcards
	documented   bool   // an operation of the OpenAPI document
	secured      bool   // the document says that it needs a login
	byUser       bool   // the document says that it has the query parameter user_id
}

// changes reports whether the route may change something (RFC 9110 section 9.2.1).
func (r route) changes() bool {
	return r.method != http.MethodGet && r.method != http.MethodHead && r.method != http.MethodOptions
}

var wildcard = regexp.MustCompile(`\{(\w+)(?:\.\.\.)?\}`)

// wildcards returns the names of the wildcards in the path.
func (r route) wildcards() []string {
	var names []string
	for _, found := range wildcard.FindAllStringSubmatch(r.path, -1) {
		names = append(names, found[1])
	}
	return names
}

// fill replaces the wildcards by ids.
func (r route) fill(t *testing.T, ids map[string]string) string {
	t.Helper()
	return wildcard.ReplaceAllStringFunc(r.path, func(text string) string {
		name := wildcard.FindStringSubmatch(text)[1]
		id, ok := ids[name]
		if !ok {
			t.Fatalf("%s: the tests know no {%s}: declare one in newPerson and in missingIDs", r.name, name)
		}
		return id
	})
}

// routesOf returns all routes of the program, of both faces.
func routesOf(t *testing.T, a *Server) []route {
	t.Helper()
	mux := &noted{ServeMux: http.NewServeMux()}
	a.register(mux, &readiness{})
	documented := documentOf(t, mux)
	var routes []route
	for _, pattern := range mux.patterns {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok || !strings.HasPrefix(path, "/") {
			t.Errorf("route %q: declare its one method, and no host", pattern)
			continue
		}
		r := route{name: pattern, method: method, path: strings.TrimSuffix(path, "{$}")}
		if o, ok := documented[pattern]; ok {
			r.documented, r.secured, r.byUser = true, len(o.Security) > 0, o.takes("user_id")
			delete(documented, pattern)
		}
		routes = append(routes, r)
	}
	for pattern := range documented {
		t.Errorf("the document lists %s, and no such route was registered", pattern)
	}
	if len(routes) < 20 {
		t.Fatalf("only %d routes were registered", len(routes))
	}
	return routes
}

// noted is a mux that notes what is registered.
type noted struct {
	*http.ServeMux
	patterns []string
}

var _ httpx.Mux = (*noted)(nil)

func (n *noted) Handle(pattern string, handler http.Handler) {
	n.patterns = append(n.patterns, pattern)
	n.ServeMux.Handle(pattern, handler)
}

func (n *noted) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	n.Handle(pattern, http.HandlerFunc(handler))
}

// operation is what the OpenAPI document says of a route.
type operation struct {
	Security   []map[string][]string `json:"security"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
}

// takes reports whether the operation has this query parameter.
func (o operation) takes(query string) bool {
	for _, p := range o.Parameters {
		if p.In == "query" && p.Name == query {
			return true
		}
	}
	return false
}

// documentOf returns the operations of the OpenAPI document, by pattern.
func documentOf(t *testing.T, handler http.Handler) map[string]operation {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	document := decoded[struct {
		Paths map[string]map[string]operation `json:"paths"`
	}](t, w)
	operations := map[string]operation{}
	for path, methods := range document.Paths {
		for method, o := range methods {
			operations[strings.ToUpper(method)+" "+path] = o
		}
	}
	return operations
}

// openPages are the routes outside the OpenAPI document that a stranger may read.
// Adding one is a decision about security. The operations that a stranger may call
// are listed with the tests of internal/httpapi.
var openPages = []string{
	"GET /{$}", "GET /login", "GET /logout", "GET /register", "GET /docs", "GET /docs/swagger-ui-bundle.js", "GET /docs/swagger-ui.css", "GET /docs/start.js",
	"GET /docs/favicon-32x32.png", "GET /widget", "GET /widget/raterhub-tracker.user.js", "GET /widget/extension.zip",
	"GET /openapi.json", "GET /openapi.yaml", "GET /openapi-3.0.json", "GET /openapi-3.0.yaml",
}

// openForms are the forms that a stranger may send.
var openForms = []string{"POST /login", "POST /login/second-factor", "POST /register"}

// Deny by default: every route of either face refuses strangers unless it is declared
// to be open.
func TestEveryRouteIsDeclared(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.logIn(t, "/auth/register", guest) // who logs in
	for _, name := range slices.Concat(openPages, openForms) {
		if !slices.ContainsFunc(c.routes, func(r route) bool { return r.name == name }) {
			t.Errorf("%s is declared to be open, and there is no such route", name)
		}
	}
	for _, r := range c.routes {
		open := isOpen(r)
		if open && (r.documented || r.changes() != slices.Contains(openForms, r.name)) {
			t.Errorf("%s: openPages is for what changes nothing, openForms for what does, and the document's routes are in neither", r.name)
		}
		if r.documented && !r.secured {
			continue // TestDocumentedAccess of internal/httpapi holds it to its list
		}
		w := c.answer(t, ask{method: r.method, path: r.fill(t, missingIDs()), body: examples[r.name].body, form: examples[r.name].form})
		if refused := w.Code == http.StatusUnauthorized; refused == open {
			t.Errorf("%s: answered %d to a stranger, and is open: %t. Make it need a login, or declare it in openPages", r.name, w.Code, open)
		}
	}
}

// isOpen reports whether a route outside the document is declared to be open. The addresses
// of files that pages load change with their content.
func isOpen(r route) bool {
	return slices.Contains(openPages, r.name) || slices.Contains(openForms, r.name) || r.method == http.MethodGet && fileOfPages.MatchString(r.path)
}

var fileOfPages = regexp.MustCompile(`^/static/[0-9a-f]{16}/\w+\.(css|js|svg)$`)
