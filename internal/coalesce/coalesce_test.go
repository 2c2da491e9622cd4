package coalesce_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/raterhub-tracker/raterhub-tracker/internal/coalesce"
)

// held is a Coalescer whose runs wait until the test lets them go on.
type held struct {
	*coalesce.Coalescer[int]
	groups  [][]int
	release chan struct{}
}

// newHeld returns a Coalescer with groups of up to 4 items, or of a weight of 100. The
// weight of an item is its value.
func newHeld() *held {
	h := &held{release: make(chan struct{})}
	h.Coalescer = coalesce.New(coalesce.Options[int]{
		MaxItems: 4, MaxWeight: 100, Weight: func(item int) int { return item },
		Run: func(group []int) {
			h.groups = append(h.groups, slices.Clone(group))
			<-h.release
		},
	})
	return h
}

// start calls Do in a goroutine, and returns once that call waits or has ended.
func (h *held) start(ctx context.Context, item int) <-chan error {
	result := make(chan error, 1)
	go func() { result <- h.Do(ctx, item) }()
	synctest.Wait()
	return result
}

func (h *held) expect(t *testing.T, groups ...[]int) {
	t.Helper()
	synctest.Wait()
	if !slices.EqualFunc(h.groups, groups, slices.Equal[[]int]) {
		t.Errorf("groups %v, want %v", h.groups, groups)
	}
}

// The first item runs at once, and those that come meanwhile run together; the next item
// that finds nothing under way runs at once again.
func TestItemsThatArriveDuringARun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		first := h.start(t.Context(), 1)
		h.expect(t, []int{1})
		second, third := h.start(t.Context(), 2), h.start(t.Context(), 3)
		h.expect(t, []int{1})
		h.release <- struct{}{}
		if err := <-first; err != nil {
			t.Error(err)
		}
		h.expect(t, []int{1}, []int{2, 3})
		select {
		case <-second:
			t.Error("an item of the second run is answered by the first")
		default:
		}
		h.release <- struct{}{}
		if err := errors.Join(<-second, <-third); err != nil {
			t.Error(err)
		}
		fourth := h.start(t.Context(), 4)
		h.expect(t, []int{1}, []int{2, 3}, []int{4})
		h.release <- struct{}{}
		if err := <-fourth; err != nil {
			t.Error(err)
		}
	})
}

// Groups end at their number of items and at their weight. One item may weigh more: it has a
// group of its own.
func TestGroupsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		for _, item := range []int{1, 40, 60, 60, 500} {
			h.start(t.Context(), item)
		}
		h.release <- struct{}{}
		synctest.Wait() // the first two of the waiting items run; then there is room for two more behind the rest
		for _, item := range []int{2, 3} {
			h.start(t.Context(), item)
		}
		for range 4 {
			h.release <- struct{}{}
		}
		for _, item := range []int{4, 5, 6, 7, 8, 9} { // one runs, 4 may wait, one waits until there is room
			h.start(t.Context(), item)
		}
		close(h.release)
		h.expect(t, []int{1}, []int{40, 60}, []int{60}, []int{500}, []int{2, 3}, []int{4}, []int{5, 6, 7, 8}, []int{9})
	})
}

// A caller that gives up returns at once, whether it waits for room or for its run. Its
// item is still run with the others if it was accepted.
func TestCallersThatGiveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		first := h.start(t.Context(), 1)
		ctx, giveUp := context.WithCancel(t.Context())
		leaving, patient := h.start(ctx, 2), h.start(t.Context(), 3)
		h.start(t.Context(), 4)
		h.start(t.Context(), 5)
		outside := h.start(ctx, 6) // 4 already wait
		giveUp()
		for _, result := range []<-chan error{leaving, outside} {
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want context.Canceled", err)
			}
		}
		close(h.release)
		if err := errors.Join(<-first, <-patient); err != nil {
			t.Error(err)
		}
		h.expect(t, []int{1}, []int{2, 3, 4, 5})
	})
}

// Close waits for the accepted items, and refuses those that come later or still wait for
// room.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		var in []<-chan error
		for item := range 5 {
			in = append(in, h.start(t.Context(), item))
		}
		outside := h.start(t.Context(), 5)
		closed := make(chan struct{})
		go func() {
			h.Close()
			close(closed)
		}()
		if err := <-outside; !errors.Is(err, coalesce.ErrClosed) {
			t.Errorf("outside: %v, want ErrClosed", err)
		}
		if err := h.Do(t.Context(), 6); !errors.Is(err, coalesce.ErrClosed) {
			t.Errorf("afterwards: %v, want ErrClosed", err)
		}
		select {
		case <-closed:
			t.Error("closed before what was let in is done")
		default:
		}
		close(h.release)
		<-closed
		for _, result := range in {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
		h.expect(t, []int{0}, []int{1, 2, 3, 4})
		h.Close() // a second time
	})
}

// Under load each item is run exactly once and after its request, and runs never overlap.
func TestUnderLoad(t *testing.T) {
	t.Parallel()
	type item struct{ asked, answered int64 }
	var clock atomic.Int64
	var running atomic.Bool
	c := coalesce.New(coalesce.Options[*item]{MaxItems: 8, Run: func(group []*item) {
		if running.Swap(true) {
			t.Error("two runs at a time")
		}
		started := clock.Add(1)
		for _, i := range group {
			if i.answered != 0 {
				t.Error("an item is done twice")
			}
			i.answered = started
		}
		if len(group) > 8 {
			t.Errorf("a group of %d", len(group))
		}
		running.Store(false)
	}})
	var callers sync.WaitGroup
	for range 50 {
		callers.Go(func() {
			for range 200 {
				i := item{asked: clock.Add(1)}
				if err := c.Do(t.Context(), &i); err != nil || i.answered <= i.asked {
					t.Errorf("asked at %d, answered at %d, %v", i.asked, i.answered, err)
				}
			}
		})
	}
	callers.Wait()
	c.Close()
}
