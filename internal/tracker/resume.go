package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Resume removes the EXIT with this ID from the newest session, so that it runs on. If it
// was removed before, nothing changes. It returns ErrUnknownPress if there is no such EXIT,
// ErrOtherBegun, ErrSessionTooLong, or an Overlap.
func (t *Tracker) Resume(ctx context.Context, rater Rater, exitID string) (Answer, error) {
	resumed := &resumption{exitID: exitID}
	_, err := t.change(ctx, rater, resumed)
	return resumed.answer, err
}

// resumption is a change that removes an EXIT.
type resumption struct {
	exitID string
	answer Answer
}

func (*resumption) entries() int { return 1 }

func (m *resumption) lookUp(userID int64) []EventKey {
	return []EventKey{{UserID: userID, ID: m.exitID}}
}

func (m *resumption) apply(ctx context.Context, tx Tx, g *group, r *request) (Corrected, error) {
	exit, ok := g.recorded[EventKey{UserID: r.rater.ID, ID: m.exitID}]
	if !ok || exit.Type != timeline.Exit {
		return Corrected{}, ErrUnknownPress
	}
	w, err := g.find(ctx, tx, exit.Session)
	if errors.Is(err, ErrUnknown) || err == nil && w.state.Deleted {
		return Corrected{}, ErrUnknownPress
	}
	if err != nil {
		return Corrected{}, err
	}
	if g.lines[r.rater.ID].newest != w {
		return Corrected{}, ErrOtherBegun
	}
	removal := Correction{w.key.ID, timeline.Event{Type: timeline.RemovePress, PressID: exit.ID}}
	done, err := removal.apply(ctx, tx, g, r)
	if err != nil {
		return Corrected{}, err
	}
	m.answer = Answer{
		EventID: exit.ID, Type: exit.Type, Duplicate: !done.Changed, SessionID: w.key.ID,
		State: g.seen(w), Answered: exit.Answered, At: g.now,
	}
	return done, nil
}
