package tracker_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// gate is a store whose transactions wait to be let in.
type gate struct {
	tracker.Store
	entered atomic.Int64
	open    chan struct{} // a value lets one in, closing it lets in all
}

func (g *gate) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	g.entered.Add(1)
	<-g.open
	return g.Store.InTx(ctx, do)
}

func newGated(t *testing.T) (*fixture, *gate) {
	t.Helper()
	g := &gate{open: make(chan struct{})}
	f := newFixture(t, func(s tracker.Store) tracker.Store {
		g.Store = s
		return g
	})
	return f, g
}

// recordAsync records one press of a rater and sends its error.
func (f *fixture) recordAsync(ctx context.Context, rater tracker.Rater, p tracker.Press) <-chan error {
	result := make(chan error, 1)
	go func() {
		outcomes, err := f.Record(ctx, rater, []tracker.Press{p}, 0)
		if err == nil {
			err = outcomes[0].Err
		}
		result <- err
	}()
	return result
}

// Requests that arrive while a group is being written are written together by the next one.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		raters := make([]tracker.Rater, 10)
		for i := range raters {
			raters[i] = f.newRater(t)
		}
		results := []<-chan error{f.recordAsync(t.Context(), raters[0], next(0))}
		synctest.Wait() // the first is being written
		for i := range 40 {
			results = append(results, f.recordAsync(t.Context(), raters[i%len(raters)], next(60)))
		}
		synctest.Wait() // the others are queued
		if n := g.entered.Load(); n != 1 {
			t.Fatalf("%d transactions have begun, want 1", n)
		}
		close(g.open)
		for _, result := range results {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
		if n := g.entered.Load(); n != 2 {
			t.Errorf("%d transactions, want 2", n)
		}
		f.requireSound(t)
	})
}

// A stop loses nothing: what is queued by then is recorded. The test repeats this, because
// a select that finds both the queue and the stop ready chooses at random.
func TestRunRecordsWhatIsQueuedWhenItStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		rater := f.newRater(t)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		for try := range 30 {
			late := &fixture{Tracker: newTracker(f.store, f.clock, nil)}
			result := late.recordAsync(t.Context(), rater, next(try))
			synctest.Wait() // it is queued
			if err := late.Run(stopped); err != nil {
				t.Fatal(err)
			}
			if err := <-result; err != nil {
				t.Fatalf("try %d: %v", try+1, err)
			}
		}
	})
}

// Requests after the stop are refused, however many there are.
func TestRecordAfterTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		rater := f.newRater(t)
		f.stop()
		for range 2 * 256 { // more than fit into the queue
			if err := <-f.recordAsync(t.Context(), rater, next(90)); !errors.Is(err, tracker.ErrUnavailable) {
				t.Fatalf("got %v, want ErrUnavailable", err)
			}
		}
		if n := g.entered.Load(); n != 0 {
			t.Errorf("%d transactions, want none", n)
		}
	})
}

// A caller that gives up returns at once, whether its request is queued or still waits for
// room in the queue.
func TestRecordHonoursItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		rater := f.newRater(t)
		first := f.recordAsync(t.Context(), rater, next(0))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		var results []<-chan error
		for range 300 { // more than fit into the queue
			results = append(results, f.recordAsync(ctx, rater, next(60)))
		}
		synctest.Wait()
		cancel()
		for _, result := range results {
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v, want context.Canceled", err)
			}
		}
		close(g.open)
		if err := <-first; err != nil {
			t.Errorf("the one that waited: %v", err)
		}
	})
}

// A huge backlog is written in several transactions, so that nobody waits for all.
func TestGroupsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := newGated(t)
		results := []<-chan error{f.recordAsync(t.Context(), f.newRater(t), next(0))}
		synctest.Wait()
		batch := make([]tracker.Press, 500)
		for i := range batch {
			batch[i] = next(i)
		}
		for range 5 { // 4 of them are 2,000 events
			rater := f.newRater(t)
			result := make(chan error, 1)
			go func() {
				_, err := f.Record(t.Context(), rater, batch, 0)
				result <- err
			}()
			results = append(results, result)
		}
		synctest.Wait()
		close(g.open)
		for _, result := range results {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
		if n := g.entered.Load(); n != 3 {
			t.Errorf("%d transactions, want 3", n)
		}
	})
}
