package live

import (
	"context"
	"sync"
	"time"
)

// Signals tell the other replicas whose logs changed. Some may be lost: an open page also
// looks for changes by itself now and then.
type Signals interface {
	// Publish tells the others of these users, in any order.
	Publish(ctx context.Context, users []int64) error
	// Listen calls listening once it listens, and then changed for what the other replicas
	// publish, never for this replica's own changes. It returns when ctx ends or the
	// connection breaks.
	Listen(ctx context.Context, listening func(), changed func(users []int64)) error
}

const (
	// publishEvery gathers changes, so that a busy server tells the others some twenty times
	// a second and not at every commit.
	publishEvery = 50 * time.Millisecond
	// publishTimeout bounds one attempt. What could not be published is dropped.
	publishTimeout = 2 * time.Second
	// The wait before listening again starts at minListenWait and doubles up to maxListenWait.
	minListenWait = 100 * time.Millisecond
	maxListenWait = 5 * time.Second
)

// outbox gathers the users that the other replicas have to be told of.
type outbox struct {
	mu    sync.Mutex
	users map[int64]struct{}
	full  chan struct{} // holds one value while there is something to publish
}

func newOutbox() *outbox {
	return &outbox{users: map[int64]struct{}{}, full: make(chan struct{}, 1)}
}

func (o *outbox) add(users []int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, user := range users {
		o.users[user] = struct{}{}
	}
	select {
	case o.full <- struct{}{}:
	default:
	}
}

// drain empties the outbox and returns what was in it.
func (o *outbox) drain() []int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	users := make([]int64, 0, len(o.users))
	for user := range o.users {
		users = append(users, user)
	}
	clear(o.users)
	return users
}

// Share tells the other replicas of what is announced here, and wakes the watches here for
// what the others announce, until ctx ends; it then publishes what is left. So ctx has to
// end after the last Announce. Without Signals there are no others, and Share returns at once.
func (h *Hub) Share(ctx context.Context) error {
	if h.signals == nil {
		return nil
	}
	var listener sync.WaitGroup
	listener.Go(func() { h.listen(ctx) })
	defer listener.Wait()
	for {
		select {
		case <-h.outbox.full:
			h.publish(ctx)
		case <-ctx.Done():
			h.publish(ctx) // what was announced last
			return nil
		}
		select {
		case <-time.After(publishEvery):
		case <-ctx.Done():
		}
	}
}

// publish publishes what the outbox holds. The end of ctx does not cut it short.
func (h *Hub) publish(ctx context.Context) {
	users := h.outbox.drain()
	if len(users) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishTimeout)
	defer cancel()
	if err := h.signals.Publish(ctx, users); err != nil {
		h.log.Warn("telling other replicas of changes", "users", len(users), "error", err)
	}
}

// listen wakes watches for the changes of other replicas, and starts again after each
// failure. Each time it starts it wakes all watches, because it may have missed changes.
func (h *Hub) listen(ctx context.Context) {
	wait := minListenWait
	listening := func() {
		wait = minListenWait
		h.watches.wakeAll()
	}
	for {
		err := h.signals.Listen(ctx, listening, h.watches.wake)
		if ctx.Err() != nil {
			return
		}
		h.log.Warn("listening to other replicas", "error", err, "again_in", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		wait = min(2*wait, maxListenWait)
	}
}
