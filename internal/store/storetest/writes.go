package storetest

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var writeCases = []testCase{
	{"everything is read back as written", everythingIsReadBack},
	{"what a PAUSE asked for is kept", pauseKeepsItsWish},
	{"a session is replaced whole", sessionIsReplaced},
	{"if the work fails, nothing is written", errorWritesNothing},
	{"a transaction that writes nothing", nothingWritten},
	{"a probe leaves nothing behind", probeLeavesNothing},
	{"the newest session of each user asked for is loaded", newestAreLoaded},
	{"recorded events are found by user and ID", recordedAreFound},
	{"a session that is not there is unknown", unknownSession},
	{"a log is complete and only the session's", logIsComplete},
	{"a question is dropped and written again under the same key", dropThenPut},
	{"a drop deletes what it names and nothing else", dropIsExact},
	{"a session ends and its successor starts at once", successorAtOnce},
}

func everythingIsReadBack(t *testing.T, s *suite) {
	u := s.newUser(t)
	active := s.fullSession(u, 100)
	gone := deleted(s.fullSession(u, 200))
	requireFull(t, gone)
	event, question := s.fullEvent(active, 3, true), s.fullQuestion(active)
	requireFull(t, event)
	requireFull(t, question, ".Opening", ".Deleted")
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{gone, active},
		Events:   []tracker.StoredEvent{event}, Put: []tracker.StoredQuestion{question},
	})

	want := tracker.Loaded{Newest: []tracker.StoredSession{active}, Recorded: []tracker.StoredEvent{event}}
	log := []tracker.StoredEvent{event}
	s.inTx(t, func(tx tracker.Tx) {
		need := tracker.Need{Users: []int64{u.ID}, Events: []tracker.EventKey{event.Key()}}
		expect(t, "Tx.Load", want)(tx.Load(t.Context(), need))
		expect(t, "Tx.Session", gone)(tx.Session(t.Context(), gone.SessionKey))
		expect(t, "Tx.Log", log)(tx.Log(t.Context(), active.SessionKey))
	})
	for _, session := range []tracker.StoredSession{active, gone} {
		expect(t, "Session", session)(s.Session(t.Context(), session.SessionKey))
	}
	expect(t, "Log", log)(s.Log(t.Context(), active.SessionKey))
	same(t, "SessionQuestions", []timeline.Question{question.Question}, s.questionsOf(t, active))
	expect(t, "QuestionsIn", []tracker.StoredQuestion{question})(s.QuestionsIn(t.Context(), u.ID, question.StartedAt, question.StartedAt+1))
}

func (s *suite) questionsOf(t *testing.T, session tracker.StoredSession) []timeline.Question {
	t.Helper()
	return must[[]timeline.Question](t)(s.SessionQuestions(t.Context(), session))
}

// logOf returns a session's log by arrival.
func (s *suite) logOf(t *testing.T, key tracker.SessionKey) []tracker.StoredEvent {
	t.Helper()
	log := must[[]tracker.StoredEvent](t)(s.Log(t.Context(), key))
	slices.SortFunc(log, func(a, b tracker.StoredEvent) int { return cmp.Compare(a.Seq, b.Seq) })
	return log
}

func pauseKeepsItsWish(t *testing.T, s *suite) {
	session := s.run(s.newUser(t), second(0))
	toggles := s.fullEvent(session, 1, true)
	toggles.WantPaused = nil
	log := []tracker.StoredEvent{toggles, s.fullEvent(session, 2, true), s.fullEvent(session, 3, false)}
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{session}, Events: log})
	same(t, "log", log, s.logOf(t, session.SessionKey))
}

func sessionIsReplaced(t *testing.T, s *suite) {
	u := s.newUser(t)
	before, after := s.fullSession(u, 300), deleted(s.fullSession(u, 400))
	after.SessionKey, after.State.Phase = before.SessionKey, timeline.Ended
	for _, session := range []tracker.StoredSession{before, after} {
		s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{session}})
		expect(t, "session", session)(s.Session(t.Context(), session.SessionKey))
	}
}

