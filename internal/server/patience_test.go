package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// impatient answers one request by handle, while the database answers probes as probe says. It
// returns how long the request took and its answer.
func impatient(t *testing.T, probe func(context.Context) error, handle http.HandlerFunc) (time.Duration, *httptest.ResponseRecorder) {
	t.Helper()
	ready := &readiness{probe: probe, now: time.Now, log: slog.New(slog.DiscardHandler)}
	p := &patience{answers: ready.since, now: time.Now}
	start, w := time.Now(), httptest.NewRecorder()
	p.bound(handle).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	return time.Since(start), w
}

// waitFor waits like a query, and answers 200, or 503 if the request ends first.
func waitFor(span time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(span):
			w.WriteHeader(http.StatusOK)
		case <-r.Context().Done():
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
}

func silent(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func TestPatience(t *testing.T) {
	t.Parallel()
	answers := func(context.Context) error { return nil }
	fails := func(context.Context) error { return errors.New("connection refused") }
	for _, c := range []struct {
		name   string
		probe  func(context.Context) error
		needs  time.Duration
		status int
		took   time.Duration
	}{
		{"a database that hangs", silent, time.Hour, http.StatusServiceUnavailable, answerWithin},
		{"a database that fails", fails, time.Hour, http.StatusServiceUnavailable, askAfter},
		{"a long request beside a database that answers", answers, time.Minute, http.StatusOK, time.Minute},
		{"a short request beside a database that hangs", silent, time.Second, http.StatusOK, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				took, w := impatient(t, c.probe, waitFor(c.needs))
				if w.Code != c.status || took > c.took {
					t.Errorf("%d after %v, want %d within %v", w.Code, took, c.status, c.took)
				}
				time.Sleep(time.Minute) // of the bubble: the probes come to their ends
			})
		})
	}
}

// The database stops answering while a long request is under way.
func TestPatienceEndsLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hangsAt := time.Now().Add(10 * time.Second)
		took, w := impatient(t, func(ctx context.Context) error {
			if time.Now().Before(hangsAt) {
				return nil
			}
			return silent(ctx)
		}, waitFor(time.Hour))
		if w.Code != http.StatusServiceUnavailable || took > 10*time.Second+askAgainAfter+answerWithin {
			t.Errorf("%d after %v", w.Code, took)
		}
		time.Sleep(time.Minute)
	})
}

// An answer that has begun is not cut off: a stream, or a file.
func TestPatienceWithAnAnswerThatHasBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		took, _ := impatient(t, silent, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("begun"))
			waitFor(time.Hour)(httptest.NewRecorder(), r)
		})
		if took != time.Hour {
			t.Errorf("ended after %v", took)
		}
		time.Sleep(time.Minute)
	})
}
