package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Running returns the question that runs at this moment, if one does.
func (t *Tracker) Running(ctx context.Context, rater Rater) (_ report.Running, ok bool, _ error) {
	s, ok, err := t.activeSession(ctx, rater)
	if err != nil || !ok {
		return report.Running{}, false, err
	}
	return report.RunningAt(s.ID, s.State, timeline.InstantOf(t.now())), true, nil
}

// activeSession returns the session that receives the user's presses of this moment: the
// newest one, unless it has ended.
func (t *Tracker) activeSession(ctx context.Context, rater Rater) (_ StoredSession, ok bool, _ error) {
	newest, ok, err := t.newest(ctx, rater.ID)
	return newest, ok && newest.State.Active(), err
}
