package tracker_test

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// model computes in the simplest way what one rater's sessions must be: every event refolds
// its whole log.
type model struct {
	rater    tracker.Rater
	now      timeline.Instant
	sessions []*modelSession
	answers  map[string]modelAnswer // by event ID
	events   int
}

type modelSession struct {
	id  string // as the tracker calls it; "" until its first answer
	log []timeline.Event
}

func (s *modelSession) fold() timeline.Session { return timeline.Fold(s.log) }

func (s *modelSession) add(e timeline.Event) timeline.Session {
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
}

// active returns the session that receives presses, or nil: the newest one, or an older one
// that was restored.
func (m *model) active() *modelSession {
	for _, s := range m.sessions {
		if s.fold().Active() {
			return s
		}
	}
	return nil
}

// press records a press. It has an ID; its time, when it gives one, is right.
func (m *model) press(p tracker.Press) expected {
	if known, ok := m.answers[p.ID]; ok {
		if known.press.Type != p.Type || known.press.At != p.At {
			return expected{err: tracker.ErrIDReused}
		}
		return expected{duplicate: true, session: known.session, state: known.session.fold().State, answered: known.answered}
	}
	s := m.active()
	at := p.At
	if at == 0 {
		at = m.now
		if s != nil {
			at = max(at, s.fold().LastAt)
		}
	}
	e := timeline.Event{ID: p.ID, Type: p.Type, At: at, WantPaused: p.WantPaused, Task: p.Task}
	switch {
	case s != nil && at < s.fold().StartedAt:
		return expected{err: tracker.ErrBeforeSession}
	case s == nil && p.Type != timeline.Next:
		return expected{err: tracker.ErrNoSession}
	case s == nil:
		s = &modelSession{}
		m.sessions = append(m.sessions, s)
		e.Target = m.rater.Target
	}
	folded := s.add(e)
	m.events++
	answered := tracker.Answered{Index: folded.Closed}
	if i := slices.IndexFunc(folded.Questions, func(q timeline.Question) bool { return q.ID == p.ID }); i >= 0 {
		q := folded.Questions[i]
		answered.Closed, answered.Raw, answered.Active = true, q.Raw(), q.Active()
	}
	m.answers[p.ID] = modelAnswer{press: p, session: s, answered: answered}
	return expected{session: s, state: folded.State, answered: answered}
}

// correct records a correction of a session, which is nil if it does not exist. A
// correction that changes nothing is not recorded.
func (m *model) correct(s *modelSession, e timeline.Event) (changed bool, err error) {
	if s == nil || s.fold().Deleted && e.Type != timeline.RestoreSession {
		return false, tracker.ErrUnknownSession
	}
	folded := s.fold()
	if e.Type == timeline.RestoreSession {
		running := folded.Phase == timeline.Running || folded.Phase == timeline.Paused
		if folded.Deleted && running && m.active() != nil {
			return false, tracker.ErrOtherActive
		}
	}
	if e.Type.MeansQuestion() {
		if err := requireQuestion(folded, e); err != nil {
			return false, err
		}
	}
	e.At = max(m.now, folded.LastAt)
	if e.Type != timeline.SetTarget && !changes(folded, e) {
		return false, nil
	}
	s.add(e)
	m.events++
	return true, nil
}

// requireQuestion returns why a correction of a question cannot be made, or nil.
func requireQuestion(s timeline.Session, e timeline.Event) error {
	for _, q := range s.Questions {
		if q.ID != e.QuestionID || q.Opening || q.Deleted && e.Type != timeline.RestoreQuestion {
			continue
		}
		if e.Type == timeline.AdjustQuestion && e.Adjustment.Set && e.Adjustment.Active > q.Raw() {
			return fault.ErrInvalid
		}
		return nil
	}
	return tracker.ErrUnknownQuestion
}

// changes reports whether an event changes anything besides the time of the newest event.
func changes(s timeline.Session, e timeline.Event) bool {
	before := slices.Clone(s.Questions)
	deleted := s.Deleted
	s.Questions = slices.Clone(before)
	s.Apply(e)
	return s.Deleted != deleted || !slices.Equal(s.Questions, before)
}
