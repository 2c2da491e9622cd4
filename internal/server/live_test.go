package server

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// hangs is how long a test waits before it gives up, even on a busy machine. internal/live
// tests, with an injected clock, that a page follows within a second.
const hangs = time.Minute

// follower reads a stream of events line by line.
type follower struct {
	lines chan string // closed when the stream ended
	close func()
}

// askLive opens the stream as an EventSource does; lastID is "" the first time.
func askLive(t *testing.T, url, token, lastID string) (status int, header http.Header, body io.ReadCloser) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/dashboard/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Authorization", "Bearer "+token)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Body.Close() })
	return w.StatusCode, w.Header, w.Body
}

func followLive(t *testing.T, url, token, lastID string) *follower {
	t.Helper()
	status, header, body := askLive(t, url, token, lastID)
	if media := header.Get("Content-Type"); status != http.StatusOK || media != "text/event-stream" {
		t.Fatalf("%d %s", status, media)
	}
	if header.Get("X-Accel-Buffering") != "no" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("a proxy may keep the stream: %v", header)
	}
	s := &follower{lines: make(chan string, 100), close: func() { _ = body.Close() }}
	go func() {
		defer close(s.lines)
		for in := bufio.NewScanner(body); in.Scan(); {
			s.lines <- in.Text()
		}
	}()
	return s
}

// expect fails the test unless the stream has these lines next.
func (s *follower) expect(t *testing.T, lines ...string) {
	t.Helper()
	timeout := time.After(hangs)
	for _, want := range lines {
		select {
		case got := <-s.lines:
			if got != want {
				t.Fatalf("line %q, want %q", got, want)
			}
		case <-timeout:
			t.Fatalf("no line after %v, want %q", hangs, want)
		}
	}
}

// changed reads one event, and returns its id.
func (s *follower) changed(t *testing.T) (id string) {
	t.Helper()
	s.expect(t, "event: changed")
	select {
	case line := <-s.lines:
		id, _ = strings.CutPrefix(line, "id: ")
	case <-time.After(hangs):
	}
	s.expect(t, "data:", "")
	return id
}

// ends fails the test unless the stream ends without another line.
func (s *follower) ends(t *testing.T) {
	t.Helper()
	select {
	case line, ok := <-s.lines:
		if ok {
			t.Fatalf("line %q, want the end", line)
		}
	case <-time.After(hangs):
		t.Fatal("the stream does not end")
	}
}

// raterOf registers a user and returns the access token.
func raterOf(t *testing.T, a *Server, email string) (token string) {
	t.Helper()
	login, err := a.Accounts.Register(t.Context(), account.Registration{Email: email, Password: chainPassword})
	if err != nil {
		t.Fatal(err)
	}
	return login.Token
}

// post sends JSON as a user and fails the test unless the answer is 200.
func post(t *testing.T, url, token, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if answer, _ := io.ReadAll(w.Body); w.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", url, w.StatusCode, answer)
	}
}

// A stream first reports that something may be new, and then each press of its user and of
// nobody else.
func TestLive(t *testing.T) {
	t.Parallel()
	a := openTestServer(t)
	url, stop := serveTest(t, a)
	ann, ben := raterOf(t, a, "ann@example.org"), raterOf(t, a, "ben@example.org")
	page := followLive(t, url, ann, "")
	page.expect(t, "retry: 1000", "")
	before := page.changed(t)
	post(t, url+"/events", ben, `{"type":"NEXT"}`)
	post(t, url+"/events", ann, `{"type":"NEXT"}`)
	after := page.changed(t)
	if before == after {
		t.Errorf("one id %q before and after a press", after)
	}

	again := followLive(t, url, ann, after)
	again.expect(t, "retry: 1000", "", ":", "") // nothing was missed
	again.close()
	again = followLive(t, url, ann, before)
	again.expect(t, "retry: 1000", "")
	if id := again.changed(t); id != after {
		t.Errorf("id %q, want %q", id, after)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// A stream ends when its user logs out.
func TestLiveEndsWithTheLogin(t *testing.T) {
	t.Parallel()
	a := openTestServer(t)
	url, stop := serveTest(t, a)
	token := raterOf(t, a, "ann@example.org")
	login, err := a.Accounts.Login(t.Context(), account.Attempt{Email: "ann@example.org", Password: chainPassword})
	if err != nil {
		t.Fatal(err)
	}
	page := followLive(t, url, token, "")
	page.expect(t, "retry: 1000", "")
	page.changed(t)
	post(t, url+"/auth/logout", token, `{}`)
	post(t, url+"/events", login.Token, `{"type":"NEXT"}`)
	page.ends(t)
	if status, _, _ := askLive(t, url, token, ""); status != http.StatusUnauthorized {
		t.Errorf("afterwards %d, want 401", status)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// A server that stops ends the streams of open pages instead of waiting for them.
func TestLiveEndsWithTheServer(t *testing.T) {
	t.Parallel()
	a := openTestServer(t)
	url, stop := serveTest(t, a)
	token := raterOf(t, a, "ann@example.org")
	var pages []*follower
	for range 20 {
		page := followLive(t, url, token, "")
		page.expect(t, "retry: 1000", "")
		page.changed(t)
		pages = append(pages, page)
	}
	if status, _, _ := askLive(t, url, token, ""); status != http.StatusServiceUnavailable {
		t.Errorf("the 21st stream of a user: %d, want 503", status)
	}
	if err := stop(); err != nil { // an error would mean that it waited for all of drainTime
		t.Errorf("stopped with %v", err)
	}
	for _, page := range pages {
		page.ends(t)
	}
}
