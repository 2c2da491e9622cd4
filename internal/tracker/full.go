package tracker

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// A session is full when its log has maxEntries entries. Whatever needs a session's past
// reads its whole log, so this bounds what one press or correction costs.
//
// A full session takes only:
//   - its end: an EXIT after the newest press. A NEXT there is two entries: an EXIT of its
//     time and its outcome, and the NEXT of the next session. So no time and no question is
//     lost.
//   - its deletion, and a few restorations.
//
// Everything else is refused. A version before this one recorded sessions that are longer:
// they are full as well.
const (
	maxEntries = 10_000
	// maxRestored is how often a full session is restored: otherwise deleting and restoring
	// it would make its log grow for ever.
	maxRestored = 10
	// maxHistory is the longest log that is read to change the past of a session: that of a
	// full one, with what it takes.
	maxHistory = maxEntries + 1 + 2*maxRestored + 1
)

// The refusals of a full session.
var (
	ErrSessionFull    = fault.New(fault.Conflict, "the session is full, because it has 10,000 entries: press NEXT, which begins the next session, or EXIT")
	ErrSessionTooLong = fault.New(fault.Conflict, "the session is full, because it has 10,000 entries: its past cannot be changed any more, but it can be deleted")
)

// isFull reports whether the session takes no more than its end and its deletion.
func (w *work) isFull() bool { return w.version() >= int64(w.most) }

// isAtEnd reports whether a press at an instant comes after all presses of the session,
// which runs.
func (w *work) isAtEnd(at timeline.Instant) bool {
	s := w.state
	return (s.Phase == timeline.Running || s.Phase == timeline.Paused) && at >= s.Current.PressedAt
}

// isCutBy reports whether a press ends the session and begins the next one: it is a NEXT for
// which the session has no room.
func (w *work) isCutBy(t timeline.Type, at timeline.Instant) bool {
	return t == timeline.Next && w.isFull() && w.isAtEnd(at)
}

// requireRoom returns ErrSessionFull or ErrSessionTooLong if the session is full and does not
// take this event. For a restoration the log is loaded.
func (w *work) requireRoom(e timeline.Event) error {
	isEnd := w.isAtEnd(e.At)
	switch {
	case !w.isFull(), e.Type == timeline.DeleteSession, e.Type == timeline.Exit && isEnd:
		return nil
	case e.Type == timeline.RestoreSession && w.restorations() < maxRestored:
		return nil
	case e.Type.IsPress() && isEnd:
		return ErrSessionFull
	}
	return ErrSessionTooLong
}

// isOfSession reports whether t deletes or restores a session, which may have any length.
func isOfSession(t timeline.Type) bool {
	return t == timeline.DeleteSession || t == timeline.RestoreSession
}

func (w *work) restorations() int {
	n := 0
	for _, e := range w.log {
		if e.Type == timeline.RestoreSession {
			n++
		}
	}
	return n
}
