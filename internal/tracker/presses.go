package tracker

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// timestamp is the field in which a person gives the time of a press.
const timestamp = "timestamp"

// requirePlace checks the time of a press that a person adds to a session: it must lie in
// the session, or be a NEXT with which the session began earlier.
func requirePlace(s timeline.State, e timeline.Event, now timeline.Instant) error {
	switch {
	case e.At < earliest:
		return fault.Field(timestamp, "must not be before 2000-01-01")
	case e.At > now:
		return fault.Field(timestamp, "must not be in the future")
	case e.At < s.StartedAt && e.Type != timeline.Next:
		return fault.Field(timestamp, "must not be before the start of the session")
	case e.At >= endOf(s):
		return fault.Field(timestamp, "must be before the end of the session: move its End, or enter the work as a session of its own")
	}
	return nil
}

// changesPress reports whether a correction of a press changes it, or returns why it cannot
// be made.
func changesPress(w *work, e timeline.Event, now timeline.Instant) (bool, error) {
	presses := pressesOf(w.log)
	i := slices.IndexFunc(presses, func(p timeline.Entry) bool { return p.ID == e.PressID })
	if i < 0 {
		return false, ErrUnknownPress
	}
	switch p := presses[i]; {
	case e.Type == timeline.RestorePress:
		return p.Removed || p.IsMoved(), requireStart(w, e)
	case p.Removed && e.Type == timeline.RemovePress:
		return false, nil
	case p.Removed:
		return false, ErrRemovedPress
	case e.Type == timeline.MovePress:
		return p.CountsAt != e.MovedTo, requireBetween(presses, i, e.MovedTo, now)
	}
	return true, requireStart(w, e)
}

// pressesOf returns the presses of a log in the order in which they count, removed ones
// included.
func pressesOf(log []timeline.Event) []timeline.Entry {
	entries := timeline.Corrected(log)
	return slices.DeleteFunc(entries, func(e timeline.Entry) bool { return !e.Type.IsPress() })
}

// requireBetween checks that a moved press keeps its place among the others.
func requireBetween(presses []timeline.Entry, i int, to, now timeline.Instant) error {
	switch {
	case to < earliest:
		return fault.Field(timestamp, "must not be before 2000-01-01")
	case to > now:
		return fault.Field(timestamp, "must not be in the future")
	}
	counts := func(p timeline.Entry) bool { return !p.Removed }
	moved := timeline.Event{At: to, Seq: presses[i].Seq}
	for _, p := range slices.Backward(presses[:i]) {
		if counts(p) {
			if timeline.Compare(timeline.Event{At: p.CountsAt, Seq: p.Seq}, moved) > 0 {
				return fault.Field(timestamp, "must not be before the press that comes before it")
			}
			break
		}
	}
	for _, p := range presses[i+1:] {
		if counts(p) {
			if timeline.Compare(timeline.Event{At: p.CountsAt, Seq: p.Seq}, moved) < 0 {
				return fault.Field(timestamp, "must not be after the press that comes after it")
			}
			break
		}
	}
	return nil
}

// requireStart returns ErrNoStart if a correction left the session without a NEXT.
func requireStart(w *work, e timeline.Event) error {
	e.At, e.Seq = w.state.LastAt, w.version()+1
	if after := timeline.Fold(append(slices.Clip(w.log), e)); after.Phase == timeline.NotStarted {
		return ErrNoStart
	}
	return nil
}
