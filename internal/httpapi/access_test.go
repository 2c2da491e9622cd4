package httpapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// publicRoutes are the routes that need no login. Adding one is a decision about
// security.
var publicRoutes = []string{
	"GET /auth/csrf", "GET /auth/oidc", "GET /auth/oidc/callback", "GET /health", "GET /ready",
	"POST /auth/device/refresh", "POST /auth/device/token",
	"POST /auth/login", "POST /auth/login/passkey", "POST /auth/login/second-factor", "POST /auth/register",
}

// route is one operation of the document.
type route struct {
	name, method, path string // path with an example for each wildcard
	security           []map[string][]string
	responses          map[string]json.RawMessage
	body               json.RawMessage
	queries            []string
}

// takesInput reports whether the route takes a body, or a query that is not a date: these
// are refused with 422.
func (r route) takesInput() bool {
	return r.body != nil || slices.ContainsFunc(r.queries, func(name string) bool { return name != "date" && name != "month" })
}

// routes returns all operations by name, with logout at the end because it ends the login.
func routes(t *testing.T, s *server) []route {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Security   []map[string][]string       `json:"security"`
			Responses  map[string]json.RawMessage  `json:"responses"`
			Body       json.RawMessage             `json:"requestBody"`
			Parameters []struct{ Name, In string } `json:"parameters"`
		} `json:"paths"`
	}
	w := s.answer(t, request{method: "GET", path: "/openapi.json"})
	if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	examples := strings.NewReplacer("{session_id}", canonicalID, "{question_id}", canonicalID, "{event_id}", canonicalID, "{passkey_id}", "AAAA", "{device_id}", canonicalID)
	var all []route
	var last route
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for method, operation := range document.Paths[path] {
			method = strings.ToUpper(method)
			r := route{
				name: method + " " + path, method: method, path: examples.Replace(path),
				security: operation.Security, responses: operation.Responses, body: operation.Body,
			}
			for _, p := range operation.Parameters {
				if p.In == "query" {
					r.queries = append(r.queries, p.Name)
				}
			}
			if path == "/auth/logout" {
				last = r
				continue
			}
			all = append(all, r)
		}
	}
	if last.name == "" || len(all) < len(publicRoutes) {
		t.Fatalf("the document lists %d operations and logout %q", len(all), last.name)
	}
	return append(all, last)
}

func (r route) isPublic() bool { return slices.Contains(publicRoutes, r.name) }

// The document says which operations need a login, which therefore may answer 401, and
// which may answer 422.
func TestDocumentedAccess(t *testing.T) {
	for _, r := range routes(t, newServer(t)) {
		if needsLogin := len(r.security) > 0; needsLogin == r.isPublic() {
			t.Errorf("%s: needs a login %t, public %t", r.name, needsLogin, r.isPublic())
		}
		if _, may401 := r.responses["401"]; !may401 && !r.isPublic() {
			t.Errorf("%s: 401 is missing", r.name)
		}
		if _, mayFail := r.responses["422"]; mayFail != r.takesInput() {
			t.Errorf("%s: 422 is documented: %t, and the operation takes input: %t", r.name, mayFail, r.takesInput())
		}
	}
}

// Deny by default: no route answers a stranger anything but 401, unless it is
// on the list.
func TestStrangersAreRefused(t *testing.T) {
	s := newServer(t)
	strangers := map[string]request{
		"no credential":                  {},
		"no token":                       {authorization: "Bearer"},
		"another scheme":                 {authorization: "Basic " + s.token},
		"a scheme glued on":              {authorization: "Bearer" + s.token},
		"a token of no use":              {bearer: "x.y.z"},
		"a token cut short":              {bearer: s.token[:len(s.token)-1]},
		"a cookie of no use":             {cookie: "x.y.z"},
		"a bad bearer and a good cookie": {bearer: "x.y.z", cookie: s.token},
		"Basic and a good cookie":        {authorization: "Basic eDp5", cookie: s.token},
	}
	for _, route := range routes(t, s) {
		if route.isPublic() {
			continue
		}
		for name, r := range strangers {
			t.Run(route.name+"/"+name, func(t *testing.T) {
				r.method, r.path, r.body = route.method, route.path, bodyFor(route)
				w := s.answer(t, r)
				if p := problemIn(t, w); p.Status != http.StatusUnauthorized {
					t.Errorf("answered %d %s", w.Code, w.Body)
				}
			})
		}
	}
}

