package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var valueCases = []testCase{
	{"hostile text comes back letter by letter", hostileText},
	{"the largest and the smallest numbers come back", extremeNumbers},
	{"the largest user ID", largestUserID},
	{"a large group", largeGroup},
}

// hostileTexts break SQL, JSON, arrays or encodings that are put together by hand. Some
// look like values of another type, which a database may convert.
var hostileTexts = []string{
	`'; DROP TABLE users; --`, `"`, `'`, `''`, "`", `\`, `\\`, `\"`, `\u0000`, `\x00`, `\N`,
	`"},{"a":["`, `]`, `{a,"b",NULL}`, `[[1],[2]]`, `null`, `NULL`, `true`, `0`, `-0`, `007`, `1e3`, `1e400`, `0x10`, `9223372036854775808`,
	`$1`, `?`, `:a`, `@a`, `%s`, `%`, `_`, `<script>&amp;`, `--`, `/* */`,
	"a\tb\nc\r\nd", "\x01\x1f\x7f", "\u0085\u00a0", " blank at both ends ",
	"naïve Äöß Ωж 日本語", "e\u0301 is not \u00e9", "👩‍💻🐇⚡", "\u2028\u2029", "\ufeffmark", "\ufffd", "\U0010ffff", "\u202etxet",
	strings.Repeat("long ", 4000),
}

func hostileText(t *testing.T, s *suite) {
	for i, text := range hostileTexts {
		t.Run(fmt.Sprintf("%.20q", text), func(t *testing.T) {
			u := s.unsavedUser()
			u.Email, u.EmailKey, u.PasswordHash, u.FirstName, u.LastName, u.Timezone, u.WeekZone = text, text, text, text, text, text, text
			if err := s.CreateUser(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			s.requireUser(t, u)
			if err := s.UpgradePasswordHash(t.Context(), u.ID, text, text+"!"); err != nil {
				t.Fatal(err)
			}
			u.PasswordHash += "!"
			token := account.Token{TokenRef: account.TokenRef{UserID: u.ID, ID: text}, ExpiresAt: second(1000)}
			if err := s.RecordLogin(t.Context(), token, u.PasswordChangedAt, u.LastLoginAt); err != nil {
				t.Fatal(err)
			}
			s.requireTokens(t, map[account.TokenRef]account.User{token.TokenRef: u},
				account.TokenRef{UserID: u.ID, ID: hostileTexts[(i+1)%len(hostileTexts)]}, token.TokenRef)
			s.requireHostileSession(t, u, text)
		})
	}
}

func (s *suite) requireHostileSession(t *testing.T, u account.User, text string) {
	t.Helper()
	task := timeline.Task{AETText: text, ID: text, Type: text}
	session := s.run(u, second(0))
	session.ID, session.State.Current.Task = text, task
	event := s.event(session, 1)
	event.ID, event.Type, event.QuestionID, event.Task = text, timeline.Type(text), text, task
	question := s.question(session, second(0))
	question.Question.ID, question.Task = text, task
	c := tracker.Changes{
		Sessions: []tracker.StoredSession{session}, Events: []tracker.StoredEvent{event}, Put: []tracker.StoredQuestion{question},
	}
	s.write(t, c)
	s.requireStored(t, c)
	s.inTx(t, func(tx tracker.Tx) {
		need := tracker.Need{Users: []int64{u.ID}, Events: []tracker.EventKey{event.Key()}}
		expect(t, "loaded", tracker.Loaded{Newest: c.Sessions, Recorded: c.Events})(tx.Load(t.Context(), need))
	})
	// Found by its key, it can be replaced and dropped.
	session.Version = 2
	s.write(t, tracker.Changes{Sessions: []tracker.StoredSession{session}, Drop: c.Put})
	s.requireStored(t, tracker.Changes{Sessions: []tracker.StoredSession{session}, Events: c.Events})
}

func extremeNumbers(t *testing.T, s *suite) {
	for _, n := range []int64{math.MaxInt64, math.MinInt64, -1, 1<<53 + 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			u := s.unsavedUser()
			u.TargetMicros, u.CreatedAt, u.LastLoginAt = timeline.Micros(n), timeline.Instant(n), timeline.Instant(n)
			if err := s.CreateUser(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			s.requireUser(t, u)

			task := timeline.Task{AETLow: timeline.Micros(n), AETHigh: timeline.Micros(n)}
			at, length := timeline.Instant(n), timeline.Micros(n)
			session := s.run(u, at)
			session.Version = n
			session.State = timeline.State{
				Phase: timeline.Running, StartedAt: at, EndedAt: at, Target: length, Closed: int(n), Counted: int(n), LastAt: at,
				Current: timeline.Current{StartedAt: at, Paused: length, PausedAt: at, Task: task},
			}
			event := s.event(session, n)
			event.Event = timeline.Event{ID: event.ID, Seq: n, Type: timeline.Next, At: at, Task: task, Target: length, Adjustment: timeline.Adjustment{Set: true, Active: length}}
			event.ReceivedAt, event.ClientAt, event.SentAt = at, at, at
			event.Answered = tracker.Answered{Index: int(n), Raw: length, Active: length}
			question := s.question(session, at)
			question.Seq, question.EndedAt, question.Paused, question.Task = n, at, length, task
			question.Adjustment = event.Adjustment
			c := tracker.Changes{
				Sessions: []tracker.StoredSession{session}, Events: []tracker.StoredEvent{event}, Put: []tracker.StoredQuestion{question},
			}
			s.write(t, c)
			s.requireStored(t, c)
			c.Drop, c.Put, c.Events = c.Put, nil, nil
			s.write(t, c)
			expect[[]timeline.Question](t, "dropped", nil)(s.SessionQuestions(t.Context(), session))
		})
	}
}

