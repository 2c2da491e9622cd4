package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

const (
	testEmail    = "ada@example.org"
	testPassword = "Correct-Horse-7-Battery"
)

// server is the API over real use cases on a database of its own, with one user
// and a clock that stands still.
type server struct {
	handler http.Handler
	now     time.Time
	csrf    *token.CSRF
	token   string // of the user

	accounts *account.Service
}

var operator = account.By{Address: "command line"}

func newServer(t *testing.T) *server {
	t.Helper()
	return newServerWith(t, httpx.Rates{
		Login: limit.Rate{Requests: 5, Window: time.Minute}, Events: limit.Rate{Requests: 3, Window: time.Minute},
	})
}

// newServerWith returns what newServer returns, with other rate limits.
func newServerWith(t testing.TB, rates httpx.Rates) *server {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:///"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := token.NewKeys("a test key of more than 32 characters", "")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.now }
	log := slog.New(slog.DiscardHandler)
	s.csrf = token.NewCSRF(keys, now)
	accounts, err := account.New(account.Options{
		Store: db, Keys: keys, Now: now, TokenLifetime: 30 * time.Minute, Composition: true,
		Counters: db.Counters(now), Log: log, Cost: password.Cost{Memory: 64, Passes: 1, Threads: 1}, // of no interest here
		Passkeys: account.PasskeyOptions{RPID: "localhost", RPName: "test", Origins: []string{"http://localhost"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.accounts = accounts
	recorder := tracker.New(tracker.Options{Store: db, Now: now, Log: log})
	run(t, recorder)

	router := httpx.NewRouter()
	Register(router, Options{
		Tracker: recorder, Accounts: accounts, CSRF: s.csrf, Ready: db.Ping, Now: now, Log: log, Version: "test",
		Addresses: httpx.Addresses{Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, // httptest's peer
		Cookies:   httpx.Cookies{Secure: true, Lifetime: 30 * time.Minute},
		Rater: func(u account.User) tracker.Rater {
			return tracker.Rater{ID: u.ID, Email: u.Email, Zone: u.Timezone, Target: cmp.Or(u.TargetMicros, 330*tl.Second)}
		},
		Limits: httpx.NewLimiters(rates, db.Counters(now), now),
	})
	s.handler = router
	login, err := accounts.Register(t.Context(), account.Registration{Email: testEmail, Password: testPassword})
	if err != nil {
		t.Fatal(err)
	}
	s.token = login.Token
	return s
}

// run lets the tracker record until the test is over.
func run(t testing.TB, recorder *tracker.Tracker) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- recorder.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// request is a request to the API; fields that are "" are left out.
type request struct {
	method, path, body    string
	authorization, bearer string
	cookie                string // access_token
	csrf                  string
	client                string // address, as the proxy says
}

func (s *server) answer(t testing.TB, r request) *httptest.ResponseRecorder {
	t.Helper()
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	asked := httptest.NewRequestWithContext(t.Context(), r.method, r.path, body)
	if r.bearer != "" {
		r.authorization = "Bearer " + r.bearer
	}
	for name, value := range map[string]string{
		"Authorization": r.authorization, "X-CSRF-Token": r.csrf, "X-Forwarded-For": r.client,
	} {
		if value != "" {
			asked.Header.Set(name, value)
		}
	}
	asked.Header.Set("Content-Type", "application/json")
	if r.cookie != "" {
		asked.AddCookie(&http.Cookie{Name: httpx.TokenCookie, Value: r.cookie})
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, asked)
	return w
}

// logIn logs the user in.
func (s *server) logIn(t *testing.T, want int) *httptest.ResponseRecorder {
	t.Helper()
	w := s.answer(t, request{
		method: "POST", path: "/auth/login", csrf: s.csrf.Token(),
		body: `{"email":"` + testEmail + `","password":"` + testPassword + `"}`,
	})
	if w.Code != want {
		t.Fatalf("login: %d %s", w.Code, w.Body)
	}
	return w
}

func tokenIn(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Token == "" {
		t.Fatalf("no token in %s: %v", w.Body, err)
	}
	return body.Token
}

// problemIn returns the problem of an answer that must be one.
func problemIn(t testing.TB, w *httptest.ResponseRecorder) httpx.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	var p httpx.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%q: %v", w.Body, err)
	}
	if p.Status != w.Code || p.Detail == "" {
		t.Errorf("answered %d with %+v", w.Code, p)
	}
	return p
}
