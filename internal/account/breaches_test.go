package account_test

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/pwned"
)

// withBreaches returns the use cases that look new passwords up, and their log.
func withBreaches(t *testing.T, b account.Breaches) (*account.Service, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	service := newEmptyHouse(t).replica(t, func(o *account.Options) {
		o.Breaches, o.Log = b, slog.New(slog.NewTextHandler(&log, nil))
	})
	return service, &log
}

const breached = "was in a data leak, so attackers try it first: choose another one"

// With the real client, whatever the service answers: a hit refuses a password,
// and a failure leaves the decision to the offline list.
func TestRegisterLooksPasswordsUp(t *testing.T) {
	t.Parallel()
	digits := fmt.Sprintf("%X", sha1.Sum([]byte(goodPassword)))
	others := digits[5:]
	lines := strings.Repeat("00A1B2C3D4E5F60718293A4B5C6D7E8F901:0\r\n", 50)
	text := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		problem string // of a good password that is not on the offline list
		fails   bool   // whether the log reports a failure
	}{
		{"hit", text(200, lines+others+":12\r\n"+lines), breached, false},
		{"hit in lower case", text(200, strings.ToLower(others)+":1\n"), breached, false},
		{"miss", text(200, lines), "", false},
		{"hit as padding", text(200, others+":0\r\n"), "", false},
		{"error", text(500, others+":12\r\n"), "", true},
		{"too many requests", text(429, ""), "", true},
		{"garbage", text(200, others+" 12\r\n"), "", true},
		{"garbage after a hit", text(200, others+":12\r\n<html>"), "", true},
		{"empty", text(200, ""), "", true},
		{"huge", text(200, strings.Repeat(lines, 1000)+others+":12\r\n"), "", true},
		{"redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "", true},
		{"connection lost", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			defer server.Close()
			service, log := withBreaches(t, pwned.New(pwned.Options{URL: server.URL}))

			expectProblem(t, service, "Password2026!", "is one that many people choose: take one that nobody else would think of")
			if log.Len() != 0 {
				t.Errorf("a password of the offline list was looked up: %s", log)
			}
			expectProblem(t, service, goodPassword, c.problem)
			if told := strings.Contains(log.String(), "level=WARN"); told != c.fails {
				t.Errorf("log %q: told of a failure = %t, want %t", log, told, c.fails)
			}
			for _, secret := range []string{goodPassword, digits[:5], others} {
				if strings.Contains(strings.ToUpper(log.String()), strings.ToUpper(secret)) {
					t.Errorf("the log shows %q: %s", secret, log)
				}
			}
		})
	}
}

// expectProblem registers with password; the problem "" means that it succeeds.
func expectProblem(t *testing.T, s *account.Service, password, problem string) {
	t.Helper()
	_, err := s.Register(t.Context(), account.Registration{Email: "ann@example.com", Password: password})
	var got fault.FieldErrors
	if err != nil && !errors.As(err, &got) {
		t.Fatal(err)
	}
	var want fault.FieldErrors
	want.Add("password", problem)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-want +got):\n%s", password, diff)
	}
}

// A service that does not answer delays a registration for two seconds at most.
func TestRegisterWhenTheLookupHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		service, log := withBreaches(t, pwned.New(pwned.Options{Transport: hang}))
		start := time.Now()
		expectProblem(t, service, goodPassword, "")
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %v, want 2s", took)
		}
		if !strings.Contains(log.String(), "context deadline exceeded") {
			t.Errorf("log %q: want it to tell of the failure", log)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A password must not contain the names or the address of its registration.
func TestRegisterRefusesOwnWords(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	for _, r := range []account.Registration{
		{Email: "ann@example.com", FirstName: "Marple", Password: "Kestrel-Marple-7"},
		{Email: "ann@example.com", LastName: "Marple", Password: "Kestrel-M4RPL3-7"},
		{Email: "Marple@example.com", Password: "Kestrel-Marple-7"},
		{Email: "ann@marple.org", Password: "Kestrel-Marple-7"},
	} {
		_, err := h.Register(t.Context(), r)
		var errs fault.FieldErrors
		if !errors.As(err, &errs) || len(errs) != 1 || errs[0].Field != "password" {
			t.Errorf("%+v: got %v, want a problem of the password", r, err)
		}
	}
}
