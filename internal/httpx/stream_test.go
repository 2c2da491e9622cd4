package httpx_test

import (
	"bufio"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// A stream outlives the limits of a request and its answer, through what wraps every
// writer, and the handler sees when the client goes.
func TestStreamOutlivesTheLimits(t *testing.T) {
	t.Parallel()
	limits := httpx.ProductLimits()
	limits.ReadTimeout, limits.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	gone := make(chan error, 1)
	handler := httpx.Log(slog.New(slog.DiscardHandler), time.Now)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := httpx.StartEvents(w, time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		beat := time.NewTicker(50 * time.Millisecond)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				if err := s.Heartbeat(); err != nil {
					gone <- err
					return
				}
			case <-r.Context().Done():
				gone <- r.Context().Err()
				return
			}
		}
	}))
	server := httptest.NewUnstartedServer(nil)
	server.Config = httpx.NewServer(handler, slog.New(slog.DiscardHandler), limits)
	server.Start()
	t.Cleanup(server.Close)
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for range 2 * 20 { // a heartbeat is two lines; together a second
		if !lines.Scan() {
			t.Fatalf("the stream ended: %v, %v", lines.Err(), <-gone)
		}
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	<-gone
}

// A writer that cannot stream is an error before anything was sent.
func TestStreamOnAnotherWriter(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if _, err := httpx.StartEvents(w, time.Second); err == nil || w.Body.Len() > 0 {
		t.Errorf("error %v, sent %q", err, w.Body)
	}
}

func TestAcceptsEvents(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "text/html": false, "text/event-stream": true, "text/html, Text/Event-Stream;q=0.9": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		if got := httpx.AcceptsEvents(r); got != want {
			t.Errorf("%q: %t, want %t", accept, got, want)
		}
	}
}
