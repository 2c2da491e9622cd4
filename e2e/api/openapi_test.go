package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// jsonRoutes are JSON routes that the contract promises: docs/contract.md#api.
var jsonRoutes = []string{
	"GET /health", "GET /ready",
	"GET /auth/csrf", "POST /auth/register", "POST /auth/login", "POST /auth/logout",
	"GET /me", "PATCH /me",
	"GET /sessions/recent", "GET /sessions/today",
	"POST /events", "POST /events/batch",
	"GET /summary/{session_id}", "GET /sessions/{session_id}/summary",
	"PATCH /sessions/{session_id}", "DELETE /sessions/{session_id}",
	"DELETE /sessions/{session_id}/questions/{question_id}",
	"GET /dashboard/today/json", "GET /dashboard/week/json", "GET /dashboard/month/json",
	"GET /admin/debug/user-sessions", "GET /admin/debug/user-events/{session_id}",
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	var document struct {
		OpenAPI string                                `json:"openapi"`
		Paths   map[string]map[string]json.RawMessage `json:"paths"`
	}
	program.NewClient(t, s.URL).Must(t, http.StatusOK, http.MethodGet, "/openapi.json", nil).Decode(t, &document)
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("openapi: got %q, want 3.1", document.OpenAPI)
	}
	var listed []string
	for path, operations := range document.Paths {
		for method := range operations {
			listed = append(listed, strings.ToUpper(method)+" "+path)
		}
	}
	for _, route := range jsonRoutes {
		if !slices.Contains(listed, route) {
			t.Errorf("the document does not list %s", route)
		}
	}
}

// reference finds what a page or a style sheet loads.
var reference = regexp.MustCompile(`(?:src|href)=["']([^"']*)["']|url\(["']?([^"')]*)`)

func TestDocsWorkOffline(t *testing.T) {
	t.Parallel()
	s := tracker.Start(t, program.SQLite(t))
	reader := program.NewClient(t, s.URL)
	for _, asset := range references(t, reader, "/docs") {
		if !strings.HasSuffix(asset, ".css") {
			reader.Must(t, http.StatusOK, http.MethodGet, asset, nil)
			continue
		}
		for _, inner := range references(t, reader, asset) {
			reader.Must(t, http.StatusOK, http.MethodGet, inner, nil)
		}
	}
}

// references returns the paths that a page loads. It fails the test if one is on another
// server, or if the page loads nothing and so shows nothing.
func references(t *testing.T, reader *program.Client, page string) []string {
	t.Helper()
	base, err := url.Parse(reader.URL + page)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, found := range reference.FindAllSubmatch(reader.Must(t, http.StatusOK, http.MethodGet, page, nil).Body, -1) {
		written := string(found[1]) + string(found[2])
		if strings.HasPrefix(written, "data:") || strings.HasPrefix(written, "#") {
			continue
		}
		target, err := base.Parse(written)
		if err != nil {
			t.Errorf("%s refers to %q: %v", page, written, err)
			continue
		}
		if target.Host != base.Host {
			t.Errorf("%s loads %s from another server", page, written)
			continue
		}
		paths = append(paths, target.RequestURI())
	}
	if len(paths) == 0 && !strings.HasSuffix(page, ".css") {
		t.Errorf("%s loads nothing", page)
	}
	return paths
}
