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
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// openTestServer returns a server on a database of its own, which the test may
// close before its end.
func openTestServer(t *testing.T) *server.Server {
	t.Helper()
	settings := config.Settings{
		SecretKey: "a test key of more than 32 characters", TokenLifetime: time.Hour,
		DatabaseURL: "sqlite:///" + filepath.Join(t.TempDir(), "test.db"), Listen: "127.0.0.1:0",
		PasswordComposition: true, Target: 330 * timeline.Second,
	}
	s, err := server.Open(t.Context(), server.Options{Settings: settings, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// serveTest serves s in this process. It returns its address and a function that stops it.
func serveTest(t *testing.T, s *server.Server) (url string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- s.Serve(ctx, func(url string) { ready <- url }) }()
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

// A server is ready from its start to its stop, at every address it listens on.
func TestHealthcheck(t *testing.T) {
	t.Parallel()
	url, stop := serveTest(t, openTestServer(t))
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

// A server whose database is gone is not ready.
func TestHealthcheckWithoutDatabase(t *testing.T) {
	t.Parallel()
	s := openTestServer(t)
	url, stop := serveTest(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := output(t, program(t, nil, "healthcheck", "--listen", strings.TrimPrefix(url, "http://")))
	if code == 0 || !strings.Contains(stderr, "503") {
		t.Errorf("healthcheck: exit %d, %s", code, stderr)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}
