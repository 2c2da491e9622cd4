package server

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

const allowedOrigin = "https://www.raterhub.com"

// answerKinds are requests to the whole program, one a line: each part of the program
// answers in each of its ways.
var answerKinds = []struct {
	name, method, target string
	header               map[string]string
	body                 string
	status               int
}{
	{name: "JSON", method: "GET", target: "/health", status: 200},
	{name: "HEAD", method: "HEAD", target: "/openapi.json", status: 200},
	{name: "the document", method: "GET", target: "/openapi.json", status: 200},
	{name: "a page", method: "GET", target: "/docs", status: 200},
	{name: "a file", method: "GET", target: "/docs/swagger-ui.css", status: 200},
	{name: "a part of a file", method: "GET", target: "/docs/start.js", header: map[string]string{"Range": "bytes=0-1"}, status: 206},
	{name: "a part that is none", method: "GET", target: "/docs/start.js", header: map[string]string{"Range": "bytes=99999-"}, status: 416},
	{name: "a redirect", method: "GET", target: "/dashboard/today", header: map[string]string{"Accept": "text/html"}, status: 303},
	{name: "a redirect to the clean path", method: "GET", target: "/docs//start.js", status: 307},
	{name: "nothing", method: "GET", target: "/nowhere", status: 404},
	{name: "another method", method: "PUT", target: "/events", status: 405},
	{name: "a stranger", method: "GET", target: "/me", status: 401},
	{name: "no CSRF token", method: "POST", target: "/auth/login", body: `{"email":"a@b","password":"x"}`, status: 400},
	{name: "no JSON", method: "POST", target: "/auth/login", body: `{`, status: 400},
	{name: "a field too few", method: "POST", target: "/auth/login", body: `{}`, status: 422},
	{name: "too large", method: "POST", target: "/auth/login", body: strings.Repeat(" ", 70_000), status: 413},
	{
		name: "a form", method: "POST", target: "/auth/login", body: `{}`,
		header: map[string]string{"Content-Type": "text/plain"}, status: 415,
	},
	{
		name: "a foreign page", method: "POST", target: "/events", body: `{}`,
		header: map[string]string{"Origin": "https://evil.example"}, status: 403,
	},
	{
		name: "a preflight", method: "OPTIONS", target: "/events",
		header: map[string]string{"Origin": allowedOrigin, "Access-Control-Request-Method": "POST"}, status: 204,
	},
	{name: "a panic", method: "GET", target: "/auth/csrf", status: 500}, // brokenHandler makes this route panic
}

// brokenHandler returns the whole program with one route that panics, and what it logs.
func brokenHandler(t *testing.T, secure bool) (http.Handler, *bytes.Buffer) {
	t.Helper()
	settings := testSettings(t)
	settings.CookieSecure, settings.AllowedOrigins = secure, []string{allowedOrigin}
	var lines bytes.Buffer
	a, err := Open(t.Context(), Options{Settings: settings, Now: time.Now, Log: NewLog(&lines, true)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.store.Close(); err != nil {
			t.Error(err)
		}
	})
	a.csrf = token.NewCSRF(&token.Keys{}, a.now) // it has no key to sign with, so making a token panics
	handler, err := a.handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler, &lines
}

// Every kind of answer has the headers that protect it in a browser.
func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		handler, _ := brokenHandler(t, secure)
		for _, kind := range answerKinds {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), kind.method, kind.target, strings.NewReader(kind.body))
			r.Header.Set("Content-Type", "application/json")
			for name, value := range kind.header {
				r.Header.Set(name, value)
			}
			handler.ServeHTTP(w, r)
			if w.Code != kind.status {
				t.Errorf("%s: answered %d %.200s, want %d", kind.name, w.Code, w.Body, kind.status)
			}
			for name, part := range map[string]string{
				"X-Content-Type-Options":       "nosniff",
				"X-Frame-Options":              "DENY",
				"Referrer-Policy":              "same-origin",
				"Permissions-Policy":           "camera=()",
				"Cross-Origin-Opener-Policy":   "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Content-Security-Policy":      "frame-ancestors 'none'",
			} {
				if got := w.Header().Values(name); len(got) != 1 || !strings.Contains(got[0], part) {
					t.Errorf("%s: %s is %q, want %q", kind.name, name, got, part)
				}
			}
			for _, directive := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
				if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, directive) || strings.Contains(got, "unsafe") {
					t.Errorf("%s: Content-Security-Policy %q", kind.name, got)
				}
			}
			// net/http removes the header from the error of a file, and no cache stores a
			// 416 by itself.
			if w.Header().Get("Cache-Control") == "" && w.Code != http.StatusRequestedRangeNotSatisfiable {
				t.Errorf("%s: no Cache-Control", kind.name)
			}
			if got := w.Header().Get("Strict-Transport-Security"); (got != "") != secure {
				t.Errorf("%s, secure %t: Strict-Transport-Security %q", kind.name, secure, got)
			}
			if w.Code >= 400 && w.Code != 416 && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: a failure of type %q", kind.name, w.Header().Get("Content-Type"))
			}
		}
	}
}

// Neither a log line at any level nor an answer repeats the content of a query, a header or
// a body: it may be a password or a token.
func TestNoAnswerAndNoLogTellsASecret(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	handler, lines := brokenHandler(t, true)
	bodies := []string{
		secret, `"` + secret + `"`, `{"email":"` + secret + `","password":"` + secret + `"`,
		`{"email":"` + secret + `","password":"` + secret + `"}`, `{"email":["` + secret + `"],"password":{"a":"` + secret + `"}}`,
		`{"email":1,"email":"` + secret + `"}`, `{"password":"` + strings.Repeat(secret, 1000) + `"}`, strings.Repeat(secret, 100_000),
	}
	query := "?token=" + secret + "&date=" + secret + "&limit=" + secret + "&user_id=" + secret + "&" + secret
	for _, kind := range answerKinds {
		for _, body := range bodies {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), kind.method, kind.target+query, strings.NewReader(body))
			for name, value := range kind.header {
				r.Header.Set(name, value)
			}
			r.Header.Set("Authorization", "Bearer "+secret)
			r.Header.Set("Cookie", "access_token="+secret)
			r.Header.Set("X-CSRF-Token", secret)
			handler.ServeHTTP(w, r)
			isRedirect := w.Header().Get("Location") != "" // a redirect repeats the query
			if !isRedirect && strings.Contains(w.Body.String(), secret) {
				t.Errorf("%s with %.40s: answered %.300s", kind.name, body, w.Body)
			}
		}
	}
	for line := range strings.Lines(lines.String()) {
		if strings.Contains(line, secret) {
			t.Errorf("logged %s", line)
		}
	}
	for _, want := range []string{"path=/auth/csrf", "panic in a request"} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log lacks %q: it is not the one in use", want)
		}
	}
}
