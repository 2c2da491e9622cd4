package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/journal"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// pressing presses NEXT for users in groups, as the recorder does, and keeps their logs.
type pressing struct {
	logs map[int64][]timeline.Event
}

// group presses once for each user, in one group.
func (p *pressing) group(t *testing.T, s *Store, users ...int64) {
	t.Helper()
	err := p.try(t.Context(), s, users...)
	for errors.Is(err, tracker.ErrLostRace) {
		err = p.try(t.Context(), s, users...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// try is group, once.
func (p *pressing) try(ctx context.Context, s *Store, users ...int64) error {
	var pressed tracker.Changes
	err := s.InTx(ctx, func(tx tracker.Tx) error {
		var need tracker.Need
		for _, id := range users {
			need.Users = append(need.Users, id)
			need.Events = append(need.Events, tracker.EventKey{UserID: id, ID: uuid.NewString()})
		}
		loaded, err := tx.Load(ctx, need)
		if err != nil {
			return err
		}
		pressed = changes(need.Events, loaded.Newest)
		return tx.Write(ctx, pressed)
	})
	if err == nil {
		for _, e := range pressed.Events {
			p.logs[e.Session.UserID] = append(p.logs[e.Session.UserID], e.Event)
		}
	}
	return err
}

func changes(events []tracker.EventKey, newest []tracker.StoredSession) (c tracker.Changes) {
	for _, key := range events {
		session := tracker.StoredSession{SessionKey: tracker.SessionKey{UserID: key.UserID, ID: uuid.NewString()}}
		if i := slices.IndexFunc(newest, func(s tracker.StoredSession) bool { return s.UserID == key.UserID }); i >= 0 {
			session = newest[i]
		}
		session.Version++
		event := timeline.Event{ID: key.ID, Seq: session.Version, Type: timeline.Next, At: timeline.Instant(session.Version) * timeline.Instant(timeline.Second), Target: 1}
		if question := session.State.Apply(event); question != nil && question.Counts() {
			c.Put = append(c.Put, tracker.StoredQuestion{SessionKey: session.SessionKey, Question: *question})
		}
		c.Sessions = append(c.Sessions, session)
		c.Events = append(c.Events, tracker.StoredEvent{Session: session.SessionKey, Event: event})
	}
	return c
}

// requireLogs checks that each user's log is the beginning of what was pressed, with at least
// so many events, and that the session and its questions are what follows from the log.
func (p *pressing) requireLogs(t *testing.T, s *Store, least map[int64]int) {
	t.Helper()
	for id, pressed := range p.logs {
		sessions, err := s.RecentSessions(t.Context(), id, 2)
		if err != nil || len(sessions) > 1 {
			t.Fatalf("user %d has %d sessions, want one: %v", id, len(sessions), err)
		}
		if len(sessions) == 0 {
			if least[id] > 0 {
				t.Errorf("user %d has lost %d presses", id, least[id])
			}
			continue
		}
		stored, err := s.Log(t.Context(), sessions[0].SessionKey)
		if err != nil {
			t.Fatal(err)
		}
		log := each(stored, func(e tracker.StoredEvent) timeline.Event { return e.Event })
		slices.SortFunc(log, func(a, b timeline.Event) int { return int(a.Seq - b.Seq) })
		if len(log) < least[id] || len(log) > len(pressed) {
			t.Fatalf("user %d has %d events, want %d to %d", id, len(log), least[id], len(pressed))
		}
		questions, err := s.SessionQuestions(t.Context(), sessions[0])
		if err != nil {
			t.Fatal(err)
		}
		folded := timeline.Fold(log)
		if diff := cmp.Diff(pressed[:len(log)], log) + cmp.Diff(folded.State, sessions[0].State) + cmp.Diff(folded.Visible(), questions); diff != "" {
			t.Fatalf("user %d:\n%s", id, diff)
		}
	}
}

func (p *pressing) counts() map[int64]int {
	counts := make(map[int64]int)
	for id, log := range p.logs {
		counts[id] = len(log)
	}
	return counts
}

// journalFixture opens a file with some users.
func journalFixture(t *testing.T, users ...int64) (_ *Store, path string, _ *pressing) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.db")
	s := open(t, "sqlite:///"+path)
	for _, id := range users {
		createPresser(t, s, account.User{ID: id, Email: strings.Repeat("a", int(id)) + "@example.com"})
	}
	return s, path, &pressing{logs: make(map[int64][]timeline.Event)}
}

// Whoever reads sees every press that was acknowledged, in this process and in another one,
// and the presses that follow go on from there.
func TestReadsSettleTheJournal(t *testing.T) {
	t.Parallel()
	server, path, pressing := journalFixture(t, 1, 2)
	command := open(t, "sqlite:///"+path)
	for range 3 {
		for range 3 {
			pressing.group(t, server, 1, 2)
		}
		pressing.requireLogs(t, command, pressing.counts())
		pressing.group(t, server, 1)
		pressing.requireLogs(t, server, pressing.counts())
		pressing.group(t, command, 1, 2)
		pressing.group(t, server, 2)
	}
	pressing.requireLogs(t, command, pressing.counts())
}

// A press that waits in the journal is recorded: repeated, it is found.
func TestRecordedPressesAreFoundInTheJournal(t *testing.T) {
	t.Parallel()
	s, _, pressing := journalFixture(t, 1)
	pressing.group(t, s, 1)
	if waits := s.database.(*sqliteDB).waiting.Users(1); len(waits) != 1 {
		t.Fatal("the press is not in the journal")
	}
	key := tracker.EventKey{UserID: 1, ID: pressing.logs[1][0].ID}
	err := s.InTx(t.Context(), func(tx tracker.Tx) error {
		loaded, err := tx.Load(t.Context(), tracker.Need{Users: []int64{1}, Events: []tracker.EventKey{key}})
		if err == nil && (len(loaded.Recorded) != 1 || loaded.Recorded[0].Key() != key) {
			t.Errorf("recorded are %v, want %v", loaded.Recorded, key)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// What waits of a user who is deleted meanwhile is forgotten, and keeps nobody else waiting.
func TestJournalForgetsDeletedUsers(t *testing.T) {
	t.Parallel()
	s, path, pressing := journalFixture(t, 1, 2)
	pressing.group(t, s, 1, 2)
	for _, step := range deletionSteps(t, s, 1) {
		step()
	}
	pressing.group(t, s, 2)
	delete(pressing.logs, 1)
	pressing.requireLogs(t, s, pressing.counts())
	if more, err := s.Settle(t.Context()); more || err != nil {
		t.Errorf("more waits (%v), or %v", more, err)
	}
	pressing.requireLogs(t, cutPower(t, path, walSize(t, path)), pressing.counts())
	var rows int
	if err := s.database.(*sqliteDB).writer.QueryRowContext(t.Context(), `SELECT count(*) FROM journal WHERE length(body) > 0`).Scan(&rows); err != nil || rows > 0 {
		t.Errorf("the journal has %d rows, %v", rows, err)
	}
}

// Settling does not wait for the disk, but what comes after it does.
func TestSettlingLeavesTheWriterDurable(t *testing.T) {
	t.Parallel()
	s, _, pressing := journalFixture(t, 1)
	pressing.group(t, s, 1)
	for more := true; more; {
		var err error
		if more, err = s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var synchronous int
	if err := s.database.(*sqliteDB).writer.QueryRowContext(t.Context(), `PRAGMA synchronous`).Scan(&synchronous); err != nil || synchronous != 2 {
		t.Errorf("PRAGMA synchronous is %d, %v, want 2 (FULL)", synchronous, err)
	}
}

// Each read of what was recorded is settled before, and no other one has to be.
func TestWhichReadsAreSettled(t *testing.T) {
	t.Parallel()
	for name, text := range sharedReads {
		isOfLogs := strings.Contains(text, "FROM sessions") || strings.Contains(text, "FROM events") || strings.Contains(text, "FROM questions")
		reads, userID := readsLogsOf(name, []any{int64(7)})
		if reads != isOfLogs {
			t.Errorf("%s is settled: %v, want %v", name, reads, isOfLogs)
		}
		if want := strings.Contains(text, "user_id = $1"); reads && (userID == 7) != want && userID != journal.Everybody {
			t.Errorf("%s settles user %d", name, userID)
		}
	}
	if _, err := (&sqliteDB{}).Settle(context.Background()); err != nil {
		t.Error(err)
	}
}
