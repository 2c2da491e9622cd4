package tracker

import (
	"context"
	"slices"
	"sync"
)

// turns let in one holder at a time. The users who wait take turns: whoever has many waiting
// gets one of them in a round. So one user's changes, which may each keep the recorder busy for
// a moment, do not keep those of others waiting.
type turns struct {
	mu      sync.Mutex
	isTaken bool
	waiting []*queue // of users, in the order of their turns; none is empty
}

// queue is what one user waits for, oldest first.
type queue struct {
	userID int64
	turns  []chan struct{} // closed when it is the turn
}

// take waits for a turn of a user, until ctx ends. The caller gives it back.
func (t *turns) take(ctx context.Context, userID int64) (giveBack func(), err error) {
	mine := t.ask(userID)
	select {
	case <-mine:
		return t.pass, nil
	case <-ctx.Done():
	}
	if !t.leave(userID, mine) { // it was given meanwhile
		t.pass()
	}
	return nil, ctx.Err()
}

// ask returns what is closed when it is the turn.
func (t *turns) ask(userID int64) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	turn := make(chan struct{})
	if !t.isTaken {
		t.isTaken = true
		close(turn)
		return turn
	}
	i := t.indexOf(userID)
	if i < 0 {
		i = len(t.waiting)
		t.waiting = append(t.waiting, &queue{userID: userID})
	}
	t.waiting[i].turns = append(t.waiting[i].turns, turn)
	return turn
}

// pass gives the turn to the next user, who then waits behind all others for another one.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isTaken = len(t.waiting) > 0; !t.isTaken {
		return
	}
	next := t.waiting[0]
	t.waiting = t.waiting[1:]
	close(next.turns[0])
	if next.turns = next.turns[1:]; len(next.turns) > 0 {
		t.waiting = append(t.waiting, next)
	}
}

// leave gives up waiting; it returns false if the turn has come.
func (t *turns) leave(userID int64, turn chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.indexOf(userID)
	if i < 0 {
		return false
	}
	q := t.waiting[i]
	j := slices.Index(q.turns, turn)
	if j < 0 {
		return false
	}
	if q.turns = slices.Delete(q.turns, j, j+1); len(q.turns) == 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
	}
	return true
}

func (t *turns) indexOf(userID int64) int {
	return slices.IndexFunc(t.waiting, func(q *queue) bool { return q.userID == userID })
}
