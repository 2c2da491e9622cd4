package live

import (
	"errors"
	"testing"
)

func watch(t *testing.T, h *Hub, userID int64) *Watch {
	t.Helper()
	w, err := h.Watch(userID)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// One user has a limited number of watches, and a closed one makes room.
func TestTooManyWatches(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	first := watch(t, h, 1)
	for range 19 {
		watch(t, h, 1)
	}
	if _, err := h.Watch(1); !errors.Is(err, ErrTooManyWatches) {
		t.Errorf("the 21st: %v", err)
	}
	watch(t, h, 2)
	first.Close()
	watch(t, h, 1)
}

// EndWatches ends all watches, and no new ones begin.
func TestWatchesEnd(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	w := watch(t, h, 1)
	select {
	case <-w.Ended():
		t.Fatal("ended at once")
	default:
	}
	h.EndWatches()
	<-w.Ended()
	h.EndWatches() // a second time
	if _, err := h.Watch(1); !errors.Is(err, ErrShuttingDown) {
		t.Errorf("a watch after the end: %v", err)
	}
	w.Close()
}
