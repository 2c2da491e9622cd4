package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

func TestHashAndVerify(t *testing.T) {
	h := newHasher(1)
	first, err := h.hash(t.Context(), "Tracker-2026")
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.hash(t.Context(), "Tracker-2026")
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("two hashes of a password are equal: the salt is not random")
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(first, want) {
		t.Errorf("hash %q does not start with %q", first, want)
	}
	for password, want := range map[string]bool{
		"Tracker-2026": true, "tracker-2026": false, "Tracker-2026 ": false, "": false,
	} {
		ok, outdated, err := h.verify(t.Context(), typedPassword{normalised: password}, first)
		if ok != want || outdated || err != nil {
			t.Errorf("verify(%q) = %t, %t, %v; want %t, false, nil", password, ok, outdated, err, want)
		}
	}
}

// Who has no password, and who does not exist, costs a hash of today's parameters
// and has no password that matches.
func TestVerifyNoHash(t *testing.T) {
	h := newHasher(1)
	dummy, err := parseArgon(h.dummy)
	if err != nil || dummy.argonParams != currentParams || dummy.outdated() {
		t.Errorf("the dummy: %+v, %v; want today's parameters", dummy.argonParams, err)
	}
	for _, raw := range []string{"", "Tracker-2026", h.dummy} {
		typed, _ := readTyped(raw)
		if ok, outdated, err := h.verify(t.Context(), typed, ""); ok || outdated || err != nil {
			t.Errorf("verify(%q) = %t, %t, %v; want false, false, nil", raw, ok, outdated, err)
		}
	}
}

func TestPoolIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(2)
		release := make(chan struct{})
		running := 0
		started := make(chan struct{}, 3)
		for range 3 {
			go func() {
				err := h.inPool(t.Context(), func() { started <- struct{}{}; <-release })
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
			_, err := h.hash(ctx, "Tracker-2026")
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
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := newHasher(1)
	for range 100 { // a select between a free slot and an ended context is a toss-up
		err := h.inPool(ctx, func() { t.Error("ran") })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want context.Canceled", err)
		}
	}
}

// Beyond the bound nobody queues, and who leaves the queue makes room in it.
func TestPoolBoundsItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pool, admitted = 2, 2 * (1 + waitersPerSlot)
		h := newHasher(pool)
		release := make(chan struct{})
		enter := func(ctx context.Context) chan error {
			done := make(chan error, 1)
			go func() { done <- h.inPool(ctx, func() { <-release }) }()
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