// The counterpart: the test above would pass on a server that refuses everybody.
func TestUsersAreLetIn(t *testing.T) {
	s := newServer(t)
	second := tokenIn(t, s.logIn(t, http.StatusOK))
	for _, route := range routes(t, s) {
		for name, r := range map[string]request{"bearer": {bearer: s.token}, "cookie": {cookie: second}} {
			if route.isPublic() {
				r = request{}
			}
			r.method, r.path, r.body = route.method, route.path, bodyFor(route)
			w := s.answer(t, r)
			if w.Code == http.StatusUnauthorized || w.Code >= http.StatusInternalServerError {
				t.Errorf("%s by %s: %d %s", route.name, name, w.Code, w.Body)
			}
		}
	}
	for name, r := range map[string]request{"bearer": {bearer: s.token}, "cookie": {cookie: second}} {
		r.method, r.path = "GET", "/me"
		if w := s.answer(t, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%s after logout: %d", name, w.Code)
		}
	}
}

// bodyFor returns a body for methods that have one. Strangers must not be told what is
// wrong with it.
func bodyFor(r route) string {
	if r.method == http.MethodPost || r.method == http.MethodPatch || r.name == "DELETE /me" {
		return `{}`
	}
	return ""
}

// A refusal names the field and sends no value back: it may be a password.
func TestRefusalsKeepPasswords(t *testing.T) {
	secret := strings.Repeat("hunter2", 200) // longer than a password may be
	w := newServer(t).answer(t, request{
		method: "POST", path: "/auth/register", body: `{"email":7,"password":"` + secret + `"}`,
	})
	p := problemIn(t, w)
	if p.Status != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("answered %d %.300s", w.Code, w.Body)
	}
	var named []string
	for _, e := range p.Errors {
		named = append(named, e.Location)
		if !strings.Contains(p.Detail, e.Location) {
			t.Errorf("the detail %q does not name %s", p.Detail, e.Location)
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, []string{"email", "password"}) {
		t.Errorf("names %q", named)
	}
}

// Logins are limited by the client's address, and events by user; a batch counts once.
func TestLimitsAreSeparate(t *testing.T) {
	s := newServer(t)
	login := request{method: "POST", path: "/auth/login", body: `{"email":"x","password":"y"}`, client: "203.0.113.1"}
	for range 5 {
		if w := s.answer(t, login); w.Code != http.StatusBadRequest {
			t.Fatalf("login without CSRF token: %d %s", w.Code, w.Body)
		}
	}
	expectLimited(t, s, login)
	login.client = "203.0.113.2"
	if w := s.answer(t, login); w.Code != http.StatusBadRequest {
		t.Errorf("another address: %d", w.Code)
	}

	batch := request{method: "POST", path: "/events/batch", bearer: s.token, body: `{"events":[{"type":"NEXT"},{"type":"NEXT"}]}`}
	for range 3 {
		if w := s.answer(t, batch); w.Code != http.StatusOK {
			t.Fatalf("batch: %d %s", w.Code, w.Body)
		}
	}
	expectLimited(t, s, batch)
	batch.client = "203.0.113.3"
	expectLimited(t, s, batch)
	expectLimited(t, s, request{method: "POST", path: "/events", bearer: s.token, body: `{"type":"EXIT"}`})
}

func expectLimited(t *testing.T, s *server, r request) {
	t.Helper()
	w := s.answer(t, r)
	if p := problemIn(t, w); p.Status != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "60" {
		t.Errorf("answered %d, Retry-After %q", p.Status, w.Header().Get("Retry-After"))
	}
}
