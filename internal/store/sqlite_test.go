package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, freshFile(t)) })
}

var ann = account.User{ID: 1, Email: "ann@example.com", PasswordHash: "x", Role: account.RoleUser, Timezone: "UTC"}

// A store reads what an earlier one wrote; closing leaves one file that holds everything.
func TestSQLiteReopened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a folder with spaces", "odd name?#%41.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := Open(t.Context(), "sqlite:///"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a WAL is left: %v", err)
	}
	if _, err := open(t, "sqlite:///"+path).UserByID(t.Context(), ann.ID); err != nil {
		t.Errorf("after opening again: %v", err)
	}
}

func TestSQLiteOpenedAtOnce(t *testing.T) {
	t.Parallel()
	stores := openAtOnce(t, freshFile(t), 8)
	if t.Failed() {
		return
	}
	if err := stores[0].CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	for _, s := range stores {
		if _, err := s.UserByID(t.Context(), ann.ID); err != nil {
			t.Error(err)
		}
	}
}

// Two processes, such as the server and a command, use one file.
func TestSQLiteProcessesRace(t *testing.T) {
	t.Parallel()
	url := freshFile(t)
	one, other := open(t, url), open(t, url)
	if err := one.CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	storetest.Race(t, ann.ID, one, other)
}

// A PRAGMA holds for one connection only, so the test asks every connection of a pool.
func TestSQLitePragmas(t *testing.T) {
	t.Parallel()
	db := open(t, freshFile(t)).database.(*sqliteDB)
	both := map[string]int64{
		"synchronous":  2, // FULL: a commit is on disk
		"foreign_keys": 1, "busy_timeout": 10000, "mmap_size": 1 << 30,
		"cache_size": -65536, "temp_store": 2, "wal_autocheckpoint": 8000,
	}
	for _, pool := range []struct {
		name        string
		db          *sql.DB
		connections int
		queryOnly   int64
	}{
		{"writer", db.writer, 1, 0},
		{"readers", db.readers, sqliteReaders, 1},
	} {
		if got := pool.db.Stats().MaxOpenConnections; got != pool.connections {
			t.Errorf("%s: at most %d connections, want %d", pool.name, got, pool.connections)
		}
		for _, conn := range allConnections(t, pool.db, pool.connections) {
			for name, want := range both {
				requirePragma(t, conn, pool.name, name, want)
			}
			requirePragma(t, conn, pool.name, "query_only", pool.queryOnly)
			requirePragma(t, conn, pool.name, "journal_mode", "wal")
		}
	}
}

// allConnections returns every connection of a pool. They are held until the test ends, so
// that none is returned twice.
func allConnections(t *testing.T, db *sql.DB, n int) []*sql.Conn {
	t.Helper()
	conns := make([]*sql.Conn, n)
	for i := range conns {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		conns[i] = conn
	}
	return conns
}

func requirePragma[T comparable](t *testing.T, conn *sql.Conn, pool, name string, want T) {
	t.Helper()
	var got T
	if err := conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil {
		t.Fatalf("%s: PRAGMA %s: %v", pool, name, err)
	}
	if got != want {
		t.Errorf("%s: PRAGMA %s = %v, want %v", pool, name, got, want)
	}
}

func TestSQLiteReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := open(t, freshFile(t)).database.(*sqliteDB)
	if _, err := db.readers.ExecContext(context.Background(), "DELETE FROM users"); err == nil {
		t.Error("a reader's connection has deleted rows")
	}
}
