package tracker

import (
	"context"
	"sync"
	"time"
)

// Signals tell the other processes on one database whose logs changed. They may lose
// some: who watches looks now and then by itself.
type Signals interface {
	// Publish tells the others of these users, in whatever order.
	Publish(ctx context.Context, users []int64) error
	// Listen calls listening once it hears, and then changed for what the others publish, never
	// for what this process does. It returns when ctx ends, or it can hear no more.
	Listen(ctx context.Context, listening func(), changed func(users []int64)) error
}

const (
	// publishEvery gathers what changed, so that a busy server tells the others some
	// twenty times a second and not with every commit.
	publishEvery = 50 * time.Millisecond
	// publishTimeout bounds one attempt. What could not be told is dropped.
	publishTimeout = 2 * time.Second
	// The wait before listening again, doubled from one to the other.
	minListenWait = 100 * time.Millisecond
	maxListenWait = 5 * time.Second
)

// outbox gathers the users that the other processes are to be told of.
type outbox struct {
	mu    sync.Mutex
	users map[int64]struct{}
	full  chan struct{} // holds one: there is something
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

func (o *outbox) take() []int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	users := make([]int64, 0, len(o.users))
	for user := range o.users {
		users = append(users, user)
	}
	clear(o.users)
	return users
}

// announce tells who watches that the logs of these users changed: here at once, in
// other processes soon.
func (t *Tracker) announce(users []int64) {
	if len(users) == 0 {
		return
	}
	t.hub.wake(users)
	if t.signals != nil {
		t.outbox.add(users)
	}
}

// Share tells other processes of what this one records, and its watches of what they
// do, until ctx ends. Without Signals there are no others.
func (t *Tracker) Share(ctx context.Context) error {
	if t.signals == nil {
		return nil
	}
	var listener sync.WaitGroup
	listener.Go(func() { t.listen(ctx) })
	defer listener.Wait()
	for {
		select {
		case <-t.outbox.full:
			t.publish(ctx)
		case <-ctx.Done():
			t.publish(ctx) // what was recorded last
			return nil
		}
		select {
		case <-time.After(publishEvery):
		case <-ctx.Done():
		}
	}
}

// publish is not undone by the end of ctx.
func (t *Tracker) publish(ctx context.Context) {
	users := t.outbox.take()
	if len(users) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishTimeout)
	defer cancel()
	if err := t.signals.Publish(ctx, users); err != nil {
		t.log.Warn("telling other processes of changes", "users", len(users), "error", err)
	}
}

// listen hears what other processes tell, and again after each failure. Whoever watches
// is woken each time it begins: anything may have been missed before.
func (t *Tracker) listen(ctx context.Context) {
	wait := minListenWait
	listening := func() {
		wait = minListenWait
		t.hub.wakeAll()
	}
	for {
		err := t.signals.Listen(ctx, listening, t.hub.wake)
		if ctx.Err() != nil {
			return
		}
		t.log.Warn("listening to other processes", "error", err, "again_in", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		wait = min(2*wait, maxListenWait)
	}
}
