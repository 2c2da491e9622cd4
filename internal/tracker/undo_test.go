package tracker_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Whatever was corrected before, a correction and then the one that takes it back leave all
// numbers as they were, to the microsecond.
func TestCorrectionsAreTakenBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.clock.set(at(1000))
	rapid.Check(t, func(t *rapid.T) {
		r := &scripted{model: model{rater: f.newRater(t), now: at(1000), answers: make(map[string]modelAnswer)}}
		for _, a := range rapid.SliceOfN(acts(), 1, 12).Draw(t, "history") {
			if len(a.Presses) > 0 {
				if err := r.playPresses(f, a); err != nil {
					t.Fatal(err)
				}
				continue
			}
			r.correctAndBack(t, f, a)
		}
	})
	f.requireSound(t)
}

// correctAndBack makes a correction and takes it back, and then makes it for good.
func (r *scripted) correctAndBack(t *rapid.T, f *fixture, a act) {
	ctx := context.Background()
	session, c := r.correctionOf(a)
	if session == nil {
		return
	}
	before := r.allSeen(t, f)
	back := takingBack(session.fold().Session, timeline.Steps(r.logOf(t, f, c.SessionID)), c)
	done, err := f.Correct(ctx, r.rater, c)
	if err != nil || !done.Changed {
		return
	}
	if _, err := f.Correct(ctx, r.rater, back); err != nil {
		t.Fatalf("%+v is not taken back by %+v: %v", c.Event, back.Event, err)
	}
	if diff := cmp.Diff(before, r.allSeen(t, f)); diff != "" {
		t.Fatalf("after %+v and %+v (-before +after):\n%s", c.Event, back.Event, diff)
	}
	if c.Event.Type.IsPress() {
		c.Event.ID = uuid.NewString()
	}
	if _, err := f.Correct(ctx, r.rater, c); err != nil {
		t.Fatalf("%+v for the second time: %v", c.Event, err)
	}
	r.learn(t, f)
}

// takingBack returns the correction that takes c back, given the session before c.
func takingBack(s timeline.Session, steps []timeline.Step, c tracker.Correction) tracker.Correction {
	back := tracker.Correction{SessionID: c.SessionID, Event: c.Event}
	e := &back.Event
	switch c.Event.Type {
	case timeline.DeleteQuestion:
		e.Type = timeline.RestoreQuestion
	case timeline.RestoreQuestion:
		e.Type = timeline.DeleteQuestion
	case timeline.DeleteSession:
		e.Type = timeline.RestoreSession
	case timeline.RestoreSession:
		e.Type = timeline.DeleteSession
	case timeline.SetTarget:
		e.Target = s.Target
	case timeline.AdjustQuestion:
		e.Adjustment = timeline.Adjustment{}
		if q, ok := s.Find(e.QuestionID); ok {
			e.Adjustment = q.Adjustment
		}
	case timeline.RemovePress:
		e.Type = timeline.RestorePress
	case timeline.MovePress, timeline.RestorePress:
		*e = takingBackPress(steps, c.Event)
	default: // a press was added
		*e = timeline.Event{Type: timeline.RemovePress, PressID: c.Event.ID}
	}
	return back
}

func takingBackPress(steps []timeline.Step, e timeline.Event) timeline.Event {
	for _, s := range steps {
		if s.ID != e.PressID {
			continue
		}
		if s.Removed {
			return timeline.Event{Type: timeline.RemovePress, PressID: s.ID}
		}
		return timeline.Event{Type: timeline.MovePress, PressID: s.ID, MovedTo: s.CountsAt}
	}
	return e
}

// allSeen returns all sessions of the rater with their questions, as people see them.
func (r *scripted) allSeen(t *rapid.T, f *fixture) []report.Session {
	sessions, err := f.seenOn(context.Background(), r.rater, report.DateRange{From: report.Date{Year: 2026, Month: 3, Day: 2}, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	return sessions
}

func (r *scripted) logOf(t *rapid.T, f *fixture, sessionID string) []timeline.Event {
	stored, err := f.store.Log(context.Background(), tracker.SessionKey{UserID: r.rater.ID, ID: sessionID})
	if err != nil {
		t.Fatal(err)
	}
	log := make([]timeline.Event, len(stored))
	for i, e := range stored {
		log[i] = e.Event
	}
	return log
}

// learn has the model take over the logs as they are stored.
func (r *scripted) learn(t *rapid.T, f *fixture) {
	for _, s := range r.sessions {
		s.log = r.logOf(t, f, s.id)
	}
}
