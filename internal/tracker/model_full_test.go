package tracker_test

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// byServer stands for the ID of the EXIT that ends a full session, until it is known.
const byServer = "by the server"

func (m *model) isFull(s *modelSession) bool { return m.most > 0 && len(s.log) >= m.most }

// isLast reports whether a press at an instant follows all that count in a session that runs.
func isLast(s *modelSession, at timeline.Instant) bool {
	f := s.fold()
	for _, step := range timeline.Steps(s.log) {
		if step.Type.IsPress() && !step.Removed && step.CountsAt > at {
			return false
		}
	}
	return f.Phase == timeline.Running || f.Phase == timeline.Paused
}

// refusal returns why an event is not added to a full session, or nil.
func (m *model) refusal(s *modelSession, e timeline.Event) error {
	restored := 0
	for _, e := range s.log {
		if e.Type == timeline.RestoreSession {
			restored++
		}
	}
	switch {
	case !m.isFull(s), e.Type == timeline.DeleteSession, e.Type == timeline.RestoreSession && restored < 10:
		return nil
	case e.Type == timeline.Exit && isLast(s, e.At):
		return nil
	case e.Type.IsPress() && isLast(s, e.At):
		return tracker.ErrSessionFull
	}
	return tracker.ErrSessionTooLong
}

// learnIDs reads what the server called the EXITs that it made.
func (m *model) learnIDs(f *fixture) error {
	for _, s := range m.sessions {
		for i, e := range s.log {
			if e.ID != byServer {
				continue
			}
			log, err := f.kept.Log(context.Background(), tracker.SessionKey{UserID: m.rater.ID, ID: s.id})
			if err != nil {
				return err
			}
			for _, stored := range log {
				if stored.Seq == e.Seq {
					s.log[i].ID = stored.ID
				}
			}
		}
	}
	return nil
}
