package httpx

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// A stream outlives the time limits of a request and its answer, behind everything that
// wraps the writer, and the handler notices when the client is gone.
func TestStreamOutlivesTheLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := ProductLimits()
		limits.ReadTimeout, limits.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
		gone := make(chan error, 1)
		network := serve(t, Log(slog.New(slog.DiscardHandler), time.Now)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			gone <- beat(w)
		})), limits)
		conn, err := network.dial()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil) //nolint:bodyclose // closing it would wait for the end of the stream
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(answer.Body)
		for range 2 * 20 { // a heartbeat is two lines; together a second
			if !lines.Scan() {
				t.Fatalf("the stream ended: %v, %v", lines.Err(), <-gone)
			}
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		if err := <-gone; err == nil {
			t.Error("the handler does not see that the client has gone")
		}
	})
}

// beat sends heartbeats until one fails or the client is gone, and returns which.
func beat(w http.ResponseWriter) error {
	s, err := StartEvents(w, time.Second)
	if err != nil {
		return err
	}
	defer s.Close()
	beat := time.NewTicker(50 * time.Millisecond)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if err := s.Heartbeat(); err != nil {
				return err
			}
		case <-s.Gone():
			return io.EOF
		}
	}
}

// A writer that cannot stream causes an error before anything is sent.
func TestStreamOnAnotherWriter(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if _, err := StartEvents(w, time.Second); err == nil || w.Body.Len() > 0 {
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
		if got := AcceptsEvents(r); got != want {
			t.Errorf("%q: %t, want %t", accept, got, want)
		}
	}
}
