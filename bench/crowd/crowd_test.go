package crowd

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/created":
		w.WriteHeader(http.StatusCreated)
	case "/hangup":
		panic(http.ErrAbortHandler)
	}
}

// A crowd counts every answer by its status, on a new connection where the last one was closed, and
// ends with its context.
func TestCrowdCountsAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	paths := []string{"/fine", "/created", "/hangup", "/fine"}
	ctx, stop := context.WithCancel(t.Context())
	c := Crowd{Size: 1, Pace: time.Microsecond, Act: func(ctx context.Context, a *Attacker) string {
		if a.Acts == len(paths) {
			stop()
			return "at the end"
		}
		return a.Ask(ctx, []byte("GET "+paths[a.Acts]+" HTTP/1.1\r\nHost: x\r\n\r\n"))
	}}
	got := c.Run(ctx, address).Answers
	if diff := cmp.Diff(map[string]int{"200": 2, "201": 1, Cut: 1}, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// What an answer that is never finished keeps, the end of the attack gives back.
func TestSlowClientsEnd(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	for name, act := range map[string]func(context.Context, *Attacker) string{
		"sends": func(ctx context.Context, a *Attacker) string { return a.Slowly(ctx, "GET / HTTP/1.1\r\n", "Host: x") },
		"reads": func(ctx context.Context, a *Attacker) string {
			return a.ReadSlowly(ctx, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		},
		"waits": func(ctx context.Context, a *Attacker) string {
			return a.Ask(ctx, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			began := make(chan struct{}, 3)
			ended := make(chan Tally)
			go func() {
				ended <- Crowd{Size: 3, Act: func(ctx context.Context, a *Attacker) string {
					began <- struct{}{}
					return act(ctx, a)
				}}.Run(ctx, address)
			}()
			for range 3 {
				<-began
			}
			stop()
			if got := <-ended; len(got.Answers) != 0 {
				t.Errorf("answers %v, want none: the attack has ended", got.Answers)
			}
		})
	}
}

func TestSlowClientHearsItsStatus(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusRequestTimeout)
	}))
	defer server.Close()
	a := &Attacker{Address: strings.TrimPrefix(server.URL, "http://")}
	if got := a.Slowly(t.Context(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n", "123456789"); got != "408" {
		t.Errorf("answered %q, want 408", got)
	}
}

func TestTally(t *testing.T) {
	counted := Tally{Answers: map[string]int{"429": 8, "200": 1, Cut: 1}, Took: 4 * time.Second}
	if got := counted.String(); got != "429: 8, 200: 1, cut: 1" {
		t.Errorf("got %q", got)
	}
	if got := counted.PerSecond(); got != 2.5 {
		t.Errorf("got %v a second, want 2.5", got)
	}
	if got := (Tally{}).String(); got != "none yet" {
		t.Errorf("got %q", got)
	}
}
