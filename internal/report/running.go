package report

import "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"

// Running is the question that runs, as of one moment.
type Running struct {
	SessionID string
	Number    int  // as people count: without the opening question
	CanUndo   bool // a closed question can run again
	IsPaused  bool
	StartedAt timeline.Instant
	PressedAt timeline.Instant // the newest press
	Active    timeline.Micros  // without pauses
	Paused    timeline.Micros  // an open pause included
	Target    timeline.Micros  // its AET, or the session's target
}

// RunningAt returns the question that runs in an active session.
func RunningAt(sessionID string, s timeline.State, now timeline.Instant) Running {
	r := Running{
		SessionID: sessionID, Number: s.Counted + 1, CanUndo: s.Counted > 0, IsPaused: s.Phase == timeline.Paused,
		StartedAt: s.Current.StartedAt, PressedAt: s.Current.PressedAt, Paused: s.Current.Paused,
		Target: timeline.Question{Task: s.Current.Task}.Target(s.Target),
	}
	if r.IsPaused {
		r.Paused += now.Since(s.Current.PausedAt)
	}
	r.Active = max(0, now.Since(r.StartedAt)-r.Paused)
	return r
}
