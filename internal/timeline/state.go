package timeline

// Phase is what a session is doing.
type Phase int

// The phases of a session.
const (
	NotStarted Phase = iota
	Running
	Paused
	Ended
)

// State is a session at one moment without its closed questions: all that NEXT,
// PAUSE and EXIT need. The zero State is a session before its first NEXT.
type State struct {
	Phase     Phase
	Deleted   bool
	StartedAt Instant
	EndedAt   Instant // of the EXIT; 0 unless Phase is Ended
	Target    Micros  // per question, for those whose page gives no AET
	Closed    int     // closed questions, the opening one included, deleted ones not
	Counted   int     // closed questions that people see: see Question.Counts
	Current   Current // the question that runs; zero once an EXIT has ended the session
	LastAt    Instant // time of the newest event
}

// Current is the question that runs.
type Current struct {
	StartedAt Instant
	Paused    Micros  // pauses that are over
	PausedAt  Instant // start of the open pause; 0 unless the session is Paused
	PressedAt Instant // time of the session's newest press
	Task      Task
}

// Active reports whether the session still accepts presses.
func (s State) Active() bool {
	return !s.Deleted && (s.Phase == Running || s.Phase == Paused)
}

// CurrentIndex returns the 1-based number of the question that runs, or after EXIT that of
// the last closed one. The opening question counts.
func (s State) CurrentIndex() int {
	if s.Phase == Running || s.Phase == Paused {
		return s.Closed + 1
	}
	return s.Closed
}

// NeedsHistory reports whether e can only be applied to the whole Session: because it
// reaches back, or because it is older than the newest event and the log must be refolded.
func (s State) NeedsHistory(e Event) bool { return e.Type.ReachesBack() || e.At < s.LastAt }

// Apply applies one event that is not older than the newest one, and returns the question
// that it closed, or nil. For an UNDO or a correction of a question or a press it only moves
// LastAt and, for an UNDO, PressedAt: those need the whole Session (see NeedsHistory).
func (s *State) Apply(e Event) (closed *Question) {
	defer func() { s.LastAt = max(s.LastAt, e.At) }()
	started := s.Phase == Running || s.Phase == Paused
	switch e.Type {
	case Next:
		s.aimAt(e.Target)
		if !started {
			return s.open(e)
		}
		closed = s.closeWork(e)
		s.Phase, s.Current = Running, Current{StartedAt: e.At, PressedAt: e.At, Task: e.Task}
	case Pause:
		if started {
			s.pause(e)
			s.Current.PressedAt = e.At
		}
	case Exit:
		if !started {
			return nil
		}
		closed = s.closeWork(e)
		s.Phase, s.EndedAt, s.Current = Ended, e.At, Current{}
	case SetTarget:
		s.Target = e.Target
	case DeleteSession:
		s.Deleted = true
	case RestoreSession:
		s.Deleted = false
	case Undo:
		if started {
			s.Current.PressedAt = e.At // the rest is done by Session.Apply
		}
	case DeleteQuestion, RestoreQuestion, AdjustQuestion: // Session.Apply
	case MovePress, RemovePress, RestorePress: // Fold
	}
	return closed
}

// aimAt sets the target of a session that has none yet.
func (s *State) aimAt(target Micros) {
	if s.Target == 0 {
		s.Target = target
	}
}

// open starts the session, or continues it when a late EXIT was placed before this NEXT.
// The time between the two belongs to no question.
func (s *State) open(e Event) (closed *Question) {
	if s.Phase == NotStarted {
		s.StartedAt = e.At
	}
	s.Phase, s.EndedAt = Running, 0
	s.Current = Current{StartedAt: e.At}
	opening := s.close(e)
	opening.Opening, opening.Outcome = true, ""
	s.Current.PressedAt, s.Current.Task = e.At, e.Task
	return opening
}

func (s *State) closeWork(e Event) *Question {
	s.Counted++
	return s.close(e)
}

func (s *State) close(e Event) *Question {
	s.Closed++
	return &Question{
		ID: e.ID, Seq: e.Seq,
		StartedAt: s.Current.StartedAt, EndedAt: max(e.At, s.Current.StartedAt),
		Paused: s.pausedUntil(e.At), Task: s.Current.Task, Outcome: e.Outcome,
	}
}

// pausedUntil returns the pause total of the current question at an instant, an open pause
// included.
func (s *State) pausedUntil(at Instant) Micros {
	if s.Phase == Paused {
		return s.Current.Paused + at.Since(s.Current.PausedAt)
	}
	return s.Current.Paused
}

func (s *State) pause(e Event) {
	wanted := s.Phase != Paused
	if e.WantPaused != nil {
		wanted = *e.WantPaused
	}
	switch {
	case wanted == (s.Phase == Paused): // a repeat changes nothing
	case wanted:
		s.Phase, s.Current.PausedAt = Paused, e.At
	default:
		s.Current.Paused = s.pausedUntil(e.At)
		s.Phase, s.Current.PausedAt = Running, 0
	}
}

// Superseded returns the state of a session after which another one has begun: without an
// EXIT it counts as ended at its newest press, until one arrives.
func (s State) Superseded() State {
	if s.Phase == Running || s.Phase == Paused {
		s.Phase, s.EndedAt, s.Current = Ended, s.Current.PressedAt, Current{PressedAt: s.Current.PressedAt}
	}
	return s
}

// IsSuperseded reports whether s comes from Superseded: it ended without an EXIT.
func (s State) IsSuperseded() bool { return s.Phase == Ended && s.Current.PressedAt != 0 }
