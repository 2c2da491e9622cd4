package timeline

import (
	"cmp"
	"slices"
)

// Session is a State with every question closed so far, in the order in which they closed.
// Deleted ones stay, marked, so that their time does not become work when an UNDO reopens a
// question before them. A copy shares its Questions.
type Session struct {
	State
	Questions []Question
}

// Fold derives a session from its log alone, given in any order.
func Fold(log []Event) Session {
	var s Session
	for _, e := range Corrected(log) {
		s.count(e)
	}
	return s
}

// count applies an event as corrections of presses leave it. A removed NEXT leaves the
// target that it brought to its session.
func (s *Session) count(e Entry) (closed *Question) {
	if !e.Removed {
		counted := e.Event
		counted.At = e.CountsAt
		return s.Apply(counted)
	}
	s.aimAt(e.Target)
	s.LastAt = max(s.LastAt, e.At)
	return nil
}

// Ordered returns a copy of log, ordered by time, then by arrival.
func Ordered(log []Event) []Event {
	ordered := slices.Clone(log)
	slices.SortFunc(ordered, Compare)
	return ordered
}

// Compare orders two events of one log: by time, then by arrival.
func Compare(a, b Event) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq))
}

// Apply applies one event that is not older than the newest one, and returns the question
// that it closed, or nil. An older event and a correction of a press need a Fold of the
// whole log.
func (s *Session) Apply(e Event) (closed *Question) {
	closed = s.State.Apply(e)
	switch e.Type {
	case Undo:
		s.undo(e.At)
	case DeleteQuestion:
		s.deleteQuestion(e.QuestionID)
	case RestoreQuestion:
		s.restoreQuestion(e.QuestionID)
	case AdjustQuestion:
		if i := s.indexOf(e.QuestionID); i >= 0 {
			s.Questions[i].Adjustment = e.Adjustment
		}
	case Next, Pause, Exit, SetTarget, DeleteSession, RestoreSession, MovePress, RemovePress, RestorePress:
		if closed != nil {
			s.Questions = append(s.Questions, *closed)
		}
	}
	return closed
}

// Find returns the question with this ID if people see it.
func (s *Session) Find(id string) (Question, bool) {
	if i := s.indexOf(id); i >= 0 {
		return s.Questions[i], true
	}
	return Question{}, false
}

// FindDeleted returns the deleted question with this ID, if there is one. Once an UNDO has
// reopened an earlier question there is none: the deleted time is a pause of that question.
func (s *Session) FindDeleted(id string) (Question, bool) {
	if i := s.indexOfDeleted(id); i >= 0 {
		return s.Questions[i], true
	}
	return Question{}, false
}

// undo makes the last closed question the current one again. It drops an adjusted time,
// because the question is not over. Everything between its end and now that was not work
// counts as a pause: pauses taken since, an open one, deleted questions, and the gap that a
// late EXIT left.
func (s *Session) undo(at Instant) {
	if s.Phase != Running && s.Phase != Paused {
		return
	}
	last := len(s.Questions) - 1
	for last >= 0 && s.Questions[last].Deleted {
		last--
	}
	if last < 0 {
		return
	}
	q := s.Questions[last]
	s.Current = Current{
		StartedAt: q.StartedAt,
		Paused:    q.Paused + s.Current.StartedAt.Since(q.EndedAt) + s.pausedUntil(at),
		PressedAt: at,
		Task:      q.Task,
	}
	s.Phase = Running
	s.uncount(q)
	s.Questions = s.Questions[:last]
}

func (s *Session) deleteQuestion(id string) {
	if i := s.indexOf(id); i >= 0 {
		s.uncount(s.Questions[i])
		s.Questions[i].Deleted = true
	}
}

func (s *Session) restoreQuestion(id string) {
	if i := s.indexOfDeleted(id); i >= 0 {
		s.Questions[i].Deleted = false
		s.Closed++
		s.Counted++
	}
}

// uncount removes q from the counts.
func (s *Session) uncount(q Question) {
	s.Closed--
	if q.Counts() {
		s.Counted--
	}
}

func (s *Session) indexOf(id string) int {
	return slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == id && q.Counts() })
}

func (s *Session) indexOfDeleted(id string) int {
	return slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == id && q.Deleted })
}

// Visible returns the questions that people see, in the order in which they closed; a
// deleted session has none. A store keeps them beside the log.
func (s *Session) Visible() []Question {
	if s.Deleted {
		return nil
	}
	visible := make([]Question, 0, s.Counted)
	for _, q := range s.Questions {
		if q.Counts() {
			visible = append(visible, q)
		}
	}
	return visible
}
