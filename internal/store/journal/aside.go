package journal

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// carriedAfter is how many rows the journal keeps because of a user who is set aside. After them
// what waits of that user is written again, into a new row, so that those before it can go.
const carriedAfter = 4 * maxGroups

// SetAside notes that the tables refuse what waits of a user. It stays in the journal until they
// take it, and nobody else waits for it. It returns false if nothing waits, or it is noted already.
func (w *Waiting) SetAside(userID int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.users[userID]
	if u == nil || u.isAside {
		return false
	}
	u.isAside = true
	w.count -= len(u.events)
	w.queue = slices.DeleteFunc(w.queue, func(id int64) bool { return id == userID })
	w.aside = append(w.aside, userID)
	return true
}

// IsAside reports whether a user is set aside.
func (w *Waiting) IsAside(userID int64) bool { return slices.Contains(w.aside, userID) }

// Next returns the row that a transaction adds to the journal for its changes, and the users whose
// earlier rows it makes superfluous. They wait from that row on, and are not set aside any more:
// the tables may have come to take them.
func (w *Waiting) Next(c tracker.Changes) (_ Row, carried []int64) {
	n := w.last + 1
	for _, id := range w.aside {
		if n-w.users[id].first > carriedAfter {
			carried = append(carried, id)
		}
	}
	if len(carried) == 0 {
		return Row{n, c}, nil
	}
	again := w.Changes(carried)
	return Row{n, tracker.Changes{
		Sessions: append(again.Sessions, c.Sessions...),
		Events:   append(again.Events, c.Events...),
		Put:      append(again.Put, c.Put...),
	}}, carried
}
