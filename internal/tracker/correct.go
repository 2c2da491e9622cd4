package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// reshapes reports whether the correction may alter which sessions there are, or where they
// begin or end.
func (c Correction) reshapes() bool {
	switch t := c.Event.Type; t {
	case timeline.DeleteSession, timeline.RestoreSession:
		return true
	default:
		return t.IsPress() || t.MeansPress()
	}
}

// entries implements change.
func (Correction) entries() int { return 1 }

// lookUp implements change.
func (c Correction) lookUp(userID int64) []EventKey {
	if c.Event.ID == "" {
		return nil
	}
	return []EventKey{{UserID: userID, ID: c.Event.ID}}
}

// apply implements change.
func (c Correction) apply(ctx context.Context, tx Tx, g *group, r *request) (Corrected, error) {
	w, err := g.find(ctx, tx, SessionKey{UserID: r.rater.ID, ID: c.SessionID})
	if errors.Is(err, ErrUnknown) || err == nil && w.state.Deleted && c.Event.Type != timeline.RestoreSession {
		return Corrected{}, ErrUnknownSession
	}
	if err != nil {
		return Corrected{}, err
	}
	if err := c.load(ctx, tx, w, r.isPreview); err != nil {
		return Corrected{}, err
	}
	was, before := w.state, g.summary(w)
	done := Corrected{SessionID: w.key.ID, Before: before, After: before}
	if known, ok := g.recorded[EventKey{UserID: r.rater.ID, ID: c.Event.ID}]; ok {
		return done, c.requireSame(known)
	}
	if needed, err := c.isNeeded(w, g.now); err != nil || !needed {
		return done, err
	}
	e := c.event(w, g.now)
	if _, err := w.apply(ctx, tx, StoredEvent{Event: e, ReceivedAt: r.received}, &r.refolded); err != nil {
		return Corrected{}, err
	}
	if c.reshapes() {
		if err := g.settle(ctx, tx, w, was); err != nil {
			w.added = nil // nothing of this group is written
			return Corrected{}, err
		}
	}
	done.Changed, done.EventID, done.After = true, e.ID, g.summary(w)
	return done, nil
}

// load reads the whole session. One that is longer than sessions become now is read to delete
// or restore it, but not to preview that.
func (c Correction) load(ctx context.Context, tx Tx, w *work, isPreview bool) error {
	if !isPreview && isOfSession(c.Event.Type) {
		return w.loadHistory(ctx, tx)
	}
	return w.history(ctx, tx)
}

// requireSame returns ErrIDReused unless the correction is a repeat of a recorded one.
func (c Correction) requireSame(known StoredEvent) error {
	if known.Session.ID != c.SessionID || known.Type != c.Event.Type || known.At != c.Event.At || !known.ByHand {
		return ErrIDReused
	}
	return nil
}

// event returns the event to record.
func (c Correction) event(w *work, now timeline.Instant) timeline.Event {
	e := c.Event
	if e.Type.IsPress() {
		e.ID, e.ByHand = cmp.Or(e.ID, newID()), true
		return e
	}
	// Never before what it corrects, even when a client's clock runs ahead.
	e.ID, e.At = newID(), max(now, w.state.LastAt)
	return e
}

// isNeeded reports whether a correction of w would change anything, or returns why
// it cannot be made.
func (c Correction) isNeeded(w *work, now timeline.Instant) (bool, error) {
	switch t := c.Event.Type; {
	case t == timeline.RestoreSession:
		return w.state.Deleted, nil
	case t == timeline.SetTarget:
		return w.state.Target != c.Event.Target, nil
	case t.MeansQuestion():
		return changesQuestion(w.whole, c.Event)
	case t.MeansPress():
		return changesPress(w, c.Event, now)
	case t.IsPress():
		return !c.isRepeat(w.log), requirePlace(w.state, c.Event, now)
	}
	return true, nil
}

// isRepeat reports whether a press without an ID was added before: a retry after a lost answer
// must not add it twice.
func (c Correction) isRepeat(log []timeline.Event) bool {
	return c.Event.ID == "" && slices.ContainsFunc(timeline.Corrected(log), func(e timeline.Entry) bool {
		return e.ByHand && !e.Removed && e.Type == c.Event.Type && e.CountsAt == c.Event.At
	})
}

// summary returns what people see of a session, or nil if that is nothing.
func (g *group) summary(w *work) *report.Session {
	if w.whole == nil || w.whole.Deleted || w.version() == 0 {
		return nil
	}
	seen := StoredSession{SessionKey: w.key, Version: w.version(), State: g.seen(w)}
	summary := report.SummarizeSession(report.SessionLog{SessionInfo: infoOf(seen), Questions: w.whole.Visible()})
	return &summary
}

// changesQuestion reports whether a correction of a question changes it, or returns
// why it cannot be made.
func changesQuestion(s *timeline.Session, e timeline.Event) (bool, error) {
	q, isRead := s.Find(e.QuestionID)
	_, isDeleted := s.FindDeleted(e.QuestionID)
	switch {
	case e.Type == timeline.RestoreQuestion && (isRead || isDeleted):
		return isDeleted, nil
	case !isRead:
		return false, ErrUnknownQuestion
	case e.Type == timeline.AdjustQuestion:
		return q.Adjustment != e.Adjustment, requireWithin(q.Raw(), e.Adjustment)
	}
	return true, nil
}

// requireWithin checks that an adjusted active time is a part of the raw time.
func requireWithin(raw timeline.Micros, a timeline.Adjustment) error {
	if a.Set && (a.Active < 0 || a.Active > raw) {
		return fault.Field("active_seconds", fmt.Sprintf("must be from 0 to %v, the seconds from the question's start to its end", raw.Seconds()))
	}
	return nil
}

// isRefusal reports whether err concerns one press or correction and leaves the others alone.
func isRefusal(err error) bool { return fault.Is(err) }
