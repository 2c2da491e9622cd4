package server

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// When a form fails, its cause is logged exactly once.
func TestFailingFormLogsItsCauseOnce(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	s, err := Open(t.Context(), Options{Settings: testSettings(t), Now: time.Now, Log: NewLog(&lines, false)})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := s.handler()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // from now on, everything that needs the database fails
		t.Fatal(err)
	}
	token := s.csrf.Token()
	for path, fields := range map[string]url.Values{
		"/login":               {"email": {"a@example.org"}, "password": {"a wrong one"}},
		"/login/second-factor": {"challenge": {strings.Repeat("a", 43)}, "code": {"123456"}},
		"/register":            {"email": {"a@example.org"}, "password": {"Correct-Horse-7"}},
	} {
		lines.Reset()
		fields.Set("csrf_token", token)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: httpx.CSRFCookie, Value: token})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusInternalServerError {
			t.Errorf("%s: answered %d %s", path, w.Code, w.Body)
		}
		if n := strings.Count(lines.String(), "page failed"); n != 1 {
			t.Errorf("%s: its cause is logged %d times:\n%s", path, n, &lines)
		}
	}
}
