package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// findOverlaps adds the overlaps among the sessions of one user to v. The sessions may have
// changed since they were read, so a pair is read again before it is reported.
func (t *Tracker) findOverlaps(ctx context.Context, sessions []StoredSession, v *Verification) error {
	sessions = slices.DeleteFunc(sessions, func(s StoredSession) bool { return s.State.Deleted })
	slices.SortFunc(sessions, func(a, b StoredSession) int {
		return cmp.Or(cmp.Compare(a.State.StartedAt, b.State.StartedAt), cmp.Compare(endOf(a.State), endOf(b.State)))
	})
	var longest StoredSession // of those so far, the one that ends last
	for i, s := range sessions {
		if i > 0 && overlap(longest.State, s.State) {
			if err := t.reportOverlap(ctx, longest.SessionKey, s.SessionKey, v); err != nil {
				return err
			}
		}
		// Any session before the newest is bounded by its newest press.
		if i == 0 || takenBy(s.State, false).to > takenBy(longest.State, false).to {
			longest = s
		}
	}
	return nil
}

// overlap reports whether two sessions share time; b starts after a, or with it.
func overlap(a, b timeline.State) bool {
	earlier, later := takenBy(a, false), takenBy(b, true)
	return later.from < earlier.to && earlier.from < later.to
}

func (t *Tracker) reportOverlap(ctx context.Context, a, b SessionKey, v *Verification) error {
	pair := make([]StoredSession, 2)
	for i, key := range []SessionKey{a, b} {
		var err error
		if pair[i], err = t.store.Session(ctx, key); errors.Is(err, ErrUnknown) || pair[i].State.Deleted {
			return nil
		} else if err != nil {
			return err
		}
	}
	if !overlap(pair[0].State, pair[1].State) {
		return nil
	}
	v.Overlaps = append(v.Overlaps, fmt.Sprintf("sessions %s and %s of user %d overlap from %s on",
		a.ID, b.ID, a.UserID, pair[1].State.StartedAt.Time().Format(time.RFC3339)))
	return nil
}
