package password

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPool(2)
		release := make(chan struct{})
		running := 0
		started := make(chan struct{}, 3)
		for range 3 {
			go func() {
				err := p.Run(t.Context(), func() { started <- struct{}{}; <-release })
				if err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if running = len(started); running != 2 {
			t.Errorf("%d run at a time, want 2", running)
		}

		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			_, err := NewHasher(p, DefaultCost()).Hash(ctx, "Tracker-2026")
			gaveUp <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting for a turn: got %v, want context.Canceled", err)
		}

		close(release)
		synctest.Wait()
		if running = len(started); running != 3 {
			t.Errorf("%d ran in the end, want 3", running)
		}
	})
}

func TestPoolRefusesAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := NewPool(1)
	for range 100 { // a select between a free slot and an ended context is a toss-up
		err := p.Run(ctx, func() { t.Error("ran") })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want context.Canceled", err)
		}
	}
}

// Beyond the bound nobody queues, and a caller who leaves the queue makes room in it.
func TestPoolBoundsItsQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pool, admitted = 2, 2 * (1 + waitersPerSlot)
		p := NewPool(pool)
		release := make(chan struct{})
		enter := func(ctx context.Context) chan error {
			done := make(chan error, 1)
			go func() { done <- p.Run(ctx, func() { <-release }) }()
			synctest.Wait()
			return done
		}
		impatient, giveUp := context.WithCancel(t.Context())
		var queue []chan error
		for range admitted - 1 {
			queue = append(queue, enter(t.Context()))
		}
		last := enter(impatient)

		refused := enter(t.Context())
		select {
		case err := <-refused:
			if !errors.Is(err, ErrBusy) {
				t.Errorf("one too many: got %v, want ErrBusy", err)
			}
		default:
			t.Error("one too many: it waits, want ErrBusy at once")
		}

		giveUp()
		if err := <-last; !errors.Is(err, context.Canceled) {
			t.Errorf("the one who gave up: got %v, want context.Canceled", err)
		}
		queue = append(queue, enter(t.Context()))
		close(release)
		for _, done := range queue {
			if err := <-done; err != nil {
				t.Errorf("one of those admitted: %v", err)
			}
		}
		if err := <-enter(t.Context()); err != nil {
			t.Errorf("after the burst: %v", err)
		}
	})
}
