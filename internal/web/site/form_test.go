package site

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// A form is shown again for what its sender can put right; any other failure is returned.
func TestForm(t *testing.T) {
	keys, err := token.NewKeys("a test key of more than 32 characters", "")
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{Options: Options{CSRF: token.NewCSRF(keys, time.Now)}}
	broken := errors.New("broken")
	for _, test := range []struct {
		name       string
		failure    error // the error of what the form does
		stale      bool  // the form has another token than the cookie
		status     int   // status with which the form is shown again; 0: it is not
		above      string
		retryAfter string
	}{
		{name: "done"},
		{name: "a stale form", stale: true, status: 400, above: "This page was open for too long, or your browser blocks cookies: try again"},
		{name: "a bad field", failure: fault.Field("email", "is missing"), status: 422},
		{name: "a bad field that is not shown", failure: fault.Field("zone", "is unknown"), status: 422, above: "Zone is unknown"},
		{name: "a refusal", failure: fault.New(fault.Refused, "not now"), status: 400, above: "Not now"},
		{name: "too often", failure: &fault.Throttled{RetryAfter: 3 * time.Second}, status: 429, above: "Too many requests: try again in 3 s", retryAfter: "3"},
		{name: "the login has ended", failure: account.ErrUnauthenticated},
		{name: "it is gone", failure: fault.New(fault.NotFound, "no such thing")},
		{name: "no database", failure: fault.New(fault.Unavailable, "try again")},
		{name: "a failure of the server", failure: broken},
	} {
		csrf := s.CSRF.Token()
		sent := url.Values{"email": {"ann"}, "csrf_token": {csrf}}
		if test.stale {
			csrf = s.CSRF.Token() + "x"
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(sent.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: httpx.CSRFCookie, Value: csrf})
		w := httptest.NewRecorder()
		done := false
		var shown Refusal
		err := s.Form(func(Submission) error {
			done = true
			return test.failure
		}, func(_ Submission, refused Refusal) error {
			shown = refused
			return nil
		})(w, r, Visitor{})

		if done == test.stale {
			t.Errorf("%s: done %t", test.name, done)
		}
		if shown.Status != test.status || test.status > 0 && shown.Above("email") != test.above || w.Header().Get("Retry-After") != test.retryAfter {
			t.Errorf("%s: shown again with %d %q and %v", test.name, shown.Status, shown.Detail, w.Header())
		}
		if test.status > 0 && shown.Field("email").Value != "ann" {
			t.Errorf("%s: what was typed is lost", test.name)
		}
		if test.status == 0 && !errors.Is(err, test.failure) || test.status > 0 && err != nil {
			t.Errorf("%s: returned %v", test.name, err)
		}
	}
}
