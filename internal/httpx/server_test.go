package httpx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHeaders(t *testing.T) {
	always := map[string]string{
		"Content-Security-Policy":      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	}
	for _, secure := range []bool{false, true} {
		w := httptest.NewRecorder()
		handler := Headers(secure)(NewRouter()) // a refusal carries them too
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/nowhere", nil))
		for name, want := range always {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		permissions := w.Header().Get("Permissions-Policy")
		for _, feature := range []string{"camera=()", "microphone=()", "geolocation=()", "publickey-credentials-get=(self)"} {
			if !strings.Contains(permissions, feature) {
				t.Errorf("Permissions-Policy %q lacks %s", permissions, feature)
			}
		}
		// Over plain http a browser must not be told to insist on https.
		if got := w.Header().Get("Strict-Transport-Security"); (got != "") != secure {
			t.Errorf("secure %t: Strict-Transport-Security %q", secure, got)
		}
	}
}

// A handler may loosen the policy for its own answer, and for no other.
func TestHeadersGiveWay(t *testing.T) {
	handler := Headers(true)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/public" {
			w.Header().Set("Cache-Control", "public")
			w.Header().Add("Referrer-Policy", "origin")
		}
	}))
	for _, want := range []struct {
		path, cache string
		referrer    []string
	}{
		{"/public", "public", []string{"same-origin", "origin"}},
		{"/", "no-store", []string{"same-origin"}},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", want.path, nil))
		if got := w.Header().Get("Cache-Control"); got != want.cache {
			t.Errorf("%s: Cache-Control %q", want.path, got)
		}
		if diff := cmp.Diff(want.referrer, w.Header().Values("Referrer-Policy")); diff != "" {
			t.Errorf("%s: Referrer-Policy (-want +got):\n%s", want.path, diff)
		}
	}
}

// logged returns the answer of handler to a GET of target behind Log, and the lines that
// it logged. The clock advances a second with each reading.
func logged(t *testing.T, level slog.Level, target string, handler http.HandlerFunc) (*httptest.ResponseRecorder, []map[string]any) {
	t.Helper()
	var text bytes.Buffer
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	now := func() time.Time {
		at = at.Add(time.Second)
		return at
	}
	log := slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{Level: level}))
	w := httptest.NewRecorder()
	Log(log, now)(handler).ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	var lines []map[string]any
	for decoder := json.NewDecoder(&text); ; {
		var line map[string]any
		err := decoder.Decode(&line)
		if err == io.EOF {
			return w, lines
		}
		if err != nil {
			t.Fatal(err)
		}
		delete(line, slog.TimeKey)
		lines = append(lines, line)
	}
}

func TestLogRequests(t *testing.T) {
	teapot := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK) // too late; net/http ignores it
	}
	body := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }
	tests := []struct {
		name    string
		handler http.HandlerFunc
		status  float64
	}{
		{"a status", teapot, 418},
		{"a body alone", body, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// The query may contain something that nobody should read in a log.
			_, lines := logged(t, slog.LevelDebug, "/me?token=secret", test.handler)
			want := []map[string]any{{
				"level": "DEBUG", "msg": "request", "method": "GET", "path": "/me",
				"status": test.status, "duration": float64(time.Second),
			}}
			if diff := cmp.Diff(want, lines); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, lines := logged(t, slog.LevelInfo, "/me", test.handler); len(lines) != 0 {
				t.Errorf("at level info: %v", lines)
			}
		})
	}
}

// A panic is answered like any failure of the server: the cause is in the log and not in
// the answer.
func TestLogPanic(t *testing.T) {
	const cause = "index out of range of hunter2"
	w, lines := logged(t, slog.LevelInfo, "/me", func(http.ResponseWriter, *http.Request) { panic(cause) })
	if diff := cmp.Diff(ProblemOf(errors.New(cause)), problemIn(t, w)); diff != "" {
		t.Errorf("(-any failure +panic):\n%s", diff)
	}
	if len(lines) != 1 || lines[0]["level"] != "ERROR" || lines[0]["panic"] != cause || lines[0]["path"] != "/me" {
		t.Fatalf("logged %v", lines)
	}
	if stack, _ := lines[0]["stack"].(string); !strings.Contains(stack, "TestLogPanic") {
		t.Errorf("the stack does not say where: %s", stack)
	}
}

// Headers that a handler set before it panicked do not apply to the problem.
func TestLogPanicForgetsTheAnswer(t *testing.T) {
	w, _ := logged(t, slog.LevelInfo, "/me?token=secret", func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Content-Length", "Content-Encoding", "ETag", "Last-Modified", "Location", "Set-Cookie", "Cache-Control"} {
			w.Header().Set(name, "x")
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		panic("too early")
	})
	want := http.Header{
		"Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a form, a link or a body contains is not logged.
func TestLogKeepsSecrets(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"an answer":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"a panic":    func(http.ResponseWriter, *http.Request) { panic("broken") },
		"a nil":      func(_ http.ResponseWriter, r *http.Request) { _ = (*r.MultipartForm).Value },
		"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/me", http.StatusSeeOther) },
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			w, lines := logged(t, slog.LevelDebug, "/me?token=hunter2&hunter2", handler)
			if text := fmt.Sprint(lines, w.Body, w.Header()); strings.Contains(text, "hunter2") {
				t.Errorf("told: %s", text)
			}
			if len(lines) == 0 || lines[len(lines)-1]["path"] != "/me" {
				t.Errorf("logged %v", lines)
			}
		})
	}
}

// A panic after the answer began must cut the connection, because half an answer would
// look like a whole one.
func TestLogLatePanic(t *testing.T) {
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { // the very value is what net/http looks for
			t.Errorf("panicked with %v, want ErrAbortHandler", p)
		}
	}()
	logged(t, slog.LevelInfo, "/me", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		panic("late")
	})
	t.Error("the handler returned as if all were well")
}

// A handler that cuts its own answer is not a bug: clients that leave in the middle of a
// download would fill the log.
func TestLogLeavesAnAbortAlone(t *testing.T) {
	var text bytes.Buffer
	handler := Log(slog.New(slog.NewJSONHandler(&text, nil)), time.Now)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { // as above
			t.Errorf("panicked with %v, want ErrAbortHandler", p)
		}
		if text.Len() > 0 {
			t.Errorf("logged %s", &text)
		}
	}()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/me/export", nil))
}

func TestLogKeepsTheConnectionInReach(t *testing.T) {
	w, _ := logged(t, slog.LevelInfo, "/", func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	})
	if !w.Flushed {
		t.Error("nothing was flushed")
	}
}
