package faults

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // reads what a power cut has left

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestPowerCuts checks that a power cut loses nothing that was acknowledged. strace records what the
// program writes into its SQLite file and when it tells the disk to keep it. A cut at any moment then
// leaves what was synced, and of what was written since any part, in pieces of a sector. From that
// the program must start, agree with its logs, and have every press that was answered before.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out under -short: it starts the program again and again")
	}
	cuts := 10
	if isLong() {
		cuts = 100
	}
	path := filepath.Join(t.TempDir(), "app.db")
	s := tracker.Start(t, "sqlite:///"+path)
	users := make([]*program.Client, 4)
	for i := range users {
		users[i] = program.NewUser(t, s.URL)
		users[i].Press(t, map[string]any{"type": "NEXT"})
	}
	files := []string{path, path + "-wal"}
	stop := trace(t, []int{s.PID()}, "-xx", "-s", "70000", "-e", "trace=write,pwrite64,ftruncate,fsync,fdatasync")
	kept := newRecording(t, s.PID(), files)
	var pressed []string // ids, in the order of their answers
	for n := range 200 {
		id := uuid.NewString()
		users[n%len(users)].Press(t, map[string]any{"id": id, "type": []string{"NEXT", "NEXT", "PAUSE"}[n%3]})
		pressed = append(pressed, id)
	}
	kept.read(t, stop())
	random := rand.New(rand.NewPCG(5, 5))
	var acknowledged, torn int
	for range cuts {
		left := kept.cut(random)
		acknowledged, torn = acknowledged+left.answers, torn+left.torn
		copied := filepath.Join(t.TempDir(), "app.db")
		for i, suffix := range []string{"", "-wal"} {
			if err := os.WriteFile(copied+suffix, left.files[i], 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tracker.Verify(t, "sqlite:///"+copied)
		requireEvents(t, copied, pressed[:left.answers])
	}
	t.Logf("%d power cuts among %d writes, syncs and answers; before them %d presses were answered, and %d pieces of a sector were written and lost",
		cuts, len(kept.steps), acknowledged, torn)
	if torn == 0 {
		t.Error("no cut has lost anything that was written")
	}
}

// requireEvents checks that a database has these events.
func requireEvents(t *testing.T, path string, ids []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it was only read
	rows, err := db.QueryContext(t.Context(), `SELECT lower(hex(id)) FROM events`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	has := make(map[string]bool)
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		has[id] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for n, id := range ids {
		if !has[strings.ReplaceAll(id, "-", "")] {
			t.Errorf("after the power cut press %d of %d that were answered is lost", n+1, len(ids))
		}
	}
}

// openFiles returns the numbers under which a process has files open: the index of each in paths.
func openFiles(t *testing.T, pid int, paths []string) map[string]int {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	for _, entry := range entries {
		target, err := os.Readlink(filepath.Join(folder, entry.Name()))
		if err != nil {
			continue // closed meanwhile
		}
		for i, path := range paths {
			if target == path {
				found[entry.Name()] = i
			}
		}
	}
	return found
}
