package httpx

import (
	"context"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Slots bounds how many requests of one kind each user has under way at once, in this process.
type Slots struct {
	most, waiting int
	retryAfter    time.Duration

	mu sync.Mutex
	of map[int64]*userSlots // of users who have a request under way
}

type userSlots struct {
	taken chan struct{} // holds one for each request under way
	asked int           // requests under way, and those that wait
}

// NewSlots makes slots for up to most requests of each user, while up to waiting others wait.
// A request beyond those is told to try again after retryAfter.
func NewSlots(most, waiting int, retryAfter time.Duration) *Slots {
	return &Slots{most: most, waiting: waiting, retryAfter: retryAfter, of: map[int64]*userSlots{}}
}

// Take takes a slot of a user, and waits for it if need be, until ctx ends. The caller gives it
// back. Take returns a *fault.Throttled if too many wait already, or the error of ctx.
func (s *Slots) Take(ctx context.Context, userID int64) (giveBack func(), err error) {
	mine := s.ask(userID)
	if mine == nil {
		return nil, &fault.Throttled{RetryAfter: s.retryAfter}
	}
	select {
	case mine.taken <- struct{}{}:
		return func() {
			<-mine.taken
			s.leave(userID)
		}, nil
	case <-ctx.Done():
		s.leave(userID)
		return nil, ctx.Err()
	}
}

// ask returns nil if too many requests of the user wait already.
func (s *Slots) ask(userID int64) *userSlots {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := s.of[userID]
	if mine == nil {
		mine = &userSlots{taken: make(chan struct{}, s.most)}
		s.of[userID] = mine
	}
	if mine.asked >= s.most+s.waiting {
		return nil
	}
	mine.asked++
	return mine
}

func (s *Slots) leave(userID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[userID].asked--; s.of[userID].asked == 0 {
		delete(s.of, userID)
	}
}
