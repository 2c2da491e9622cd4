package server

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const (
	// askAfter is how long a request may be without an answer before the server asks
	// whether the database still answers at all. Most requests are over by then.
	askAfter = 200 * time.Millisecond
	// answerWithin is how long a request waits for a database that does not answer.
	answerWithin = 1700 * time.Millisecond
	// askAgainAfter is the time between two such questions on behalf of one request.
	askAgainAfter = time.Second
)

// errGivenUp is the cause for which a request is ended.
var errGivenUp = fault.New(fault.Unavailable, "the database does not answer")

// patience ends the requests that wait for a database that does not answer: they fail with
// 503, and whoever sent them can try again. A request that takes long while the
// database answers others is left alone, and so is one whose answer has begun. What a request
// has submitted to be recorded goes on without it.
type patience struct {
	// answers returns nil once the database has answered a probe that ended at an instant
	// or later, and an error when it does not.
	answers func(ctx context.Context, since time.Time) error
	now     func() time.Time
}

func (p *patience) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, giveUp := context.WithCancelCause(r.Context())
		defer giveUp(nil)
		answer := &begunWriter{ResponseWriter: w}
		late := time.AfterFunc(askAfter, func() { p.watch(ctx, giveUp, &answer.begun) })
		defer late.Stop()
		next.ServeHTTP(answer, r.WithContext(ctx))
	})
}

// watch returns when the request is over or its answer has begun.
func (p *patience) watch(ctx context.Context, giveUp context.CancelCauseFunc, begun *atomic.Bool) {
	again := time.NewTimer(askAgainAfter)
	defer again.Stop()
	for !begun.Load() {
		asking, cancel := context.WithTimeout(ctx, answerWithin-askAfter)
		err := p.answers(asking, p.now())
		cancel()
		if err != nil && !begun.Load() {
			giveUp(errGivenUp)
			return
		}
		again.Reset(askAgainAfter)
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// begunWriter notes that an answer has begun.
type begunWriter struct {
	http.ResponseWriter
	begun atomic.Bool
}

func (w *begunWriter) WriteHeader(status int) {
	w.begun.Store(true)
	w.ResponseWriter.WriteHeader(status)
}

func (w *begunWriter) Write(b []byte) (int, error) {
	w.begun.Store(true)
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController access to the ResponseWriter below.
func (w *begunWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
