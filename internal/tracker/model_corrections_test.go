package tracker_test

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// correct records a correction of a session, which is nil if it does not exist. A
// correction that changes nothing is not recorded.
func (m *model) correct(s *modelSession, e timeline.Event) (changed bool, err error) {
	if s == nil || s.fold().Deleted && e.Type != timeline.RestoreSession {
		return false, tracker.ErrUnknownSession
	}
	before := s.fold()
	if !e.Type.IsPress() {
		e.At = max(m.now, before.LastAt)
	}
	if err := m.requireSensible(s, e); err != nil {
		return false, err
	}
	if !e.Type.IsPress() && !changes(s, e) {
		return false, nil
	}
	refusal := m.refusal(s, e)
	from, to := m.taken(s)
	wasDeleted := before.Deleted
	after := s.add(e)
	if after.Phase == timeline.NotStarted {
		s.log = s.log[:len(s.log)-1]
		return false, tracker.ErrNoStart
	}
	if refusal != nil {
		s.log = s.log[:len(s.log)-1]
		return false, refusal
	}
	newFrom, newTo := m.taken(s)
	grows := wasDeleted || newFrom < from || newTo > to
	if grows && !after.Deleted && m.overlaps(s) {
		s.log = s.log[:len(s.log)-1]
		return false, tracker.ErrOverlap
	}
	m.events++
	return true, nil
}

// overlaps reports whether a session shares time with another one.
func (m *model) overlaps(s *modelSession) bool {
	from, to := m.taken(s)
	for _, o := range m.inOrder() {
		if o == s {
			continue
		}
		otherFrom, otherTo := m.taken(o)
		if from < otherTo && otherFrom < to {
			return true
		}
	}
	return false
}

// requireSensible returns why a correction cannot be made, whatever the other sessions are.
func (m *model) requireSensible(s *modelSession, e timeline.Event) error {
	f := s.fold()
	switch {
	case e.Type.MeansQuestion():
		return requireQuestion(f.Session, e)
	case e.Type.IsPress():
		if e.At > m.now || e.At >= f.end() || e.At < f.StartedAt && e.Type != timeline.Next {
			return fault.ErrInvalid
		}
	case e.Type.MeansPress():
		return m.requirePress(s, e)
	}
	return nil
}

func (m *model) requirePress(s *modelSession, e timeline.Event) error {
	steps := timeline.Steps(s.log)
	i := slices.IndexFunc(steps, func(p timeline.Step) bool { return p.ID == e.PressID && p.Type.IsPress() })
	switch {
	case i < 0:
		return tracker.ErrUnknownPress
	case e.Type == timeline.RestorePress:
		return nil
	case steps[i].Removed && e.Type == timeline.MovePress:
		return tracker.ErrRemovedPress
	case e.Type == timeline.MovePress:
		if e.MovedTo > m.now || order(steps) != order(timeline.Steps(append(slices.Clip(s.log), withSeq(s, e)))) {
			return fault.ErrInvalid
		}
	}
	return nil
}

func withSeq(s *modelSession, e timeline.Event) timeline.Event {
	e.Seq = int64(len(s.log) + 1)
	return e
}

// order returns the IDs of the presses that count, in their order.
func order(steps []timeline.Step) (ids string) {
	for _, s := range steps {
		if s.Type.IsPress() && !s.Removed {
			ids += s.ID + " "
		}
	}
	return ids
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
func changes(s *modelSession, e timeline.Event) bool {
	if e.Type.MeansPress() {
		i := slices.IndexFunc(timeline.Steps(s.log), func(p timeline.Step) bool { return p.ID == e.PressID })
		press := timeline.Steps(s.log)[i]
		switch e.Type {
		case timeline.MovePress:
			return press.CountsAt != e.MovedTo
		case timeline.RemovePress:
			return !press.Removed
		}
		return press.Removed || press.CountsAt != press.At
	}
	f := s.fold()
	before := slices.Clone(f.Questions)
	deleted, target := f.Deleted, f.Target
	f.Apply(e)
	return f.Deleted != deleted || f.Target != target || !slices.Equal(f.Questions, before)
}
