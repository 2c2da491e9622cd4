package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func testSettings(t *testing.T) config.Settings {
	t.Helper()
	return config.Settings{
		SecretKey: "a test key of more than 32 characters", TokenLifetime: time.Hour,
		DatabaseURL: "sqlite:///" + filepath.Join(t.TempDir(), "test.db"), Listen: "127.0.0.1:0",
		PasswordComposition: true, Target: 330 * timeline.Second,
	}
}

// openTestServer returns a server on a database of its own that does not serve:
// its tracker reads and does not record.
func openTestServer(t *testing.T) *Server {
	t.Helper()
	a, err := Open(t.Context(), Options{Settings: testSettings(t), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// serveTest serves a in this process. It returns its address and a function that stops it.
func serveTest(t *testing.T, a *Server) (url string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- a.Serve(ctx, func(url string) { ready <- url }) }()
	select {
	case url = <-ready:
	case err := <-done:
		t.Fatalf("ended before it was ready: %v", err)
	}
	return url, func() error {
		cancel()
		return <-done
	}
}

func get(t *testing.T, url string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	return answer.StatusCode
}

// The whole program answers, says that it is ready, and stops cleanly.
func TestServe(t *testing.T) {
	t.Parallel()
	url, stop := serveTest(t, openTestServer(t))
	for path, want := range map[string]int{
		"/health": http.StatusOK, "/ready": http.StatusOK, "/docs": http.StatusOK, "/openapi.json": http.StatusOK,
		"/": http.StatusOK, "/me": http.StatusUnauthorized, "/nowhere": http.StatusNotFound,
	} {
		if status := get(t, url+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	if connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://")); err == nil {
		t.Errorf("%s is reached after the stop", url)
		_ = connection.Close()
	}
}

// A server whose database is gone is alive, and not ready.
func TestServeWithoutDatabase(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{Settings: testSettings(t), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	url, stop := serveTest(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/health": http.StatusOK, "/ready": http.StatusServiceUnavailable} {
		if status := get(t, url+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// If its address is in use, the server fails instead of running unreachable.
func TestServeOnATakenAddress(t *testing.T) {
	t.Parallel()
	first := openTestServer(t)
	url, stop := serveTest(t, first)
	second := openTestServer(t)
	second.settings.Listen = strings.TrimPrefix(url, "http://")
	err := second.Serve(t.Context(), func(string) { t.Error("ready") })
	if err == nil || !strings.Contains(err.Error(), second.settings.Listen) {
		t.Errorf("error %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}
