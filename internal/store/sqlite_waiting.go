package store

import (
	"cmp"
	"slices"
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// waiting is what the journal holds and the tables do not, in memory. Only transactions that
// hold the journal change it, once they are on disk; mu lets others look meanwhile.
type waiting struct {
	mu    sync.RWMutex
	last  int64 // the newest row of the journal that is known
	users map[int64]*waitingUser
	queue []int64 // the users, by the first row in which they wait
	count int     // events that wait
}

// waitingUser is what waits of one user. The newest session is among the sessions, because
// presses in older ones are written into the tables at once.
type waitingUser struct {
	first     int64 // row of the journal
	sessions  []tracker.StoredSession
	events    []tracker.StoredEvent
	recorded  map[string]int // event ids: indexes of events
	questions []tracker.StoredQuestion
}

// add notes what row n of the journal holds.
func (w *waiting) add(n int64, c tracker.Changes) {
	w.last = n
	for _, s := range c.Sessions {
		w.of(s.UserID, n).put(s)
	}
	for _, e := range c.Events {
		u := w.of(e.Session.UserID, n)
		u.recorded[e.ID] = len(u.events)
		u.events = append(u.events, e)
	}
	for _, q := range c.Put {
		u := w.of(q.UserID, n)
		u.questions = append(u.questions, q)
	}
	w.count += len(c.Events)
}

func (w *waiting) of(userID, n int64) *waitingUser {
	u := w.users[userID]
	if u == nil {
		u = &waitingUser{first: n, recorded: make(map[string]int)}
		w.users[userID] = u
		w.queue = append(w.queue, userID)
	}
	return u
}

// remove forgets users whose rows are in the tables now.
func (w *waiting) remove(users []int64) {
	for _, id := range users {
		if u := w.users[id]; u != nil {
			w.count -= len(u.events)
			delete(w.users, id)
		}
	}
	w.queue = slices.DeleteFunc(w.queue, func(id int64) bool { return w.users[id] == nil })
}

// put adds a session, or replaces it.
func (u *waitingUser) put(s tracker.StoredSession) {
	i := slices.IndexFunc(u.sessions, func(old tracker.StoredSession) bool { return old.ID == s.ID })
	if i < 0 {
		u.sessions = append(u.sessions, s)
		return
	}
	u.sessions[i] = s
}

// newest returns the newest session of the user.
func (u *waitingUser) newest() tracker.StoredSession { return slices.MaxFunc(u.sessions, byStart) }

// byStart orders the sessions of a user as newestFirst does, the newest last.
func byStart(a, b tracker.StoredSession) int {
	return cmp.Or(
		cmp.Compare(a.State.StartedAt, b.State.StartedAt), cmp.Compare(b.State.Phase, a.State.Phase),
		cmp.Compare(a.State.EndedAt, b.State.EndedAt), cmp.Compare(a.ID, b.ID),
	)
}

// changes returns what waits of some users.
func (w *waiting) changes(users []int64) tracker.Changes {
	var c tracker.Changes
	for _, id := range users {
		u := w.users[id]
		c.Sessions = append(c.Sessions, u.sessions...)
		c.Events = append(c.Events, u.events...)
		c.Put = append(c.Put, u.questions...)
	}
	return c
}

const (
	// maxWaitingGroups and maxWaitingEvents bound what waits: the more of a user is written
	// at once, the less each press costs, and the longer the group that writes it takes.
	maxWaitingGroups = 64
	maxWaitingEvents = 4096
	// waitingShare is the part of the users that a group writes because they wait for long.
	waitingShare = 32
)

// due returns the users that the group that writes row n of the journal, with so many events,
// writes into the tables: those that have waited for long, but only a share of them, and as
// many as make room.
func (w *waiting) due(n int64, events int) []int64 {
	share := (len(w.queue) + waitingShare - 1) / waitingShare
	left := w.count + events
	for i, id := range w.queue {
		u := w.users[id]
		isOld := n-u.first >= maxWaitingGroups && i < share
		if !isOld && left <= maxWaitingEvents {
			return w.queue[:i]
		}
		left -= len(u.events)
	}
	return w.queue
}

// has reports whether something of a user waits, or of anybody if it is everybody, given the
// newest row of the journal. It is true as well if that row is of another process.
func (w *waiting) has(userID, newest int64) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if newest > w.last || userID == everybody {
		return newest > w.last || len(w.users) > 0
	}
	return w.users[userID] != nil
}
