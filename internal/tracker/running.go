package tracker

import (
	"context"
	"math"

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
	newest, err := t.store.SessionsBefore(ctx, rater.ID, endOfTime, 1)
	if err != nil || len(newest) == 0 || !newest[0].State.Active() {
		return StoredSession{}, false, err
	}
	return newest[0], true, nil
}

// endOfTime is later than any event.
const endOfTime = timeline.Instant(math.MaxInt64)
