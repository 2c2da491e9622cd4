package live

import (
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// maxWatches is how many streams one user may hold open: more than the tabs that a person
// can see, and few enough that one user cannot take all of the server's connections.
const maxWatches = 20

// ErrTooManyWatches is returned to a user who already holds maxWatches streams open.
var ErrTooManyWatches = fault.New(fault.Unavailable, "this account has too many pages open: close one")

// ErrShuttingDown is returned when a watch is asked for while the server shuts down.
var ErrShuttingDown = fault.New(fault.Unavailable, "the server is shutting down: try again")

// Watch tells of one user's changes until it is closed.
type Watch struct {
	watches *watches
	user    int64
	changed chan struct{} // holds one: changes before it is read count as one
}

// Changed receives a value after the user's log changed, one for any number of changes.
func (w *Watch) Changed() <-chan struct{} { return w.changed }

// Ended is closed when all watches end, because the server shuts down.
func (w *Watch) Ended() <-chan struct{} { return w.watches.ended }

// Close ends the watch. It may be called once.
func (w *Watch) Close() { w.watches.remove(w) }

func (w *Watch) wake() {
	select {
	case w.changed <- struct{}{}:
	default: // an earlier change has not been read yet
	}
}

// watches are all open watches.
type watches struct {
	ended chan struct{}

	mu      sync.Mutex
	isEnded bool
	byUser  map[int64]map[*Watch]struct{} // without empty sets
}

func newWatches() *watches {
	return &watches{ended: make(chan struct{}), byUser: map[int64]map[*Watch]struct{}{}}
}

func (ws *watches) open(userID int64) (*Watch, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	of := ws.byUser[userID]
	switch {
	case ws.isEnded:
		return nil, ErrShuttingDown
	case len(of) >= maxWatches:
		return nil, ErrTooManyWatches
	case of == nil:
		of = map[*Watch]struct{}{}
		ws.byUser[userID] = of
	}
	w := &Watch{watches: ws, user: userID, changed: make(chan struct{}, 1)}
	of[w] = struct{}{}
	return w, nil
}

func (ws *watches) remove(w *Watch) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	of := ws.byUser[w.user]
	delete(of, w)
	if len(of) == 0 {
		delete(ws.byUser, w.user)
	}
}

// wake tells the watches of these users. It never waits, because the recorder calls it.
func (ws *watches) wake(users []int64) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.byUser) == 0 {
		return
	}
	for _, user := range users {
		for w := range ws.byUser[user] {
			w.wake()
		}
	}
}

func (ws *watches) wakeAll() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, of := range ws.byUser {
		for w := range of {
			w.wake()
		}
	}
}

func (ws *watches) end() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if !ws.isEnded {
		ws.isEnded = true
		close(ws.ended)
	}
}
