// Package raters is a group of raters who press all the time while a test breaks something: it
// ends the program, cuts connections or promotes a standby. A rater sends an event again and
// again until it is acknowledged, as the widget does, so afterwards the log of each rater must
// have exactly what was acknowledged, each event once:
//
//	group := raters.Start(t, server.URL, 6)
//	group.AwaitAnswers(t, 6) // then break something, and mend it
//	group.Stop(t)
//	group.CheckLogs(t, server.URL)
package raters

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// Group is some raters who press until Stop.
type Group struct {
	raters   []*Rater
	urls     atomic.Pointer[[]string]
	answered atomic.Int64
	retried  atomic.Int64
	found    atomic.Int64
	refused  atomic.Int64
	slowest  atomic.Int64 // of the refusals, in nanoseconds
	cancel   context.CancelFunc
	working  sync.WaitGroup
	failed   chan error
}

// Start registers n new users at the first of urls, and lets each of them press, one request after
// another. Each try of an event goes to the next of urls, so with several a retry reaches another
// replica. If Stop is not called, the end of the test stops them.
func Start(t testing.TB, n int, urls ...string) *Group {
	t.Helper()
	return start(t, (*Rater).press, n, urls...)
}

// StartMixed is Start with raters who also send batches and correct their questions.
func StartMixed(t testing.TB, n int, urls ...string) *Group {
	t.Helper()
	return start(t, (*Rater).mixed, n, urls...)
}

func start(t testing.TB, do func(*Rater, *Group) error, n int, urls ...string) *Group {
	t.Helper()
	g := &Group{raters: make([]*Rater, n), failed: make(chan error, n)}
	g.MoveTo(urls...)
	for i := range g.raters {
		g.raters[i] = newRater(t, urls[0], i)
	}
	ctx, cancel := context.WithCancel(t.Context())
	g.cancel = cancel
	for _, rater := range g.raters {
		g.working.Go(func() {
			for ctx.Err() == nil {
				if err := do(rater, g); err != nil {
					g.failed <- err
					return
				}
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		g.working.Wait()
	})
	return g
}

// MoveTo lets all tries from now on go to these addresses.
func (g *Group) MoveTo(urls ...string) { g.urls.Store(&urls) }

// Answered returns how many events are acknowledged, corrections included.
func (g *Group) Answered() int64 { return g.answered.Load() }

// Retried returns how many of them were sent more than once.
func (g *Group) Retried() int64 { return g.retried.Load() }

// Found returns how many presses were recorded already when they were acknowledged: the answer to
// an earlier try was lost.
func (g *Group) Found() int64 { return g.found.Load() }

// Refused returns how many tries were answered 503.
func (g *Group) Refused() int64 { return g.refused.Load() }

// SlowestRefusal returns how long the slowest 503 took.
func (g *Group) SlowestRefusal() time.Duration { return time.Duration(g.slowest.Load()) }

func (g *Group) noteRefusal(took time.Duration) {
	g.refused.Add(1)
	for {
		slowest := g.slowest.Load()
		if int64(took) <= slowest || g.slowest.CompareAndSwap(slowest, int64(took)) {
			return
		}
	}
}

// Raters returns the raters. What they sent is only whole after Stop.
func (g *Group) Raters() []*Rater { return g.raters }

// AwaitAnswers waits until n more events are acknowledged. It fails the test if a rater has
// given up.
func (g *Group) AwaitAnswers(t testing.TB, n int64) {
	t.Helper()
	g.awaitMore(t, &g.answered, n, "events acknowledged")
}

// AwaitRefusals waits until n more tries are answered 503.
func (g *Group) AwaitRefusals(t testing.TB, n int64) {
	t.Helper()
	g.awaitMore(t, &g.refused, n, "tries answered 503")
}

func (g *Group) awaitMore(t testing.TB, count *atomic.Int64, n int64, what string) {
	t.Helper()
	want := count.Load() + n
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(context.Context) error {
		if got := count.Load(); got < want && len(g.failed) == 0 {
			return fmt.Errorf("%d %s, want %d", got, what, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-g.failed:
		t.Fatal(err)
	default:
	}
}

// Stop waits until every rater's last event is acknowledged. It fails the test if one has given
// up.
func (g *Group) Stop(t testing.TB) {
	t.Helper()
	g.cancel()
	g.working.Wait()
	close(g.failed)
	for err := range g.failed {
		t.Fatal(err)
	}
}

// CheckLogs checks each rater's log at a server (Rater.CheckLog). Call it after Stop.
func (g *Group) CheckLogs(t *testing.T, url string) {
	t.Helper()
	t.Logf("%d events acknowledged, %d of them sent more than once, %d found recorded; %d tries answered 503, the slowest after %.2f s",
		g.Answered(), g.Retried(), g.Found(), g.Refused(), g.SlowestRefusal().Seconds())
	for _, rater := range g.raters {
		rater.CheckLog(t, url)
	}
}
