package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Running returns the question that runs at this moment, if one does.
func (t *Tracker) Running(ctx context.Context, rater Rater) (_ report.Running, ok bool, _ error) {
	s, err := t.store.ActiveSession(ctx, rater.ID)
	if errors.Is(err, ErrUnknown) {
		return report.Running{}, false, nil
	}
	if err != nil {
		return report.Running{}, false, err
	}
	return report.RunningAt(s.ID, s.State, timeline.InstantOf(t.now())), true, nil
}
