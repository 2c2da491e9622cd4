package faults

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// readEvery is how often each reader asks.
const readEvery = 20 * time.Millisecond

// readers ask for pages and summaries, and change a profile, all the time. Every answer must be
// 200, or 503 with Retry-After.
type readers struct {
	cancel  context.CancelFunc
	working sync.WaitGroup
	failed  chan error
}

// requests are what the readers ask for: one reader for each.
var requests = []struct {
	method, path string
	body         any
}{
	{http.MethodGet, "/dashboard/today", nil},
	{http.MethodGet, "/dashboard/week/json", nil},
	{http.MethodGet, "/sessions/recent", nil},
	{http.MethodPatch, "/me", map[string]string{"timezone": "Europe/Lisbon"}},
	{http.MethodGet, "/me/logins", nil},
}

func startReaders(t *testing.T, url string) *readers {
	ctx, cancel := context.WithCancel(t.Context())
	r := &readers{cancel: cancel, failed: make(chan error, len(requests))}
	for _, request := range requests {
		user := program.NewUser(t, url)
		r.working.Go(func() {
			next := time.NewTicker(readEvery)
			defer next.Stop()
			for ctx.Err() == nil {
				<-next.C
				reply, err := user.Do(context.WithoutCancel(ctx), request.method, request.path, request.body)
				if err == nil {
					err = excusable(reply)
				}
				if err != nil {
					r.failed <- fmt.Errorf("%s %s: %w", request.method, request.path, err)
					return
				}
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		r.working.Wait()
	})
	return r
}

// stop waits until every reader has its last answer.
func (r *readers) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	r.working.Wait()
	close(r.failed)
	for err := range r.failed {
		t.Error(err)
	}
}