func errorWritesNothing(t *testing.T, s *suite) {
	u := s.newUser(t)
	session := s.run(u, second(0))
	changes := tracker.Changes{
		Sessions: []tracker.StoredSession{session},
		Events:   []tracker.StoredEvent{s.event(session, 1)},
		Put:      []tracker.StoredQuestion{s.question(session, second(0))},
	}
	errStop := errors.New("the work failed")
	err := s.InTx(t.Context(), func(tx tracker.Tx) error {
		if _, err := tx.Load(t.Context(), tracker.Need{Users: []int64{u.ID}}); err != nil {
			return err
		}
		if err := tx.Write(t.Context(), changes); err != nil {
			return err
		}
		return errStop
	})
	if !errors.Is(err, errStop) {
		t.Errorf("got %v, want the error of the work", err)
	}
	s.requireAbsent(t, changes)
	s.write(t, changes) // nothing of it is in the way
}

// requireAbsent fails the test if anything of c's sessions is stored.
func (s *suite) requireAbsent(t *testing.T, c tracker.Changes) {
	t.Helper()
	for _, session := range c.Sessions {
		if got, err := s.Session(t.Context(), session.SessionKey); !errors.Is(err, tracker.ErrUnknown) {
			t.Errorf("session: got %+v, %v; want ErrUnknown", got, err)
		}
		same(t, "log", nil, s.logOf(t, session.SessionKey))
		same(t, "questions", nil, s.questionsOf(t, session))
	}
}

func nothingWritten(t *testing.T, s *suite) {
	s.inTx(t, func(tracker.Tx) {})
	s.write(t, tracker.Changes{})
	s.inTx(t, func(tx tracker.Tx) {
		expect(t, "nothing is needed", tracker.Loaded{})(tx.Load(t.Context(), tracker.Need{}))
	})
}

// probeLeavesNothing writes one probe twice: a row that stayed would be in the way.
func probeLeavesNothing(t *testing.T, s *suite) {
	for range 2 {
		s.write(t, tracker.Changes{Probe: "probe"})
	}
}

func newestAreLoaded(t *testing.T, s *suite) {
	users := make([]account.User, 6)
	for i := range users {
		users[i] = s.newUser(t)
	}
	running, pausing := s.run(users[0], second(0)), s.fullSession(users[1], 0)
	// The newest sessions of users[0] and users[2] are running and over; users[4] has none.
	over, gone, notAsked := ended(s.run(users[2], second(0)), second(9)), deleted(s.run(users[3], second(0))), s.run(users[5], second(0))
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{
		ended(s.run(users[0], second(-9)), second(-1)), s.run(users[2], second(-9)), deleted(s.run(users[2], second(5))), running, pausing, over, gone, notAsked,
	}})
	s.inTx(t, func(tx tracker.Tx) {
		var need tracker.Need
		for _, u := range users[:5] {
			need.Users = append(need.Users, u.ID)
		}
		loaded := must[tracker.Loaded](t)(tx.Load(t.Context(), need))
		slices.SortFunc(loaded.Newest, func(a, b tracker.StoredSession) int { return cmp.Compare(a.UserID, b.UserID) })
		same(t, "newest", tracker.Loaded{Newest: []tracker.StoredSession{running, pausing, over}}, loaded)
	})
}

func recordedAreFound(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	anns, bobs := s.run(ann, second(0)), s.run(bob, second(0))
	old := deleted(s.run(ann, second(-9)))
	first, shared, ofOld := s.event(anns, 1), s.event(anns, 2), s.event(old, 1)
	bobsShared, onlyBobs := s.event(bobs, 1), s.event(bobs, 2)
	bobsShared.ID = shared.ID // an ID is unique per user
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{old, anns, bobs},
		Events:   []tracker.StoredEvent{first, shared, ofOld, bobsShared, onlyBobs},
	})
	need := tracker.Need{Users: []int64{ann.ID}, Events: []tracker.EventKey{
		shared.Key(), ofOld.Key(), bobsShared.Key(),
		{UserID: ann.ID, ID: onlyBobs.ID},
		{UserID: ann.ID, ID: s.newID()},
	}}
	s.inTx(t, func(tx tracker.Tx) {
		found := must[tracker.Loaded](t)(tx.Load(t.Context(), need)).Recorded
		slices.SortFunc(found, func(a, b tracker.StoredEvent) int {
			return cmp.Or(cmp.Compare(a.Session.UserID, b.Session.UserID), cmp.Compare(a.ID, b.ID))
		})
		same(t, "recorded", []tracker.StoredEvent{shared, ofOld, bobsShared}, found)
	})
}

