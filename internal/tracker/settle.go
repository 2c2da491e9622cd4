package tracker

import (
	"context"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ErrOverlap is matched by every Overlap.
var ErrOverlap = fault.New(fault.Conflict, "this would overlap another session")

// Overlap is the failure of a change that would make two sessions of a user overlap, so that
// an instant would count twice.
type Overlap struct {
	With report.SessionInfo // the other session
}

// Error names the other session, with times in UTC.
func (o *Overlap) Error() string {
	from := o.With.StartedAt.Time().Format(time.RFC3339)
	if o.With.EndedAt == 0 {
		return fmt.Sprintf("this would overlap the session that runs since %s", from)
	}
	return fmt.Sprintf("this would overlap the session from %s to %s", from, o.With.EndedAt.Time().Format(time.RFC3339))
}

// Is makes errors.Is(err, ErrOverlap) true.
func (o *Overlap) Is(target error) bool { return target == ErrOverlap }

// Unwrap makes it a conflict.
func (o *Overlap) Unwrap() error { return fault.New(fault.Conflict, o.Error()) }

// checkedOverlaps is how many sessions before the end of a changed one are compared with it.
// All but one of those that begin inside it would have to have no length.
const checkedOverlaps = 16

// settle finds the place of a changed session among the user's others: whether it is the
// newest now, and that it overlaps none. was is its state before, or the zero State for one
// that is entered: that must not lie in the time of the active session, which would cease to
// be active unnoticed. It returns an Overlap.
func (g *group) settle(ctx context.Context, tx Tx, w *work, was timeline.State) error {
	g.reshaped[w.key.UserID] = true
	line := g.lines[w.key.UserID]
	other, err := newestBeside(ctx, tx, w.key)
	if err != nil {
		return err
	}
	newestBefore := line.newest
	switch {
	case w.state.Deleted || other != nil && startsLater(other.State, w.state):
		line.newest = nil
		if other != nil {
			line.newest = g.open(*other)
		}
	default:
		line.newest = w
	}
	if newestBefore != nil && newestBefore != line.newest {
		newestBefore.isHeld = true
	}
	if w.state.Deleted {
		return nil
	}
	now := takenBy(w.state, line.newest == w)
	isEntered := was.Phase == timeline.NotStarted
	if before := takenBy(was, newestBefore == w); !isEntered && !was.Deleted && now.from >= before.from && now.to <= before.to {
		return nil // sessions of an earlier version may overlap; they may become shorter
	}
	others, err := tx.SessionsBefore(ctx, w.key.UserID, now.to, checkedOverlaps)
	if err != nil {
		return fmt.Errorf("finding overlaps: %w", err)
	}
	for _, o := range others {
		if o.ID == w.key.ID {
			continue
		}
		isActive := o.State.Active() && newestBefore != nil && o.SessionKey == newestBefore.key
		if taken := takenBy(o.State, isActive && isEntered); taken.from < now.to && now.from < taken.to {
			if !isActive {
				o.State = o.State.Superseded()
			}
			return &Overlap{With: infoOf(o)}
		}
	}
	return nil
}

// newestBeside returns the newest session of a user besides one, or nil.
func newestBeside(ctx context.Context, tx Tx, key SessionKey) (*StoredSession, error) {
	newest, err := tx.SessionsBefore(ctx, key.UserID, endOfTime, 2)
	if err != nil {
		return nil, fmt.Errorf("finding the newest session: %w", err)
	}
	for _, s := range newest {
		if s.ID != key.ID {
			return &s, nil
		}
	}
	return nil, nil //nolint:nilnil // it is the only one
}

// takenBy returns the time in which a session leaves no room for others. An active session
// takes all time from its start on. One without an EXIT takes a microsecond at least, because
// of two that start at one instant only one could take the presses that follow.
func takenBy(s timeline.State, isNewest bool) span {
	switch {
	case s.Phase == timeline.Ended:
		return span{s.StartedAt, s.EndedAt}
	case isNewest:
		return span{s.StartedAt, endOfTime}
	}
	return span{s.StartedAt, max(s.Current.PressedAt, s.StartedAt+1)}
}
