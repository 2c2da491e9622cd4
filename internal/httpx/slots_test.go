package httpx

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// Of one user, no more are under way than there are slots, some wait, and others are told to
// come back. Other users have slots of their own.
func TestSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := NewSlots(2, 1, time.Second)
		first := mustTake(t, s, 1)
		mustTake(t, s, 1)
		var third func()
		var done sync.WaitGroup
		done.Go(func() { third = mustTake(t, s, 1) })
		synctest.Wait()
		if third != nil {
			t.Fatal("a third request is under way")
		}
		_, err := s.Take(t.Context(), 1)
		if throttled, ok := errors.AsType[*fault.Throttled](err); !ok || throttled.RetryAfter != time.Second {
			t.Errorf("a fourth request: %v", err)
		}
		mustTake(t, s, 2)()
		first()
		done.Wait()
		third()
		mustTake(t, s, 1)()
	})
}

// Who gives up waiting leaves the place to others, and nothing stays of a user without requests.
func TestSlotsAreLeft(t *testing.T) {
	t.Parallel()
	s := NewSlots(1, 1, time.Second)
	giveBack := mustTake(t, s, 1)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if _, err := s.Take(gone, 1); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	giveBack()
	if len(s.of) != 0 {
		t.Errorf("%d users are kept", len(s.of))
	}
}

// A read that has waited for too long is told to come back.
func TestReadsLosePatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReads(limit.NewLimiter("reads", limit.Rate{}, nil, time.Now), time.Now)
		for range readsAtOnce {
			if _, _, err := r.Begin(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := r.Begin(t.Context(), 1)
		if throttled, ok := errors.AsType[*fault.Throttled](err); !ok || throttled.RetryAfter != readPatience {
			t.Errorf("got %v", err)
		}
	})
}

func mustTake(t *testing.T, s *Slots, userID int64) (giveBack func()) {
	t.Helper()
	giveBack, err := s.Take(t.Context(), userID)
	if err != nil {
		t.Error(err)
	}
	return giveBack
}
