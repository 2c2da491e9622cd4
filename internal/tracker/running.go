package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// recentEnough is among how many of the newest sessions the active one is looked
// for. It is the newest, unless late presses opened it before others that ended.
const recentEnough = 10

// Running is the question that runs at this moment, if one does.
func (t *Tracker) Running(ctx context.Context, rater Rater) (_ report.Running, ok bool, _ error) {
	sessions, err := t.store.RecentSessions(ctx, rater.ID, recentEnough)
	if err != nil {
		return report.Running{}, false, err
	}
	for _, s := range sessions {
		if s.State.Active() {
			return report.RunningAt(s.ID, s.State, timeline.InstantOf(t.now())), true, nil
		}
	}
	return report.Running{}, false, nil
}
