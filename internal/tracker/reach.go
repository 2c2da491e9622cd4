package tracker

import (
	"math"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// maxGroupHistory is how many events the requests of a group may make it read and fold again,
// all together: everybody's presses wait for them. What reaches further back is put off to a
// transaction of its own. A day of work has some hundred events.
const maxGroupHistory = 2000

// hasHistoryFor reports whether the group can afford what a request reaches back, and counts
// it. A request that is apart has a bound of its own: see work.spend.
func (g *group) hasHistoryFor(r *request) bool {
	if r.isApart || r.probe {
		return true
	}
	cost := g.reach(r)
	if cost > g.bounds.history-g.reached {
		if newest := g.lines[r.rater.ID].newest; newest != nil {
			r.ahead.key = newest.key
		}
		return false
	}
	g.reached += cost
	return true
}

// singleRead is how many events take as long as the row of a session that is read by itself,
// for the answer to a repeated press.
const singleRead = 20

// tooFar is the reach of what may read sessions before the newest one.
const tooFar = math.MaxInt

// reach returns about how many events the presses of a request make the group read and fold
// again, or tooFar. It reads nothing. Presses in the order of their times reach no event at
// all. Several sessions that the presses themselves begin count as one.
func (g *group) reach(r *request) int {
	entries, started, last, isRead := 0, endOfTime, beginningOfTime, false
	if newest := g.lines[r.rater.ID].newest; newest != nil {
		entries, started, last = int(newest.version()), newest.state.StartedAt, newest.state.LastAt
		isRead = newest.whole != nil
	}
	cost, repeated := 0, SessionKey{}
	for _, p := range r.presses {
		if known, isRepeat := g.recorded[EventKey{UserID: r.rater.ID, ID: p.ID}]; isRepeat {
			if known.Session != repeated && g.sessions[known.Session] == nil {
				cost += singleRead
			}
			repeated = known.Session
			continue
		}
		if p.refused != nil {
			continue
		}
		at := p.at
		if at == 0 {
			at = last
		}
		if entries > 0 && at < started {
			return tooFar
		}
		isLate := at < last
		if !isRead && (isLate || p.Type == timeline.Undo) {
			cost, isRead = cost+entries, true
		}
		if isLate {
			cost += entries
		}
		entries, started, last = entries+1, min(started, at), max(last, at)
	}
	return cost
}
