package password

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
)

// member is a turn of a user who is logged in.
func member(key string) Turn { return Turn{Lane: Members, Key: key} }

// bench has a pool whose work goes on until the test says so.
type bench struct {
	*Pool
	begun   []Turn // in the order in which they began
	release chan struct{}
}

func newBench(slots int) *bench { return &bench{Pool: NewPool(slots), release: make(chan struct{})} }

// enter asks for a turn, and returns where its end is told when that is clear or it waits.
func (b *bench) enter(ctx context.Context, turn Turn) chan error {
	ended := make(chan error, 1)
	go func() {
		ended <- b.Run(ctx, turn, func() {
			b.mu.Lock()
			b.begun = append(b.begun, turn)
			b.mu.Unlock()
			<-b.release
		})
	}()
	synctest.Wait()
	return ended
}

// finish ends one that is at work, and lets the next one begin.
func (b *bench) finish() {
	b.release <- struct{}{}
	synctest.Wait()
}

// keys returns the keys of those that began after the first n.
func (b *bench) keys(n int) []string {
	var keys []string
	for _, t := range b.begun[n:] {
		keys = append(keys, t.Key)
	}
	return keys
}

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(2)
		for i := range 3 {
			b.enter(t.Context(), member(fmt.Sprint(i)))
		}
		if len(b.begun) != 2 {
			t.Errorf("%d run at a time, want 2", len(b.begun))
		}

		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			_, err := NewHasher(b.Pool, DefaultCost()).Hash(ctx, member("impatient"), "Tracker-2026")
			gaveUp <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting for a turn: got %v, want context.Canceled", err)
		}

		close(b.release)
		synctest.Wait()
		if len(b.begun) != 3 {
			t.Errorf("%d ran in the end, want 3", len(b.begun))
		}
		if b.atWork != 0 || b.strangers != 0 || len(b.places) != 0 {
			t.Errorf("afterwards %d are at work, %d of them strangers, %d places are taken", b.atWork, b.strangers, len(b.places))
		}
	})
}

func TestPoolRefusesAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := NewPool(1)
	for range 100 { // a select between a free slot and an ended context is a toss-up
		err := p.Run(ctx, member(""), func() { t.Error("ran") })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want context.Canceled", err)
		}
	}
}

// Beyond the bound of a lane nobody queues, and a caller who leaves the queue makes room in it.
func TestPoolBoundsItsQueues(t *testing.T) {
	t.Parallel()
	for lane, slots := range map[Lane]int{Strangers: 2, KnownBrowsers: 4, Members: 4} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(4)
			turn := func(i int) Turn { return Turn{Lane: lane, Key: fmt.Sprint(i)} }
			impatient, giveUp := context.WithCancel(t.Context())
			var queue []chan error
			for i := range slots*(1+waitersPerSlot) - 1 {
				queue = append(queue, b.enter(t.Context(), turn(i)))
			}
			last := b.enter(impatient, turn(-1))
			if len(b.begun) != slots {
				t.Errorf("lane %d: %d at work, want %d", lane, len(b.begun), slots)
			}
			if err := at(b.enter(t.Context(), turn(-2))); !errors.Is(err, ErrBusy) {
				t.Errorf("lane %d: one too many: got %v, want ErrBusy at once", lane, err)
			}
			giveUp()
			if err := <-last; !errors.Is(err, context.Canceled) {
				t.Errorf("lane %d: the one who gave up: got %v, want context.Canceled", lane, err)
			}
			queue = append(queue, b.enter(t.Context(), turn(-3)))
			close(b.release)
			for _, ended := range queue {
				if err := <-ended; err != nil {
					t.Errorf("lane %d: one of those admitted: %v", lane, err)
				}
			}
			if err := <-b.enter(t.Context(), turn(-4)); err != nil {
				t.Errorf("lane %d: after the burst: %v", lane, err)
			}
		})
	}
}

// errWaits stands for the end of what has not ended.
var errWaits = errors.New("waits")

func at(ended chan error) error {
	select {
	case err := <-ended:
		return err
	default:
		return errWaits
	}
}

// A flood of strangers takes neither the place nor the turn of a known browser or of a user
// who is logged in: they wait for no hash at all while a slot is theirs, and for one if not.
func TestFloodLeavesTurnsToOthers(t *testing.T) {
	t.Parallel()
	for _, lane := range []Lane{KnownBrowsers, Members} {
		for slots, waits := range map[int]int{1: 1, 2: 0, 8: 0} {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(slots)
				refused := 0
				for i := range 500 {
					if errors.Is(at(b.enter(t.Context(), Turn{Lane: Strangers, Key: fmt.Sprint(i)})), ErrBusy) {
						refused++
					}
				}
				strangers := len(b.begun)
				if want := max(0, 500-strangers*(1+waitersPerSlot)); strangers != max(1, slots/2) || refused != want {
					t.Errorf("%d slots: %d strangers at work, %d of 500 refused; want half of the slots, and %d", slots, strangers, refused, want)
				}
				b.enter(t.Context(), Turn{Lane: lane, Key: "ann"})
				for range waits {
					b.finish()
				}
				if got := b.keys(strangers); !slices.Equal(got, []string{"ann"}) {
					t.Errorf("%d slots, lane %d: after %d hashes %v began, want Ann alone", slots, lane, waits, got)
				}
				close(b.release)
				synctest.Wait()
			})
		}
	}
}

// Of many who wait in every lane, each lane gets its share, and none starves.
func TestLanesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1)
		b.enter(t.Context(), member("first"))
		for i := range 10 {
			for lane, name := range map[Lane]string{Strangers: "s", KnownBrowsers: "k", Members: "m"} {
				b.enter(t.Context(), Turn{Lane: lane, Key: fmt.Sprint(name, i)})
			}
		}
		for range 10 {
			b.finish()
		}
		want := []string{"k0", "m0", "k1", "s0", "m1", "k2", "m2", "k3", "s1", "m3"}
		if got := b.keys(1); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		close(b.release)
		synctest.Wait()
	})
}

// Guesses at one account take few places, so that one account cannot keep the others out.
func TestPlacesOfOneKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(2)
		for i := range 20 {
			err := at(b.enter(t.Context(), Turn{Lane: Strangers, Key: "ann"}))
			if want := map[bool]error{true: errWaits, false: ErrBusy}[i < placesPerKey]; !errors.Is(err, want) {
				t.Errorf("guess %d: got %v, want %v", i, err, want)
			}
		}
		for _, other := range []Turn{{Lane: Strangers, Key: "bob"}, {Lane: KnownBrowsers, Key: "ann"}} {
			if err := at(b.enter(t.Context(), other)); !errors.Is(err, errWaits) {
				t.Errorf("%+v: got %v, want it to wait or to be at work", other, err)
			}
		}
		b.finish()
		if err := at(b.enter(t.Context(), Turn{Lane: Strangers, Key: "ann"})); !errors.Is(err, errWaits) {
			t.Errorf("after one guess has ended: got %v, want it to wait", err)
		}
		close(b.release)
		synctest.Wait()
	})
}
