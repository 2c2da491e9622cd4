// Package journal is about the rows in which SQLite keeps groups of presses before its tables
// have them: how a row is written, and what of it waits for the tables.
package journal

import (
	"cmp"
	"slices"
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Everybody stands for all users, whose IDs start at 1.
const Everybody = 0

// Waiting is what the journal holds and the tables do not, in memory. Everything but Has is
// for the one transaction that writes.
type Waiting struct {
	mu    sync.RWMutex // held while it changes, and by Has
	last  int64        // the newest row of the journal that is known
	users map[int64]*user
	queue []int64 // the users, by the first row in which they wait, without those set aside
	aside []int64 // users of whom the tables refuse what waits
	count int     // events that wait, without those of users set aside
}

// user is what waits of one user. The newest session is among the sessions, because presses
// in older ones are written into the tables at once.
type user struct {
	first     int64 // row of the journal
	sessions  []tracker.StoredSession
	events    []tracker.StoredEvent
	recorded  map[string]int // event ids: indexes of events
	questions []tracker.StoredQuestion
	isAside   bool
}

// Row is a row of the journal. Rows are numbered from 1, in the order of their commits.
type Row struct {
	N       int64
	Changes tracker.Changes
}

// Reload notes that the journal holds these rows, in order. Of a session, the tables have as many
// events as its version there says: a row stays in the journal until the last of its users does
// not wait any more. A row that repeats events of earlier ones adds only what follows them.
func (w *Waiting) Reload(rows []Row, versions map[tracker.SessionKey]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.users, w.queue, w.aside, w.count, w.last = nil, nil, nil, 0, 0
	for _, r := range rows {
		left := after(r.Changes, versions)
		w.add(Row{r.N, left})
		for _, s := range left.Sessions {
			versions[s.SessionKey] = s.Version
		}
	}
}

// after returns the changes that follow these versions of the sessions.
func after(c tracker.Changes, versions map[tracker.SessionKey]int64) (left tracker.Changes) {
	for _, s := range c.Sessions {
		if s.Version > versions[s.SessionKey] {
			left.Sessions = append(left.Sessions, s)
		}
	}
	for _, e := range c.Events {
		if e.Seq > versions[e.Session] {
			left.Events = append(left.Events, e)
		}
	}
	for _, q := range c.Put {
		if q.Seq > versions[q.SessionKey] {
			left.Put = append(left.Put, q)
		}
	}
	return left
}

// Commit notes what a transaction has done: it has written what waited of some users into the
// tables, and has added a row to the journal, unless N is 0.
func (w *Waiting) Commit(settled []int64, added Row) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range settled {
		if u := w.users[id]; u != nil {
			if !u.isAside {
				w.count -= len(u.events)
			}
			delete(w.users, id)
		}
	}
	if len(settled) > 0 {
		isSettled := func(id int64) bool { return w.users[id] == nil }
		w.queue = slices.DeleteFunc(w.queue, isSettled)
		w.aside = slices.DeleteFunc(w.aside, isSettled)
	}
	if added.N > 0 {
		w.add(added)
	}
}

func (w *Waiting) add(r Row) {
	w.last = r.N
	for _, s := range r.Changes.Sessions {
		w.of(s.UserID, r.N).put(s)
	}
	for _, e := range r.Changes.Events {
		u := w.of(e.Session.UserID, r.N)
		u.recorded[e.ID] = len(u.events)
		u.events = append(u.events, e)
	}
	for _, q := range r.Changes.Put {
		u := w.of(q.UserID, r.N)
		u.questions = append(u.questions, q)
	}
	w.count += len(r.Changes.Events)
}

func (w *Waiting) of(userID, n int64) *user {
	u := w.users[userID]
	if u == nil {
		if w.users == nil {
			w.users = make(map[int64]*user)
		}
		u = &user{first: n, recorded: make(map[string]int)}
		w.users[userID] = u
		w.queue = append(w.queue, userID)
	}
	return u
}

