package httpx

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/meter"
)

// After a long read, a user's reads share a few turns with those of all others who read long, so
// that some processors stay free; whoever reads little waits for none of them. After a minute
// without a long read the user is one of those again.
func TestLongReadsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReads(limit.NewLimiter("reads", limit.Rate{}, nil, time.Now), time.Now)
		turns := max(1, runtime.GOMAXPROCS(0)/2)
		read := func(userID int64, rows int) (end func()) {
			t.Helper()
			ctx, end, err := r.Begin(t.Context(), userID)
			if err != nil {
				t.Fatal(err)
			}
			meter.Count(ctx, rows)
			return end
		}
		users := int64(turns + 1)
		for user := int64(1); user <= users; user++ {
			read(user, longRead)()
		}
		var ends []func()
		for user := int64(1); user < users; user++ {
			ends = append(ends, read(user, 1))
		}
		begun := make(chan func(), 1)
		go func() {
			_, end, err := r.Begin(context.Background(), users)
			if err != nil {
				t.Error(err)
			}
			begun <- end
		}()
		synctest.Wait()
		if len(begun) > 0 {
			t.Fatal("a long read is worked on beside as many as there are turns")
		}
		for range readsAtOnce {
			read(users+1, longRead-1) // others do not wait
		}
		ends[0]()
		synctest.Wait()
		(<-begun)()
		time.Sleep(longFor)
		for range readsAtOnce { // more than there are free turns, if there are few
			read(users, 1)
		}
	})
}

// Who gives up waiting for a turn leaves no trace: neither the turn nor the user's slot.
func TestLongReadsAreLeft(t *testing.T) {
	t.Parallel()
	l := newLongReads(time.Now)
	for range cap(l.turns) {
		if _, err := l.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	r := newReads(limit.NewLimiter("reads", limit.Rate{}, nil, time.Now), time.Now)
	r.Long = l
	l.note(1, longRead)
	for range 2 * readsAtOnce {
		if _, _, err := r.Begin(gone, 1); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if len(r.slots.of) != 0 {
		t.Error("a slot is kept")
	}
}
