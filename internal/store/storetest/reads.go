package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/meter"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var readCases = []testCase{
	{"recent sessions are the newest by start", recentSessions},
	{"the sessions around a time", sessionsAround},
	{"sessions of a time by their start or their questions", sessionsIn},
	{"questions of a time by their start", questionsIn},
	{"questions of a session in the order in which they started", sessionQuestions},
	{"latest questions of a session before a time", questionsBefore},
	{"parts of a log, and single events", logAfter},
	{"a walk over all sessions, page by page", walk},
}

func recentSessions(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	oldest, twin := ended(s.run(u, second(0)), second(1)), ended(s.run(u, second(10)), second(11))
	laterTwin := ended(s.run(u, second(10)), second(11))
	newest := s.run(u, second(20))
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{
		twin, oldest, laterTwin, newest, deleted(s.run(u, second(15))), s.run(other, second(16)),
	}})
	all := []tracker.StoredSession{newest, laterTwin, twin, oldest}
	for limit, want := range map[int][]tracker.StoredSession{1: all[:1], 2: all[:2], 4: all, 100: all} {
		reading, rows := meter.With(t.Context())
		expect(t, "recent", want)(s.RecentSessions(reading, u.ID, limit))
		if rows.Rows() != len(want) {
			t.Errorf("counted %d rows, want %d", rows.Rows(), len(want))
		}
	}
	expect[[]tracker.StoredSession](t, "of nobody", nil)(s.RecentSessions(t.Context(), nobody, 10))
}

// sessionsAround checks that neighbours are found by their starts alone, in both directions, without deleted ones and
// those of others.
func sessionsAround(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	open := s.run(u, second(0)) // without an EXIT, and before others
	twins := []tracker.StoredSession{ended(s.run(u, second(10)), second(10)), ended(s.run(u, second(10)), second(12)), ended(s.run(u, second(10)), second(10))}
	newest := s.run(u, second(20))
	s.write(t, tracker.Changes{Sessions: append([]tracker.StoredSession{
		newest, open, deleted(s.run(u, second(9))), deleted(s.run(u, second(21))), s.run(other, second(15)),
	}, twins...)})
	all := []tracker.StoredSession{newest, twins[1], twins[2], twins[0], open} // the twin that has a length comes first
	for _, c := range []struct {
		before, limit int
		want          []tracker.StoredSession
	}{
		{100, 10, all}, {100, 2, all[:2]}, {20, 1, all[1:2]}, {10, 10, all[4:]}, {0, 10, nil},
	} {
		expect(t, fmt.Sprintf("before %d", c.before), c.want)(s.SessionsBefore(t.Context(), u.ID, second(c.before), c.limit))
		s.inTx(t, func(tx tracker.Tx) {
			expect(t, fmt.Sprintf("before %d in a transaction", c.before), c.want)(tx.SessionsBefore(t.Context(), u.ID, second(c.before), c.limit))
		})
	}
	s.inTx(t, func(tx tracker.Tx) {
		expect(t, "from 1", twins[:1])(tx.SessionsFrom(t.Context(), u.ID, second(1), 1))
		expect(t, "from 11", []tracker.StoredSession{newest})(tx.SessionsFrom(t.Context(), u.ID, second(11), 9))
		expect[[]tracker.StoredSession](t, "from 21", nil)(tx.SessionsFrom(t.Context(), u.ID, second(21), 9))
	})
	expect[[]tracker.StoredSession](t, "of nobody", nil)(s.SessionsBefore(t.Context(), nobody, second(100), 10))
}

func sessionsIn(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	const from, to = 100, 200
	var changes tracker.Changes
	var want []tracker.StoredSession
	for _, c := range []struct {
		start    int
		user     account.User
		deleted  bool
		question int // start of one
		in       bool
	}{
		{start: 10, user: u},
		{start: 11, user: u, question: 99},
		{start: 12, user: u, question: 100, in: true},
		{start: 13, user: u, question: 199, in: true},
		{start: 14, user: u, deleted: true, question: 150},
		{start: 15, user: u, deleted: true},
		{start: 16, user: other},
		{start: 17, user: other, question: 150},
		{start: 99, user: u},
		{start: 100, user: u, in: true},
		{start: 149, user: u, question: 151, in: true},
		{start: 150, user: u, in: true},
		{start: 151, user: u, deleted: true},
		{start: 152, user: other},
		{start: 199, user: u, in: true},
		{start: 200, user: u},
		{start: 201, user: u, question: 120, in: true},
	} {
		session := ended(s.run(c.user, second(c.start)), second(300))
		session.State.Deleted = c.deleted
		changes.Sessions = append(changes.Sessions, session)
		if c.question > 0 {
			changes.Put = append(changes.Put, s.question(session, second(c.question)), s.question(session, second(c.question)))
		}
		if c.in {
			want = append(want, session)
		}
	}
	changes.Sessions = reversed(changes.Sessions)
	s.write(t, changes)
	expect(t, "sessions", want)(s.SessionsIn(t.Context(), u.ID, second(from), second(to)))
	expect[[]tracker.StoredSession](t, "of no time", nil)(s.SessionsIn(t.Context(), u.ID, second(150), second(150)))
}

