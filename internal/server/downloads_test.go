package server

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// slowClient reads nothing of an answer until the test lets it.
type slowClient struct {
	*httptest.ResponseRecorder
	waits chan<- struct{}
	letGo <-chan struct{}
}

func (c *slowClient) Write(p []byte) (int, error) {
	c.waits <- struct{}{}
	<-c.letGo
	return c.ResponseRecorder.Write(p)
}

// A user may have three downloads at once, because slow ones would pile up under any rate
// limit. Other users do not wait for them, and each one that ends makes room.
func TestDownloadsAtOnce(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	ann, bob := c.newPerson(t), c.newPerson(t)
	waits, letGo := make(chan struct{}), make(chan struct{})
	var slow sync.WaitGroup
	for range 3 {
		slow.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/me/export", nil)
			r.Header.Set("Authorization", "Bearer "+ann.token)
			c.handler.ServeHTTP(&slowClient{ResponseRecorder: httptest.NewRecorder(), waits: waits, letGo: letGo}, r)
		})
		<-waits
	}
	expectWait(t, c.answer(t, ask{method: "GET", path: "/me/export", bearer: ann.token}), 30)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: bob.token})
	close(letGo)
	slow.Wait()
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: ann.token})
}

// Every file is sent as a download, opens with a cookie and with a bearer token, and is
// noted in the security log.
func TestDownloads(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := workedPerson(t, c)
	for path, query := range files {
		for name, a := range map[string]ask{"cookie": {cookie: b.token()}, "bearer": {bearer: b.token()}} {
			a.method, a.path = "GET", path+query
			w := c.must(t, http.StatusOK, a)
			disposition := w.Header().Get("Content-Disposition")
			if file, ok := strings.CutPrefix(disposition, `attachment; filename="raterhub-`); !ok || strings.Trim(file, `abcdefghijklmnopqrstuvwxyz0123456789-.`) != `"` {
				t.Errorf("%s by %s: Content-Disposition %q", path, name, disposition)
			}
			if cache := w.Header().Get("Cache-Control"); !strings.Contains(cache, "no-store") {
				t.Errorf("%s: Cache-Control %q", path, cache)
			}
		}
	}
	id := int64(b.json(t, "/me")["id"].(float64))
	events, err := c.Accounts.SecurityEvents(t.Context(), id, 100)
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]int{}
	for _, e := range events {
		if e.Kind == "data exported" && e.ActorID == id {
			noted[e.Detail]++
		}
	}
	want := map[string]int{
		"daily.csv 2026-01-31": 2, "weekly.csv 2026-01-26 to 2026-02-01": 2, "days.csv 2026-01-01 to 2026-01-31": 2,
		"questions.csv 2026-01-01 to 2026-01-31": 2, "everything": 2,
	}
	if diff := cmp.Diff(want, noted); diff != "" {
		t.Errorf("the security log (-want +got):\n%s", diff)
	}
	// All files together share a limit of ten a minute.
	expectWait(t, c.answer(t, ask{method: "GET", path: "/me/export", cookie: b.token()}), 60)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/reports/daily.csv", bearer: c.register(t, "bob@example.org").token()})
	c.clock.advance(time.Minute)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", cookie: b.token()})
}

// goneAfter is a client that reads some bytes and leaves.
type goneAfter struct {
	*httptest.ResponseRecorder
	left int
}

var errGone = errors.New("the client is gone")

func (g *goneAfter) Write(p []byte) (int, error) {
	if g.left -= len(p); g.left < 0 {
		return 0, errGone
	}
	return g.ResponseRecorder.Write(p)
}

// A client that leaves stops its download.
func TestInterruptedDownload(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	var events strings.Builder
	for range 499 {
		events.WriteString(`,{"type":"NEXT"}`)
	}
	for range 4 {
		c.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[{"type":"NEXT"}` + events.String() + `]}`})
	}
	request := func(w http.ResponseWriter) (panicked any) {
		defer func() { panicked = recover() }()
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/me/export", nil)
		r.Host = chainHost
		r.Header.Set("Authorization", "Bearer "+p.token)
		c.handler.ServeHTTP(w, r)
		return nil
	}
	whole := httptest.NewRecorder()
	if request(whole) != nil || whole.Body.Len() < 500_000 {
		t.Fatalf("%d bytes", whole.Body.Len())
	}
	gone := &goneAfter{ResponseRecorder: httptest.NewRecorder(), left: 200_000}
	if panicked := request(gone); panicked != nil || gone.Body.Len() > 200_000 {
		t.Errorf("a client that is gone: %v, %d bytes", panicked, gone.Body.Len())
	}
}

// HEAD of a file returns the headers of GET, and does not count as a download.
func TestHeadIsNoDownload(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := workedPerson(t, c)
	for range 3 { // more than the ten a minute that a user may download
		for path, query := range files {
			w := c.must(t, http.StatusOK, ask{method: "HEAD", path: path + query, bearer: b.token()})
			if w.Body.Len() > 0 || w.Header().Get("Content-Disposition") == "" || w.Header().Get("Content-Type") == "" {
				t.Errorf("HEAD %s: %d bytes, %v", path, w.Body.Len(), w.Header())
			}
		}
	}
	events, err := c.Accounts.SecurityEvents(t.Context(), int64(b.json(t, "/me")["id"].(float64)), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == account.DataExported {
			t.Errorf("noted as a download: %s", e.Detail)
		}
	}
	for range 10 {
		c.must(t, http.StatusOK, ask{method: "GET", path: "/reports/daily.csv", bearer: b.token()})
	}
}
