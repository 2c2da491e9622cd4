package storetest

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var refusalCases = []testCase{
	{"what the schema forbids is refused with the right error", schemaRefuses},
	{"a NUL in a text is kept or refused, never changed", nulIsKeptOrRefused},
}

// schemaRefuses writes what correct code never writes. The schema refuses it, and the error
// says whether another try may help.
func schemaRefuses(t *testing.T, s *suite) {
	for _, c := range []struct {
		name string
		// breaks changes c, which by itself is fine, given what is stored already.
		breaks func(c *tracker.Changes, stored tracker.Changes)
		want   error
	}{
		{"an event ID twice", func(c *tracker.Changes, stored tracker.Changes) {
			c.Events[0].ID = stored.Events[0].ID
		}, tracker.ErrLostRace},
		{"an event ID twice in one write", func(c *tracker.Changes, _ tracker.Changes) {
			twin := c.Events[0]
			twin.Seq++
			c.Events = append(c.Events, twin)
		}, tracker.ErrLostRace},
		{"an event number twice", func(c *tracker.Changes, stored tracker.Changes) {
			c.Events[0].Seq = stored.Events[0].Seq
		}, tracker.ErrLostRace},
		{"a question twice", func(c *tracker.Changes, stored tracker.Changes) {
			c.Put = stored.Put
		}, tracker.ErrLostRace},
		{"a phase that does not exist", func(c *tracker.Changes, _ tracker.Changes) {
			c.Sessions[0].State.Phase = 9
		}, tracker.ErrRejected},
		{"a session that has not started", func(c *tracker.Changes, _ tracker.Changes) {
			c.Sessions[0].State.Phase = timeline.NotStarted
		}, tracker.ErrRejected},
		{"a session of nobody", func(c *tracker.Changes, _ tracker.Changes) {
			c.Sessions = append(c.Sessions, tracker.StoredSession{SessionKey: tracker.SessionKey{UserID: nobody, ID: s.newID()}, State: c.Sessions[0].State})
		}, tracker.ErrRejected},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored := s.nextEvent(s.run(s.newUser(t), second(0)), 1)
			s.write(t, stored)
			next := s.nextEvent(stored.Sessions[0], 2)
			good := s.newUser(t) // another user's, in the same group
			goods := s.nextEvent(s.run(good, second(0)), 1)
			c.breaks(&next, stored)

			err := s.tryWrite(t, both(goods, next))
			for _, declared := range []error{tracker.ErrLostRace, tracker.ErrRejected} {
				if errors.Is(err, declared) != (declared == c.want) {
					t.Errorf("got %v, want %v and nothing else", err, c.want)
				}
			}
			s.requireAbsent(t, goods)
			s.requireStored(t, stored)
			s.write(t, goods) // the store goes on
		})
	}
}

// nextEvent returns the changes of one more event of a session, which closes a question.
func (s *suite) nextEvent(session tracker.StoredSession, seq int64) tracker.Changes {
	session.Version = seq
	session.State.LastAt = second(int(seq))
	return tracker.Changes{
		Sessions: []tracker.StoredSession{session},
		Events:   []tracker.StoredEvent{s.event(session, seq)},
		Put:      []tracker.StoredQuestion{s.question(session, session.State.StartedAt)},
	}
}

func both(a, b tracker.Changes) tracker.Changes {
	return tracker.Changes{
		Sessions: append(a.Sessions[:1:1], b.Sessions...),
		Events:   append(a.Events[:1:1], b.Events...),
		Drop:     b.Drop,
		Put:      append(a.Put[:1:1], b.Put...),
	}
}

// requireStored fails the test unless c, of one session, is all there is of it.
func (s *suite) requireStored(t *testing.T, c tracker.Changes) {
	t.Helper()
	session := c.Sessions[0]
	expect(t, "session", session)(s.Session(t.Context(), session.SessionKey))
	same(t, "log", c.Events, s.logOf(t, session.SessionKey))
	var questions []timeline.Question
	for _, q := range c.Put {
		questions = append(questions, q.Question)
	}
	same(t, "questions", questions, s.questionsOf(t, session))
}

// PostgreSQL cannot store a text with NUL in it; SQLite can.
func nulIsKeptOrRefused(t *testing.T, s *suite) {
	c := s.nextEvent(s.run(s.newUser(t), second(0)), 1)
	c.Events[0].Task.AETText = "5\x00min"
	err := s.tryWrite(t, c)
	if errors.Is(err, tracker.ErrRejected) {
		s.requireAbsent(t, c)
		return
	}
	if err != nil {
		t.Fatalf("got %v, want ErrRejected or none", err)
	}
	s.requireStored(t, c)
}
