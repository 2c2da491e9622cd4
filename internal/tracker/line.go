package tracker

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// beginningOfTime and endOfTime are earlier and later than any event.
const (
	beginningOfTime = timeline.Instant(math.MinInt64)
	endOfTime       = timeline.Instant(math.MaxInt64)
)

// line is what a group knows of where the sessions of one user lie in time. Deleted ones are
// as if they were not there. The newest session is known from the start, which is all that a
// press of this moment needs; older ones are read when a press falls among them.
//
// Sessions do not move while a line is in use: what deletes, restores or moves one has a
// group of its own.
type line struct {
	userID int64
	newest *work   // nil if there is none
	known  []*work // all that were read or started
	spans  []span  // of which all sessions are known
}

// span is the time from ≤ t < to.
type span struct{ from, to timeline.Instant }

func newLine(userID int64, newest *work) *line {
	l := &line{userID: userID, spans: []span{{beginningOfTime, endOfTime}}}
	if newest != nil {
		l.newest, l.known = newest, []*work{newest}
		l.spans[0].from = newest.state.StartedAt
	}
	return l
}

// home returns the session in whose span an instant falls, or nil: the one with the latest
// start at or before it, if that one has no EXIT or ended after it.
func (l *line) home(ctx context.Context, tx Tx, g *group, at timeline.Instant) (*work, error) {
	if err := l.learn(ctx, tx, g, at); err != nil {
		return nil, err
	}
	var latest *work
	for _, w := range l.known {
		if w.state.StartedAt <= at && (latest == nil || startsLater(w.state, latest.state)) {
			latest = w
		}
	}
	if latest == nil || endOf(latest.state) <= at {
		return nil, nil //nolint:nilnil // most instants are in no session
	}
	return latest, nil
}

// startsLater orders sessions by start. Of those that started at one instant, only the last
// has a length.
func startsLater(a, b timeline.State) bool {
	return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(endOf(a), endOf(b))) > 0
}

// endOf returns when a session ended, or endOfTime if it has no EXIT.
func endOf(s timeline.State) timeline.Instant {
	if s.Phase == timeline.Ended {
		return s.EndedAt
	}
	return endOfTime
}

// learn reads the sessions around an instant, unless they are known.
func (l *line) learn(ctx context.Context, tx Tx, g *group, at timeline.Instant) error {
	if slices.ContainsFunc(l.spans, func(s span) bool { return s.from <= at && at < s.to }) {
		return nil
	}
	before, err := tx.SessionsBefore(ctx, l.userID, at+1, 1)
	if err != nil {
		return fmt.Errorf("finding the session of a press: %w", err)
	}
	after, err := tx.SessionsFrom(ctx, l.userID, at+1, 1)
	if err != nil {
		return fmt.Errorf("finding the session after a press: %w", err)
	}
	around := span{beginningOfTime, endOfTime}
	if len(after) > 0 {
		around.to = after[0].State.StartedAt
	}
	if len(before) > 0 {
		around.from = before[0].State.StartedAt
		l.known = append(l.known, g.open(before[0]))
	}
	l.spans = append(l.spans, around)
	return nil
}

// start adds a session that begins at an instant at which none is.
func (l *line) start(g *group, at timeline.Instant) *work {
	w := g.open(StoredSession{SessionKey: SessionKey{UserID: l.userID, ID: newID()}})
	w.state.StartedAt = at // known before its first event is applied
	if l.newest == nil || at >= l.newest.state.StartedAt {
		l.newest = w
	}
	l.known = append(l.known, w)
	return w
}

// seen returns the state of a session as people see it. Only the newest one can be active;
// any other without an EXIT counts as ended at its newest press.
func (l *line) seen(w *work) timeline.State {
	if w == l.newest {
		return w.state
	}
	return w.state.Superseded()
}

// serverTime returns the time of a press that has none: now, but never before the newest
// event of the active session, nor before the end of the newest one. A replica with a fast
// clock may have recorded that.
func (l *line) serverTime(now timeline.Instant) timeline.Instant {
	switch {
	case l.newest == nil:
		return now
	case l.newest.state.Active():
		return max(now, l.newest.state.LastAt)
	}
	return max(now, l.newest.state.EndedAt)
}
