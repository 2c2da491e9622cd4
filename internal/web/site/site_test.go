package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// A path to go to after a login stays on this server.
func TestLocalPath(t *testing.T) {
	for text, local := range map[string]bool{
		"/": true, "/profile": true, "/dashboard/today?date=2026-01-31": true, "/a//b": true, "/a?next=https://evil.example": true,
		"": false, "profile": false, "//evil.example": false, "///evil.example": false, "////evil.example": false, `/\evil.example`: false, `\\evil.example`: false,
		"https://evil.example": false, "javascript:alert(1)": false, "/\t/evil.example": false, "/\n/evil.example": false,
		" /profile": false, "/%zz": false, "/x\x00": false, "/" + strings.Repeat("a", longestPath): false,
	} {
		want := "otherwise"
		if local {
			want = text
		}
		if got := LocalPath(text, "otherwise"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWantsPage(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/html-sandboxed": false, "text/plain": false,
		"text/html": true, "TEXT/HTML;q=0.9": true, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"application/json, text/html": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if got := wantsPage(r); got != want {
			t.Errorf("%q: %t", accept, got)
		}
	}
}

// When a template fails, nothing of the page is sent.
func TestShowSendsWholePagesOnly(t *testing.T) {
	broken := errors.New("broken")
	w := httptest.NewRecorder()
	content := templ.Join(view.Landing(""), templ.ComponentFunc(func(context.Context, io.Writer) error { return broken }))
	err := Show(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, view.Frame{}, content)
	if !errors.Is(err, broken) || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("error %v, sent %q with %v", err, w.Body, w.Header())
	}
}

// Clients that ask for a page get a page; all others get the JSON as it is.
func TestFailurePages(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 405, 413, 415, 429, 500, 503} {
		problem := httpx.NewProblem(status, "the <b>detail</b> of it")
		problem.Header = http.Header{"Retry-After": {"40"}}
		handler := FailurePages(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { httpx.WriteProblem(w, problem) }))
		for accept, media := range map[string]string{"text/html": "text/html; charset=utf-8", "*/*": "application/problem+json"} {
			r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
			r.Header.Set("Accept", accept)
			handler.ServeHTTP(w, r)
			if w.Code != status || w.Header().Get("Content-Type") != media || w.Header().Get("Retry-After") != "40" {
				t.Errorf("%d for %s: %d, %v", status, accept, w.Code, w.Header())
			}
			if accept == "text/html" && (strings.Contains(w.Body.String(), "<b>") || !strings.Contains(w.Body.String(), "<h1>")) {
				t.Errorf("%d: %s", status, w.Body)
			}
		}
	}
}

// Other answers pass through unchanged and unbuffered.
func TestFailurePagesLeaveTheRest(t *testing.T) {
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.Header.Set("Accept", "text/html")
	FailurePages(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("one, "))
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte("two"))
	})).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != "one, two" || !w.Flushed {
		t.Errorf("%d %q, flushed: %t", w.Code, w.Body, w.Flushed)
	}
}
