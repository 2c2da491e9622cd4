package tracker

import (
	"cmp"
	"maps"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// changes returns what the group writes, ordered by user, so that all replicas lock in the
// same order.
func (g *group) changes() Changes {
	slices.SortStableFunc(g.order, func(a, b *work) int { return cmp.Compare(a.key.UserID, b.key.UserID) })
	var c Changes
	if slices.ContainsFunc(g.requests, func(r *request) bool { return r.probe }) {
		c.Probe = newID()
	}
	for _, w := range g.order {
		if len(w.added) == 0 && !w.isHeld {
			continue
		}
		c.Events = append(c.Events, w.added...)
		c.Sessions = append(c.Sessions, StoredSession{SessionKey: w.key, Version: w.version(), State: w.state})
		drop, put := w.questions()
		c.Drop = appendStored(c.Drop, w.key, drop)
		c.Put = appendStored(c.Put, w.key, put)
	}
	c.Timelines = slices.Sorted(maps.Keys(g.reshaped))
	return c
}

// changed returns the users whose logs the group changed. Call it after changes.
func (g *group) changed() []int64 {
	users := make([]int64, 0, len(g.order))
	for _, w := range g.order {
		if len(w.added) > 0 {
			users = append(users, w.key.UserID)
		}
	}
	return users
}

func appendStored(to []StoredQuestion, key SessionKey, questions []timeline.Question) []StoredQuestion {
	for _, q := range questions {
		to = append(to, StoredQuestion{SessionKey: key, Question: q})
	}
	return to
}
