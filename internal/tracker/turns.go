package tracker

import (
	"context"
	"sync"
)

// turns let one change of each user into the recorder at a time. A change of a long log keeps
// the recorder busy for a second: those of one user must not stand there in a row, with the
// presses of everybody else behind them.
type turns struct {
	mu sync.Mutex
	of map[int64]*turn // by user
}

type turn struct {
	taken chan struct{} // holds one while a change is made
	asked int           // changes that wait or are made
}

// take waits for the turn of a user, until ctx ends. The caller gives it back.
func (t *turns) take(ctx context.Context, userID int64) (giveBack func(), err error) {
	mine := t.ask(userID)
	select {
	case mine.taken <- struct{}{}:
		return func() {
			<-mine.taken
			t.leave(userID)
		}, nil
	case <-ctx.Done():
		t.leave(userID)
		return nil, ctx.Err()
	}
}

func (t *turns) ask(userID int64) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = make(map[int64]*turn)
	}
	mine := t.of[userID]
	if mine == nil {
		mine = &turn{taken: make(chan struct{}, 1)}
		t.of[userID] = mine
	}
	mine.asked++
	return mine
}

func (t *turns) leave(userID int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of[userID].asked--; t.of[userID].asked == 0 {
		delete(t.of, userID)
	}
}