// User IDs go up to 2^53-1, so that JSON readers keep them exact.
func largestUserID(t *testing.T, s *suite) {
	u := s.unsavedUser()
	u.ID = 1<<53 - 1
	if err := s.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	s.requireUser(t, u)
	token := s.login(t, &u, second(1000))
	s.requireTokens(t, map[account.TokenRef]account.User{token: u}, token)
	c := s.nextEvent(s.run(u, second(0)), 1)
	s.write(t, c)
	s.requireStored(t, c)
}

// largeGroup writes as many events as tracker puts into one transaction.
func largeGroup(t *testing.T, s *suite) {
	const users, each = 4, 500
	var all tracker.Changes
	var need tracker.Need
	parts := make([]tracker.Changes, users)
	for i := range parts {
		session := s.run(s.newUser(t), second(0))
		session.Version, session.State.LastAt = each, second(each)
		part := tracker.Changes{Sessions: []tracker.StoredSession{session}}
		for n := range each {
			e := s.event(session, int64(n+1))
			e.Task = fullTask(timeline.Micros(n))
			part.Events = append(part.Events, e)
			part.Put = append(part.Put, s.question(session, second(n)))
			need.Events = append(need.Events, e.Key())
		}
		parts[i] = part
		need.Users = append(need.Users, session.UserID)
		all.Sessions = append(all.Sessions, part.Sessions...)
		all.Events = append(all.Events, part.Events...)
		all.Put = append(all.Put, part.Put...)
	}
	s.write(t, all)
	for _, part := range parts {
		s.requireStored(t, part)
	}
	s.inTx(t, func(tx tracker.Tx) {
		loaded := must[tracker.Loaded](t)(tx.Load(t.Context(), need))
		if len(loaded.Newest) != users || len(loaded.Recorded) != users*each {
			t.Errorf("loaded %d sessions and %d events, want %d and %d",
				len(loaded.Newest), len(loaded.Recorded), users, users*each)
		}
	})
	s.write(t, tracker.Changes{Sessions: all.Sessions, Drop: all.Put})
	expect[[]timeline.Question](t, "dropped", nil)(s.SessionQuestions(t.Context(), all.Sessions[0]))
}
