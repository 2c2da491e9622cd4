package web

import "sync"

// slots bounds how many downloads each user has under way at once, in this process.
type slots struct {
	most int

	mu    sync.Mutex
	taken map[int64]int // how many each user has; no zeros
}

func newSlots(most int) *slots { return &slots{most: most, taken: map[int64]int{}} }

// reserve takes a slot for the user and reports whether one was free. release gives it
// back.
func (s *slots) reserve(userID int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[userID] >= s.most {
		return false
	}
	s.taken[userID]++
	return true
}

func (s *slots) release(userID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[userID]--
	if s.taken[userID] == 0 {
		delete(s.taken, userID)
	}
}
