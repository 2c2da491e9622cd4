package main

import (
	"context"
	"log/slog"
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

// openTestApp is the rooms on a database of their own, without a server. Its
// tracker is stopped: only what reads works.
func openTestApp(t *testing.T) *app {
	t.Helper()
	a, err := open(t.Context(), testSettings(t), slog.New(slog.DiscardHandler))
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

// serveTest serves a in this process, and returns its address and what ends it.
func serveTest(t *testing.T, a *app) (url string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- a.serve(ctx, func(url string) { ready <- url }) }()
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

// The wired program answers, says that it is ready, and stops in good order.
func TestServe(t *testing.T) {
	url, stop := serveTest(t, openTestApp(t))
	for path, want := range map[string]int{
		"/health": http.StatusOK, "/ready": http.StatusOK, "/docs": http.StatusOK, "/openapi.json": http.StatusOK,
		"/": http.StatusOK, "/me": http.StatusUnauthorized, "/nowhere": http.StatusNotFound,
	} {
		if status := get(t, url+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	listen := strings.TrimPrefix(url, "http://")
	_, port, _ := strings.Cut(listen, ":")
	for _, address := range []string{listen, "0.0.0.0:" + port, ":" + port} {
		if stdout, stderr, code := output(t, program(t, nil, "healthcheck", "--listen", address)); code != 0 || stdout != "ready\n" {
			t.Errorf("healthcheck of %s: exit %d, %s%s", address, code, stdout, stderr)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	if _, stderr, code := output(t, program(t, nil, "healthcheck", "--listen", listen)); code == 0 {
		t.Errorf("ready after the stop: %s", stderr)
	}
}

// A server whose database is gone is alive, and not ready.
func TestHealthcheckWithoutDatabase(t *testing.T) {
	a, err := open(t.Context(), testSettings(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	url, stop := serveTest(t, a)
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	if status := get(t, url+"/health"); status != http.StatusOK {
		t.Errorf("/health: %d", status)
	}
	_, stderr, code := output(t, program(t, nil, "healthcheck", "--listen", strings.TrimPrefix(url, "http://")))
	if code == 0 || !strings.Contains(stderr, "503") {
		t.Errorf("healthcheck: exit %d, %s", code, stderr)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// An address in use is an error, and not a server that nobody reaches.
func TestServeOnATakenAddress(t *testing.T) {
	first := openTestApp(t)
	url, stop := serveTest(t, first)
	second := openTestApp(t)
	second.settings.Listen = strings.TrimPrefix(url, "http://")
	err := second.serve(t.Context(), func(string) { t.Error("ready") })
	if err == nil || !strings.Contains(err.Error(), second.settings.Listen) {
		t.Errorf("error %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}
