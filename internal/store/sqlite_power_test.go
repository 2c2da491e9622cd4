package store

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/journal"
)

// cutPower returns a copy of a database as a power cut leaves it: with the part of the WAL
// that had reached the disk.
func cutPower(t *testing.T, path string, wal int64) *Store {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix != "" {
			content = content[:wal]
		}
		if err := os.WriteFile(copied+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, "sqlite:///"+copied)
}

func walSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// powerCuts is how often the power is cut, each time at another moment.
const powerCuts = 100

// A power cut at any moment loses no press that was acknowledged before it, and what is left
// is whole. Some users are in the tables at that moment, while others wait in the same rows
// of the journal.
func TestJournalOutlastsPowerCuts(t *testing.T) {
	t.Parallel()
	s, path, pressing := journalFixture(t, 1, 2, 3, 4, 5, 6)
	type moment struct {
		wal  int64
		acks map[int64]int
	}
	begin := walSize(t, path)
	moments := []moment{{begin, nil}}
	random := rand.New(rand.NewPCG(1, 2))
	wait, partly := &s.database.(*sqliteDB).waiting, 0
	for n := range 400 {
		users := random.Perm(6)[:1+random.IntN(6)]
		pressing.group(t, s, each(users, func(i int) int64 { return int64(i + 1) })...)
		moments = append(moments, moment{walSize(t, path), pressing.counts()})
		switch {
		case n%150 == 149: // not acknowledged to anybody: it may be lost
			if _, err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		case n%30 == 29:
			if _, err := s.RecentSessions(t.Context(), int64(users[0]+1), 1); err != nil {
				t.Fatal(err)
			}
		}
		if waiting := len(wait.Users(journal.Everybody)); waiting > 0 && waiting < 6 {
			partly++
		}
	}
	if partly == 0 {
		t.Error("at no time did some users wait and others not")
	}
	cuts := powerCuts
	if testing.Short() {
		cuts /= 10
	}
	const frame = 4096 + 24
	frames := (walSize(t, path) - begin) / frame
	for range cuts {
		wal := begin + random.Int64N(frames+1)*frame
		acks := moments[0].acks
		for _, m := range moments {
			if m.wal <= wal {
				acks = m.acks
			}
		}
		pressing.requireLogs(t, cutPower(t, path, wal), acks)
	}
}