func unknownSession(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	anns := s.run(ann, second(0))
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{anns}})
	for name, key := range map[string]tracker.SessionKey{
		"an ID of none":  {UserID: ann.ID, ID: s.newID()},
		"another user's": {UserID: bob.ID, ID: anns.ID},
		"of nobody":      {UserID: nobody, ID: anns.ID},
		"with a blank":   {UserID: ann.ID, ID: anns.ID + " "},
	} {
		if _, err := s.Session(t.Context(), key); !errors.Is(err, tracker.ErrUnknown) {
			t.Errorf("%s: Session: got %v, want ErrUnknown", name, err)
		}
		s.inTx(t, func(tx tracker.Tx) {
			if _, err := tx.Session(t.Context(), key); !errors.Is(err, tracker.ErrUnknown) {
				t.Errorf("%s: Tx.Session: got %v, want ErrUnknown", name, err)
			}
		})
		same(t, name+": log", nil, s.logOf(t, key))
	}
}

func logIsComplete(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	older, newer, bobs := ended(s.run(ann, second(0)), second(5)), s.run(ann, second(6)), s.run(bob, second(0))
	bobs.ID = older.ID // a session's ID is unique per user
	log := []tracker.StoredEvent{s.event(older, 1), s.event(older, 2), s.event(older, 3)}
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{older, newer, bobs},
		Events:   append(reversed(log), s.event(newer, 1), s.event(bobs, 1)),
	})
	same(t, "Log", log, s.logOf(t, older.SessionKey))
	s.inTx(t, func(tx tracker.Tx) {
		got := must[[]tracker.StoredEvent](t)(tx.Log(t.Context(), older.SessionKey))
		slices.SortFunc(got, func(a, b tracker.StoredEvent) int { return cmp.Compare(a.Seq, b.Seq) })
		same(t, "Tx.Log", log, got)
	})
}

func dropThenPut(t *testing.T, s *suite) {
	session := s.fullSession(s.newUser(t), 500)
	old := s.fullQuestion(session)
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{session}, Put: []tracker.StoredQuestion{old}})
	changed := old
	changed.EndedAt, changed.Paused, changed.Task = second(700), 701, fullTask(702)
	changed.Adjustment = timeline.Adjustment{Set: true} // to nothing, which is not none
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{session},
		Drop:     []tracker.StoredQuestion{old}, Put: []tracker.StoredQuestion{changed},
	})
	same(t, "questions", []timeline.Question{changed.Question}, s.questionsOf(t, session))
}

func dropIsExact(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	anns, bobs := s.run(ann, second(0)), s.run(bob, second(0))
	gone, sameStart := s.question(anns, second(0)), s.question(anns, second(0))
	bobsTwin := s.question(bobs, second(0))
	bobsTwin.Question.ID = gone.Question.ID
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{anns, bobs},
		Put:      []tracker.StoredQuestion{gone, sameStart, bobsTwin},
	})
	moved := sameStart
	moved.StartedAt++ // names no row
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{anns}, Drop: []tracker.StoredQuestion{gone, moved},
	})
	same(t, "Ann's", []timeline.Question{sameStart.Question}, s.questionsOf(t, anns))
	same(t, "Bob's", []timeline.Question{bobsTwin.Question}, s.questionsOf(t, bobs))
}

func successorAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	first := s.run(u, second(0))
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{first}})
	for _, end := range []func(tracker.StoredSession) tracker.StoredSession{
		func(session tracker.StoredSession) tracker.StoredSession { return ended(session, second(5)) },
		deleted,
	} {
		over, next := end(first), s.run(u, second(6))
		s.write(t, tracker.Changes{
			Sessions: []tracker.StoredSession{over, next},
			Events:   []tracker.StoredEvent{s.event(over, 2), s.event(next, 1)},
		})
		s.inTx(t, func(tx tracker.Tx) {
			loaded := must[tracker.Loaded](t)(tx.Load(t.Context(), tracker.Need{Users: []int64{u.ID}}))
			same(t, "newest", []tracker.StoredSession{next}, loaded.Newest)
		})
		first = next
	}
}
