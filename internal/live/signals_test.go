package live

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// fakeSignals notes what is published and when, and listens until it is told to fail.
type fakeSignals struct {
	start     time.Time
	published [][]int64
	at        []time.Duration
	publish   error

	listens []time.Duration
	refuses int // how many times Listen fails at once
	broken  chan error
	changed func([]int64)
}

func (s *fakeSignals) Publish(_ context.Context, users []int64) error {
	slices.Sort(users)
	s.published, s.at = append(s.published, users), append(s.at, time.Since(s.start))
	return s.publish
}

func (s *fakeSignals) Listen(ctx context.Context, listening func(), changed func([]int64)) error {
	s.listens = append(s.listens, time.Since(s.start))
	if s.refuses > 0 {
		s.refuses--
		return errors.New("refused")
	}
	s.changed = changed
	listening()
	select {
	case err := <-s.broken:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sharing runs Share until stop.
func sharing(t *testing.T, s *fakeSignals) (h *Hub, stop func()) {
	t.Helper()
	s.start, s.broken = time.Now(), make(chan error)
	h = New(Options{Log: slog.New(slog.DiscardHandler), Signals: s})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Share(ctx) }()
	synctest.Wait()
	return h, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// Share publishes the first change at once, those of the next 50 ms together with each user
// once, and the last ones before it ends. A failure does not stop it.
func TestSharePublishes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSignals{}
		h, stop := sharing(t, s)
		h.Announce(nil)
		h.Announce([]int64{1})
		synctest.Wait()
		s.publish = errors.New("not now")
		for i := range 10 {
			h.Announce([]int64{2, 3, int64(i)})
		}
		time.Sleep(publishEvery)
		synctest.Wait()
		time.Sleep(time.Second)
		h.Announce([]int64{4})
		synctest.Wait()
		h.Announce([]int64{5})
		stop()
		want := [][]int64{{1}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {4}, {5}}
		if !slices.EqualFunc(s.published, want, slices.Equal[[]int64]) {
			t.Errorf("published %v, want %v", s.published, want)
		}
		if at := []time.Duration{0, publishEvery, time.Second + publishEvery, time.Second + publishEvery}; !slices.Equal(s.at, at) {
			t.Errorf("published at %v, want %v", s.at, at)
		}
	})
}

// Share listens again after each failure, and waits longer each time. Whenever it starts to
// listen, it wakes all watches.
func TestShareListens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSignals{}
		h, stop := sharing(t, s)
		one, err := h.Watch(1)
		if err != nil {
			t.Fatal(err)
		}
		two, err := h.Watch(2)
		if err != nil {
			t.Fatal(err)
		}
		s.changed([]int64{2, 3})
		if len(one.changed) != 0 || len(two.changed) != 1 {
			t.Error("want the users woken that another replica named, and no others")
		}
		s.refuses = 8
		s.broken <- errors.New("connection lost")
		synctest.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(one.changed) != 1 {
			t.Error("a watch was not woken when it listened again")
		}
		s.broken <- errors.New("connection lost")
		time.Sleep(minListenWait)
		synctest.Wait()
		stop()
		var waits []time.Duration
		for i := range s.listens[1:] {
			waits = append(waits, s.listens[i+1]-s.listens[i])
		}
		const ms = time.Millisecond
		want := []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 5000 * ms, 5000 * ms, 5000 * ms}
		if len(waits) != 10 || !slices.Equal(waits[:9], want) || s.listens[10] != time.Minute+minListenWait {
			t.Errorf("listened at %v, want waits of %v and then a fresh start", s.listens, want)
		}
	})
}

// A single replica gathers nothing to publish.
func TestShareAlone(t *testing.T) {
	t.Parallel()
	h := New(Options{Log: slog.New(slog.DiscardHandler)})
	if err := h.Share(t.Context()); err != nil {
		t.Error(err)
	}
	h.Announce([]int64{1})
	if users := h.outbox.drain(); len(users) != 0 {
		t.Errorf("kept %v for nobody", users)
	}
}
