package store

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// spoil makes the tables refuse the newest press of a user, and returns what makes them take it.
func spoil(t *testing.T, s *Store, p *pressing, userID int64) (mend func()) {
	t.Helper()
	db, id := s.database.(*sqliteDB), p.logs[userID][len(p.logs[userID])-1].ID
	exec := func(text string) {
		if _, err := db.writer.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TRIGGER spoiled BEFORE INSERT ON events WHEN hex(NEW.id) = upper(replace('` + id + `', '-', ''))
		BEGIN SELECT RAISE(ABORT, 'spoiled'); END`)
	return func() { exec(`DROP TRIGGER spoiled`) }
}

// The tables refuse what the journal has taken of one user. No such press is known; but one must
// not keep the others from pressing, nor the program from starting, and nothing may be lost.
func TestUserWhomTheTablesRefuse(t *testing.T) {
	t.Parallel()
	s, path, pressing := journalFixture(t, 1, 2, 3)
	pressing.group(t, s, 1, 2, 3)
	mend := spoil(t, s, pressing, 1)
	if err := pressing.try(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	for range 400 {
		pressing.group(t, s, 2, 3)
	}
	for _, again := range []*Store{s, cutPower(t, path, walSize(t, path))} {
		if more, err := again.Settle(t.Context()); more || err != nil {
			t.Errorf("more waits (%v), or %v", more, err)
		}
		pressing.only(2, 3).requireLogs(t, again, pressing.counts())
		if err := pressing.try(t.Context(), again, 1, 2); !errors.Is(err, tracker.ErrRejected) {
			t.Errorf("a press of the user: %v, want %v", err, tracker.ErrRejected)
		}
		if _, err := again.RecentSessions(t.Context(), 1, 1); err == nil {
			t.Error("the user's sessions are shown without the presses that wait")
		}
	}
	var rows int
	if err := s.database.(*sqliteDB).writer.QueryRowContext(t.Context(), `SELECT count(*) FROM journal`).Scan(&rows); err != nil || rows > 300 {
		t.Errorf("the journal has %d rows, %v", rows, err)
	}
	mend()
	pressing.requireLogs(t, s, pressing.counts())
	pressing.group(t, s, 1, 2, 3)
	pressing.requireLogs(t, cutPower(t, path, walSize(t, path)), pressing.counts())
}

// only returns the presses of some users.
func (p *pressing) only(users ...int64) *pressing {
	some := &pressing{logs: make(map[int64][]timeline.Event)}
	for _, id := range users {
		some.logs[id] = p.logs[id]
	}
	return some
}