// put adds a session, or replaces it.
func (u *user) put(s tracker.StoredSession) {
	i := slices.IndexFunc(u.sessions, func(old tracker.StoredSession) bool { return old.ID == s.ID })
	if i < 0 {
		u.sessions = append(u.sessions, s)
		return
	}
	u.sessions[i] = s
}

// Has reports whether something of a user waits, or of anybody who is not set aside if it is
// Everybody, given the number of the newest row in the file. If another process has written that row, it does.
func (w *Waiting) Has(userID, newest int64) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if newest > w.last || userID == Everybody {
		return newest > w.last || len(w.queue) > 0
	}
	return w.users[userID] != nil
}

// Last returns the number of the newest row that is known, or 0.
func (w *Waiting) Last() int64 { return w.last }

// Users returns those of some users of whom something waits; for Everybody all of them who are not
// set aside.
func (w *Waiting) Users(of ...int64) []int64 {
	if slices.Contains(of, Everybody) {
		return slices.Clone(w.queue)
	}
	return slices.DeleteFunc(slices.Clone(of), func(id int64) bool { return w.users[id] == nil })
}

// Newest returns the newest session of a user of whom something waits.
func (w *Waiting) Newest(userID int64) (_ tracker.StoredSession, waits bool) {
	u := w.users[userID]
	if u == nil {
		return tracker.StoredSession{}, false
	}
	return slices.MaxFunc(u.sessions, ByStart), true
}

// Recorded returns an event, if it waits.
func (w *Waiting) Recorded(key tracker.EventKey) (_ tracker.StoredEvent, waits bool) {
	if u := w.users[key.UserID]; u != nil {
		if i, ok := u.recorded[key.ID]; ok {
			return u.events[i], true
		}
	}
	return tracker.StoredEvent{}, false
}

// Changes returns what waits of some users.
func (w *Waiting) Changes(users []int64) tracker.Changes {
	var c tracker.Changes
	for _, id := range users {
		u := w.users[id]
		c.Sessions = append(c.Sessions, u.sessions...)
		c.Events = append(c.Events, u.events...)
		c.Put = append(c.Put, u.questions...)
	}
	return c
}

// Oldest returns the first row in which a user waits, without some users; 0 if nobody else does.
func (w *Waiting) Oldest(without []int64) (oldest int64) {
	for _, users := range [][]int64{w.queue, w.aside} {
		i := slices.IndexFunc(users, func(id int64) bool { return !slices.Contains(without, id) })
		if i >= 0 && (oldest == 0 || w.users[users[i]].first < oldest) {
			oldest = w.users[users[i]].first
		}
	}
	return oldest
}

const (
	// maxGroups and maxEvents bound what waits: the more of a user is written at once, the less
	// each press costs, and the longer the group takes that writes it.
	maxGroups = 64
	maxEvents = 4096
	// share is the part of the users that a group writes because they have waited for long.
	share = 32
)

// Due returns the users whom the group that writes the next row, with so many events, also
// writes into the tables: those who have waited for maxGroups, but only a share of all; and as
// many as must, so that no more than maxEvents wait.
func (w *Waiting) Due(events int) []int64 {
	most := (len(w.queue) + share - 1) / share
	left := w.count + events
	for i, id := range w.queue {
		u := w.users[id]
		isLong := w.last+1-u.first >= maxGroups && i < most
		if !isLong && left <= maxEvents {
			return w.queue[:i]
		}
		left -= len(u.events)
	}
	return w.queue
}

// ByStart orders the sessions of a user as they lie in time. Of those that started at one
// instant, the last has no EXIT or ended last: the others have no length.
func ByStart(a, b tracker.StoredSession) int {
	return cmp.Or(
		cmp.Compare(a.State.StartedAt, b.State.StartedAt), cmp.Compare(b.State.Phase, a.State.Phase),
		cmp.Compare(a.State.EndedAt, b.State.EndedAt), cmp.Compare(a.ID, b.ID),
	)
}
