package tracker

import (
	"context"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// newest returns the newest session of the user by start; ok is false if there is none.
func (t *Tracker) newest(ctx context.Context, userID int64) (_ StoredSession, ok bool, _ error) {
	newest, err := t.store.SessionsBefore(ctx, userID, endOfTime, 1)
	if err != nil || len(newest) == 0 {
		return StoredSession{}, false, err
	}
	return newest[0], true, nil
}

// asSeen replaces the states of a user's sessions by what people see: only the newest session
// can be active, and any other without an EXIT counts as ended at its newest press.
func (t *Tracker) asSeen(ctx context.Context, sessions ...StoredSession) ([]StoredSession, error) {
	if !slices.ContainsFunc(sessions, func(s StoredSession) bool { return s.State.Active() }) {
		return sessions, nil
	}
	newest, _, err := t.newest(ctx, sessions[0].UserID)
	if err != nil {
		return nil, err
	}
	for i, s := range sessions {
		if s.ID != newest.ID {
			sessions[i].State = s.State.Superseded()
		}
	}
	return sessions, nil
}

// sessionsIn returns the sessions of a time as people see them: see Store.SessionsIn.
func (t *Tracker) sessionsIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]StoredSession, error) {
	sessions, err := t.store.SessionsIn(ctx, userID, from, to)
	if err != nil {
		return nil, err
	}
	return t.asSeen(ctx, sessions...)
}
