package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// probed is a readiness whose probes end when the test lets them. It uses the clock of the
// test's bubble.
type probed struct {
	readiness
	probes atomic.Int64
	ends   chan error // each probe takes its result from here
	lines  bytes.Buffer
}

func newProbed() *probed {
	p := &probed{ends: make(chan error)}
	p.readiness = readiness{
		now: time.Now, log: slog.New(slog.NewTextHandler(&p.lines, nil)),
		probe: func(ctx context.Context) error {
			p.probes.Add(1)
			select {
			case err := <-p.ends:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	}
	return p
}

var errDiskFull = errors.New("the disk is full")

// All who ask during a probe, or within a second after it, get its result: asking often
// neither writes often nor fills the log.
func TestReadinessIsShared(t *testing.T) {
	t.Parallel()
	for _, want := range []error{nil, errDiskFull} {
		synctest.Test(t, func(t *testing.T) {
			p := newProbed()
			var asking sync.WaitGroup
			for range 50 {
				asking.Go(func() {
					if err := p.check(t.Context()); !errors.Is(err, want) {
						t.Errorf("got %v, want %v", err, want)
					}
				})
			}
			synctest.Wait()
			p.ends <- want
			asking.Wait()
			time.Sleep(readyFor - 1) // the bubble's time, which does not wait
			if err := p.check(t.Context()); !errors.Is(err, want) {
				t.Errorf("just before a second later: %v", err)
			}
			if n := p.probes.Load(); n != 1 {
				t.Errorf("%d probes for 51 questions", n)
			}
			if n := strings.Count(p.lines.String(), "\n"); n != map[bool]int{true: 0, false: 1}[want == nil] {
				t.Errorf("%d lines in the log:\n%s", n, &p.lines)
			}

			time.Sleep(time.Nanosecond)
			go func() { p.ends <- nil }()
			if err := p.check(t.Context()); err != nil || p.probes.Load() != 2 {
				t.Errorf("a second later: %v, %d probes", err, p.probes.Load())
			}
		})
	}
}

// Only the first caller waits for a probe that does not end; the others are refused at
// once.
func TestReadinessDoesNotWaitLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProbed()
		for _, want := range []time.Duration{readyWithin, 0, 0} {
			start := time.Now()
			if err := p.check(t.Context()); !errors.Is(err, errTooSlow) || time.Since(start) != want {
				t.Errorf("%v after %v, want %v after %v", err, time.Since(start), errTooSlow, want)
			}
		}
		synctest.Wait()
		if n := p.probes.Load(); n != 1 || strings.Count(p.lines.String(), "not ready") != 1 {
			t.Errorf("%d probes, and the log has:\n%s", n, &p.lines)
		}
		p.ends <- nil
		synctest.Wait()
		if err := p.check(t.Context()); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A probe that gets no answer is cancelled, so that the next one can find out that the
// database is back.
func TestReadinessGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProbed()
		if err := p.check(t.Context()); !errors.Is(err, errTooSlow) {
			t.Error(err)
		}
		time.Sleep(giveUpAfter + readyFor)
		go func() { p.ends <- nil }()
		if err := p.check(t.Context()); err != nil || p.probes.Load() != 2 {
			t.Errorf("%v after %d probes", err, p.probes.Load())
		}
	})
}

// A caller who leaves does not end a probe that others wait for.
func TestReadinessOfACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProbed()
		leaving, leave := context.WithCancel(t.Context())
		left, stayed := make(chan error, 1), make(chan error, 1)
		go func() { left <- p.check(leaving) }()
		synctest.Wait()
		go func() { stayed <- p.check(t.Context()) }()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
		p.ends <- nil
		if err := <-stayed; err != nil || p.probes.Load() != 1 {
			t.Errorf("who stayed: %v after %d probes", err, p.probes.Load())
		}
	})
}