func questionsIn(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	first, later := ended(s.run(u, second(0)), second(300)), s.run(u, second(0))
	others := s.run(other, second(0))
	var put, want []tracker.StoredQuestion
	for i, start := range []int{99, 100, 150, 151, 199, 200} {
		q := s.question([]tracker.StoredSession{first, later}[i%2], second(start))
		put = append(put, q)
		if 100 <= start && start < 200 {
			want = append(want, q)
		}
	}
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{first, later, others},
		Put:      append(reversed(put), s.question(others, second(150))),
	})
	expect(t, "questions", want)(s.QuestionsIn(t.Context(), u.ID, second(100), second(200)))
	var timings []tracker.StoredQuestion
	if err := s.EachTimingIn(t.Context(), u.ID, second(100), second(200), func(q tracker.StoredQuestion) bool {
		timings = append(timings, q)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		task := timeline.Task{AETHigh: want[i].Task.AETHigh, Count: want[i].Task.Count}
		want[i].UserID, want[i].Seq, want[i].Task = 0, 0, task
	}
	same(t, "timings", want, timings)
	expect[[]tracker.StoredQuestion](t, "of no time", nil)(s.QuestionsIn(t.Context(), u.ID, second(150), second(150)))
}

// The questions of two sessions alternate. A session has several questions of no length at one
// instant.
func sessionQuestions(t *testing.T, s *suite) {
	u := s.newUser(t)
	session, overlapping := s.run(u, second(100)), ended(s.run(u, second(100)), second(200))
	session.State.LastAt = second(200)
	at := func(start, end int, seq int64) tracker.StoredQuestion {
		q := s.question(session, second(start))
		q.EndedAt, q.Seq = second(end), seq
		return q
	}
	closed := []tracker.StoredQuestion{
		at(100, 110, 9), at(110, 130, 2), at(130, 130, 3), at(130, 130, 4), at(130, 150, 1), at(200, 200, 5),
	}
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{session, overlapping},
		Put:      append(reversed(closed), s.question(overlapping, second(100)), s.question(overlapping, second(125))),
	})
	var want []timeline.Question
	for _, q := range closed {
		want = append(want, q.Question)
	}
	same(t, "questions", want, s.questionsOf(t, session))
	var some []timeline.Question
	err := s.EachQuestion(t.Context(), session, func(q timeline.Question) bool {
		some = append(some, q)
		return len(some) < 3
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the first questions", want[:3], some)
}

func questionsBefore(t *testing.T, s *suite) {
	u := s.newUser(t)
	session, overlapping := s.run(u, second(100)), ended(s.run(u, second(100)), second(200))
	session.State.LastAt = second(200)
	var put []tracker.StoredQuestion
	for _, start := range []int{100, 120, 120, 140} {
		q := s.question(session, second(start))
		q.Seq = int64(len(put))
		put = append(put, q)
	}
	s.write(t, tracker.Changes{
		Sessions: []tracker.StoredSession{session, overlapping},
		Put:      append(reversed(put), s.question(overlapping, second(130))),
	})
	latest := []timeline.Question{put[2].Question, put[1].Question}
	expect(t, "the latest two", latest)(s.QuestionsBefore(t.Context(), session, second(140), 2))
	expect[[]timeline.Question](t, "before the session", nil)(s.QuestionsBefore(t.Context(), session, second(100), 2))
}

func logAfter(t *testing.T, s *suite) {
	u := s.newUser(t)
	session := s.run(u, second(100))
	var log []tracker.StoredEvent
	for seq := range int64(4) {
		log = append(log, s.event(session, seq+1))
	}
	session.Version = 4
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{session}, Events: log})
	expect(t, "a part", log[1:3])(s.LogAfter(t.Context(), session.SessionKey, 1, 2))
	expect[[]tracker.StoredEvent](t, "after the end", nil)(s.LogAfter(t.Context(), session.SessionKey, 4, 2))
	expect(t, "an event", log[2])(s.Event(t.Context(), log[2].Key()))
	if _, err := s.Event(t.Context(), tracker.EventKey{UserID: s.newUser(t).ID, ID: log[2].ID}); !errors.Is(err, tracker.ErrUnknown) {
		t.Errorf("another user's event: %v", err)
	}
}

func walk(t *testing.T, s *suite) {
	before := tracker.SessionKey{UserID: s.users, ID: "~"} // behind every ID of the suite
	users := []account.User{s.newUser(t), s.newUser(t), s.newUser(t)}
	var want []tracker.StoredSession
	for i, u := range users {
		old, gone := ended(s.run(u, second(50-i)), second(60)), deleted(s.run(u, second(40)))
		want = append(want, old, gone, s.run(u, second(30)))
	}
	s.write(t, tracker.Changes{Sessions: reversed(want)})
	for _, limit := range []int{1, 2, 4, 9, 100} {
		var got []tracker.StoredSession
		for after := before; ; after = got[len(got)-1].SessionKey {
			page := must[[]tracker.StoredSession](t)(s.NextSessions(t.Context(), after, limit))
			if len(page) > limit {
				t.Fatalf("limit %d: a page of %d", limit, len(page))
			}
			got = slices.Concat(got, page)
			if len(page) == 0 {
				break
			}
		}
		same(t, "all", want, got)
	}
	for i, u := range users {
		var got []tracker.StoredSession
		for after := (tracker.SessionKey{UserID: u.ID}); ; after = got[len(got)-1].SessionKey {
			page := must[[]tracker.StoredSession](t)(s.NextSessionsOf(t.Context(), after, 2))
			if got = slices.Concat(got, page); len(page) == 0 {
				break
			}
		}
		same(t, "of one user", want[3*i:3*i+3], got)
	}
}
