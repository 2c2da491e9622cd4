package tracker_test

import (
	"cmp"
	"math"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// model computes in the simplest way what one rater's sessions must be: every event refolds
// its whole log.
type model struct {
	rater    tracker.Rater
	now      timeline.Instant
	most     int // entries of a session; 0 means that there is no bound
	sessions []*modelSession
	answers  map[string]modelAnswer // by event ID
	events   int
}

type modelSession struct {
	id  string // as the tracker calls it; "" until its first answer
	log []timeline.Event
}

// folded is what the log of a session gives.
type folded struct{ timeline.Session }

func (s *modelSession) fold() folded { return folded{timeline.Fold(s.log)} }

func (s *modelSession) add(e timeline.Event) folded {
	e.Seq = int64(len(s.log) + 1)
	s.log = append(s.log, e)
	return s.fold()
}

// modelAnswer is the answer to a recorded press.
type modelAnswer struct {
	press    tracker.Press
	session  *modelSession
	answered tracker.Answered
}

// expected is the outcome that a press must have; its session gets its ID from
// the tracker's answer.
type expected struct {
	err       error
	duplicate bool
	session   *modelSession
	state     timeline.State
	answered  tracker.Answered
	hasCut    bool
}

// inOrder returns the sessions that are not deleted, by start. Of those that started at one
// instant, the one with a length comes last.
func (m *model) inOrder() []*modelSession {
	ordered := slices.DeleteFunc(slices.Clone(m.sessions), func(s *modelSession) bool { return s.fold().Deleted })
	slices.SortStableFunc(ordered, func(a, b *modelSession) int {
		x, y := a.fold(), b.fold()
		return cmp.Or(cmp.Compare(x.StartedAt, y.StartedAt), cmp.Compare(x.end(), y.end()))
	})
	return ordered
}

const forever = timeline.Instant(math.MaxInt64)

// end returns when the EXIT ended the session.
func (s folded) end() timeline.Instant {
	if s.Phase == timeline.Ended {
		return s.EndedAt
	}
	return forever
}

func (m *model) newest() *modelSession {
	ordered := m.inOrder()
	if len(ordered) == 0 {
		return nil
	}
	return ordered[len(ordered)-1]
}

// home returns the session that a press at an instant belongs to, or nil.
func (m *model) home(at timeline.Instant) *modelSession {
	for _, s := range slices.Backward(m.inOrder()) {
		if f := s.fold(); f.StartedAt <= at {
			if at < f.end() {
				return s
			}
			return nil
		}
	}
	return nil
}

// seen returns the state of a session as people see it.
func (m *model) seen(s *modelSession) timeline.State {
	state := s.fold().State
	if s != m.newest() && (state.Phase == timeline.Running || state.Phase == timeline.Paused) {
		state.EndedAt, state.Phase, state.Current = state.Current.PressedAt, timeline.Ended, timeline.Current{PressedAt: state.Current.PressedAt}
	}
	return state
}

// taken returns the time that a session takes from others.
func (m *model) taken(s *modelSession) (from, to timeline.Instant) {
	f := s.fold()
	to = f.end()
	if to == forever && s != m.newest() {
		to = max(f.Current.PressedAt, f.StartedAt+1)
	}
	return f.StartedAt, to
}

// press records a press. It has an ID; its time, when it gives one, is right.
func (m *model) press(p tracker.Press) expected {
	if known, ok := m.answers[p.ID]; ok {
		if known.press.Type != p.Type || known.press.At != p.At {
			return expected{err: tracker.ErrIDReused}
		}
		return expected{duplicate: true, session: known.session, state: m.seen(known.session), answered: known.answered}
	}
	at := p.At
	if at == 0 {
		at = m.now
		if newest := m.newest(); newest != nil {
			f := newest.fold()
			at = max(at, f.EndedAt)
			if f.Active() {
				at = max(at, f.LastAt)
			}
		}
	}
	s := m.home(at)
	e := timeline.Event{ID: p.ID, Type: p.Type, At: at, WantPaused: p.WantPaused, Task: p.Task, Outcome: p.Outcome}
	answered := tracker.Answered{}
	switch {
	case s == nil && p.Type != timeline.Next:
		return expected{err: tracker.ErrNoSession}
	case s == nil:
		s, e.Target = m.newSession(), m.rater.Target
	case m.isFull(s) && p.Type == timeline.Next && isLast(s, at):
		answered = m.add(s, timeline.Event{ID: byServer, Type: timeline.Exit, At: at, Outcome: p.Outcome})
		e.Target = s.fold().Target
		s = m.newSession()
	default:
		if err := m.refusal(s, e); err != nil {
			return expected{err: err}
		}
	}
	hasCut := answered.Closed
	own := m.add(s, e)
	if answered.Index = own.Index; !answered.Closed {
		answered = own
	}
	m.answers[p.ID] = modelAnswer{press: p, session: s, answered: answered}
	return expected{session: s, state: m.seen(s), answered: answered, hasCut: hasCut}
}

func (m *model) newSession() *modelSession {
	s := &modelSession{}
	m.sessions = append(m.sessions, s)
	return s
}

// add adds a press to a session and returns what it closed.
func (m *model) add(s *modelSession, e timeline.Event) tracker.Answered {
	folded := s.add(e)
	m.events++
	answered := tracker.Answered{Index: folded.Closed}
	if i := slices.IndexFunc(folded.Questions, func(q timeline.Question) bool { return q.ID == e.ID }); i >= 0 {
		q := folded.Questions[i]
		answered.Closed, answered.Raw, answered.Active = true, q.Raw(), q.Active()
	}
	return answered
}
