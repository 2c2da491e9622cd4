package tracker

import (
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// maxWatches is how many streams one user may hold open: more than a person has
// tabs in sight, and few enough that nobody takes the server's connections.
const maxWatches = 20

// ErrTooManyWatches is the failure of who holds too many streams open already.
var ErrTooManyWatches = fault.New(fault.Unavailable, "too many pages follow this account: close one")

// ErrEnding is the failure of who wants to watch a server that stops.
var ErrEnding = fault.New(fault.Unavailable, "the server is stopping: try again")

// Watch tells of one user's changes until it is closed.
type Watch struct {
	hub     *hub
	user    int64
	changed chan struct{} // holds one: changes that come before it is read are one
}

// Changed gets a value after the user's log changed, one for any number of changes.
func (w *Watch) Changed() <-chan struct{} { return w.changed }

// Ended is closed when all watches end, because the server stops.
func (w *Watch) Ended() <-chan struct{} { return w.hub.ended }

// Close ends the watch. It may be called once.
func (w *Watch) Close() { w.hub.remove(w) }

// hub knows who watches.
type hub struct {
	ended chan struct{}

	mu      sync.Mutex
	isEnded bool
	watches map[int64]map[*Watch]struct{} // by user; no empty ones
}

func newHub() *hub {
	return &hub{ended: make(chan struct{}), watches: map[int64]map[*Watch]struct{}{}}
}

// Watch follows the changes of a user's log, by whichever process they were made. It
// returns ErrTooManyWatches, or ErrEnding after EndWatches.
func (t *Tracker) Watch(userID int64) (*Watch, error) { return t.hub.add(userID) }

// EndWatches ends all watches and lets no new ones begin, so that a server that stops
// does not wait for pages that are open.
func (t *Tracker) EndWatches() { t.hub.end() }

func (h *hub) add(userID int64) (*Watch, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	of := h.watches[userID]
	switch {
	case h.isEnded:
		return nil, ErrEnding
	case len(of) >= maxWatches:
		return nil, ErrTooManyWatches
	case of == nil:
		of = map[*Watch]struct{}{}
		h.watches[userID] = of
	}
	w := &Watch{hub: h, user: userID, changed: make(chan struct{}, 1)}
	of[w] = struct{}{}
	return w, nil
}

func (h *hub) remove(w *Watch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	of := h.watches[w.user]
	delete(of, w)
	if len(of) == 0 {
		delete(h.watches, w.user)
	}
}

// wake tells the watches of these users. It waits for nobody: the recorder calls it.
func (h *hub) wake(users []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.watches) == 0 {
		return
	}
	for _, user := range users {
		for w := range h.watches[user] {
			w.wake()
		}
	}
}

func (h *hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, of := range h.watches {
		for w := range of {
			w.wake()
		}
	}
}

func (w *Watch) wake() {
	select {
	case w.changed <- struct{}{}:
	default: // it has not read of an earlier change yet
	}
}

func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.isEnded {
		h.isEnded = true
		close(h.ended)
	}
}
