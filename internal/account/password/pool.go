package password

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// ErrBusy is returned when too many passwords already wait to be hashed.
var ErrBusy = fault.New(fault.Unavailable, "too many logins at once: try again in a moment")

const (
	// waitersPerSlot bounds the queue of a lane for each slot. A hash takes some 20 ms, so that
	// the last in the queue waits for little more than a second.
	waitersPerSlot = 64
	// placesPerKey is how many of one key wait or are at work at a time. More guesses at one
	// account than the throttle lets through are never compared with its password, so a place
	// for each of them would only cost others theirs.
	placesPerKey = 8
)

// Lane is a queue for hashing. A flood in one of them leaves the others their turns.
type Lane int

// The lanes.
const (
	Strangers     Lane = iota // who wants to log in or register
	KnownBrowsers             // who wants to log in with a browser that has done so before
	Members                   // who is logged in, or who runs the server
	lanes
)

// turns says which lane is next when several wait: strangers have one turn of five.
var turns = [...]Lane{Members, KnownBrowsers, Members, KnownBrowsers, Strangers}

// Turn says in which lane a password waits, and on whose account it counts there.
type Turn struct {
	Lane Lane
	Key  string
}

// Pool bounds how many passwords are hashed at a time, and how many wait for it: each takes
// 19 MiB and a core, which a burst of logins must not multiply. Strangers have at most half
// of the slots, unless there is only one: a flood of guesses leaves a core to everybody else.
type Pool struct {
	slots, strangersSlots int

	mu        sync.Mutex
	atWork    int
	strangers int // of those at work
	next      int // in turns
	waiting   [lanes][]*waiter
	places    map[Turn]int // taken by those who wait or are at work
}

// waiter is one password that waits for its turn.
type waiter struct {
	Turn
	started chan struct{} // closed when it may begin
}

// NewPool returns a pool in which this many work at a time; 0 means one per processor of
// the program.
func NewPool(slots int) *Pool {
	if slots <= 0 {
		slots = runtime.GOMAXPROCS(0)
	}
	return &Pool{slots: slots, strangersSlots: max(1, slots/2), places: map[Turn]int{}}
}

// Run runs work when it is its turn. It returns ErrBusy at once if too many already wait in
// the lane or on the same key, or ctx's error if it ends while waiting.
func (p *Pool) Run(ctx context.Context, turn Turn, work func()) error {
	if err := ctx.Err(); err != nil {
		return err // a select may choose a free slot all the same
	}
	w, err := p.enter(turn)
	if err != nil {
		return err
	}
	defer p.leave(w)
	select {
	case <-w.started:
	case <-ctx.Done():
		return ctx.Err()
	}
	work()
	return nil
}

// enter takes a place, which leave gives back. It returns ErrBusy if there is none.
func (p *Pool) enter(turn Turn) (*waiter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.places[turn] >= placesPerKey {
		return nil, ErrBusy
	}
	if !p.isFree(turn.Lane) && len(p.waiting[turn.Lane]) >= p.slotsOf(turn.Lane)*waitersPerSlot {
		return nil, ErrBusy
	}
	w := &waiter{Turn: turn, started: make(chan struct{})}
	p.places[turn]++
	p.waiting[turn.Lane] = append(p.waiting[turn.Lane], w)
	p.start()
	return w, nil
}

// leave gives back the place of a waiter, who may have begun or not, and lets others begin.
func (p *Pool) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.places[w.Turn]--; p.places[w.Turn] == 0 {
		delete(p.places, w.Turn)
	}
	if i := slices.Index(p.waiting[w.Lane], w); i >= 0 {
		p.waiting[w.Lane] = slices.Delete(p.waiting[w.Lane], i, i+1)
		return
	}
	p.atWork--
	if w.Lane == Strangers {
		p.strangers--
	}
	p.start()
}

// start lets those begin whose turn it is, until the slots are taken.
func (p *Pool) start() {
	for {
		i := p.turn()
		if i < 0 {
			return
		}
		lane := turns[i]
		p.next = (i + 1) % len(turns)
		w := p.waiting[lane][0]
		p.waiting[lane] = slices.Delete(p.waiting[lane], 0, 1)
		p.atWork++
		if lane == Strangers {
			p.strangers++
		}
		close(w.started)
	}
}

// turn returns the place in turns of the next lane from which somebody can begin, or -1.
func (p *Pool) turn() int {
	for i := range turns {
		at := (p.next + i) % len(turns)
		if len(p.waiting[turns[at]]) > 0 && p.isFree(turns[at]) {
			return at
		}
	}
	return -1
}

// isFree reports whether there is a slot for a lane.
func (p *Pool) isFree(lane Lane) bool {
	return p.atWork < p.slots && (lane != Strangers || p.strangers < p.strangersSlots)
}

// slotsOf returns how many of a lane may be at work at a time.
func (p *Pool) slotsOf(lane Lane) int {
	if lane == Strangers {
		return p.strangersSlots
	}
	return p.slots
}
