package store

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/foreign"
)

// pythonTables are some of those of the earlier Python application, as SQLAlchemy makes
// them.
var pythonTables = []string{
	`CREATE TABLE users (
		id INTEGER NOT NULL, external_id VARCHAR(36) NOT NULL, email VARCHAR(255) NOT NULL, password_hash VARCHAR(255) NOT NULL,
		is_active BOOLEAN, created_at TIMESTAMP, PRIMARY KEY (id))`,
	`CREATE UNIQUE INDEX ix_users_email ON users (email)`,
	`CREATE TABLE sessions (
		id INTEGER NOT NULL, session_id VARCHAR(36) NOT NULL, user_id INTEGER NOT NULL, started_at TIMESTAMP NOT NULL,
		PRIMARY KEY (id), FOREIGN KEY(user_id) REFERENCES users (id))`,
	`CREATE TABLE events (
		id INTEGER NOT NULL, session_id INTEGER NOT NULL, type VARCHAR(16) NOT NULL, timestamp TIMESTAMP NOT NULL,
		PRIMARY KEY (id), FOREIGN KEY(session_id) REFERENCES sessions (id))`,
	`CREATE TABLE questions (
		id INTEGER NOT NULL, session_id INTEGER NOT NULL, question_index INTEGER NOT NULL, raw_seconds FLOAT,
		PRIMARY KEY (id), FOREIGN KEY(session_id) REFERENCES sessions (id))`,
	`INSERT INTO users VALUES (1, 'x', 'ann@example.com', 'hash', true, '2025-01-01 00:00:00')`,
	`INSERT INTO sessions VALUES (1, 's', 1, '2025-01-01 00:00:00')`,
}

// fill runs statements on a database.
func fill(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func sqliteFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func postgresDatabase(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// filesIn returns the files of a folder, by name.
func filesIn(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(folder, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// requireRefused checks that a database does not open, with this error and these words in
// it.
func requireRefused(t *testing.T, url string, want error, words ...string) {
	t.Helper()
	s, err := Open(t.Context(), url)
	if err == nil {
		_ = s.Close()
	}
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

// A file of another program stays as it is, byte for byte, and nothing is left beside it.
func TestForeignFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		tables []string
		open   bool // by the other program, while we look
	}{
		{"of the Python application", pythonTables, false},
		{"of the Python application, with a log", append([]string{`PRAGMA journal_mode = WAL`}, pythonTables...), false},
		{"of the Python application, which runs", pythonTables, true},
		{"of any other program", []string{`CREATE TABLE notes (text TEXT)`}, false},
		{"of another program with migrations like ours", append([]string{
			`CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL)`,
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)`,
		}, `CREATE TABLE notes (text TEXT)`), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "app.db")
			db := sqliteFile(t, path)
			fill(t, db, c.tables...)
			if !c.open {
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			before := filesIn(t, filepath.Dir(path))
			requireRefused(t, "sqlite:///"+path, foreign.ErrForeign,
				"Nothing was changed", "DATABASE_URL to a new file", "raterhub-tracker import", "A later release")
			if diff := cmp.Diff(before, filesIn(t, filepath.Dir(path))); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
		})
	}
}

// The same while the other program writes to its log.
func TestForeignFileInUseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	db := sqliteFile(t, path)
	fill(t, db, append([]string{`PRAGMA journal_mode = WAL`}, pythonTables...)...)
	before := filesIn(t, filepath.Dir(path))
	requireRefused(t, "sqlite:///"+path, foreign.ErrForeign)
	after := filesIn(t, filepath.Dir(path))
	for _, name := range []string{"app.db", "app.db-wal"} {
		if !bytes.Equal(before[name], after[name]) {
			t.Errorf("%s has changed", name)
		}
	}
	fill(t, db, `INSERT INTO users VALUES (2, 'y', 'bob@example.com', 'hash', true, '2025-01-01 00:00:00')`)
}

func TestFileOfNoDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	before := filesIn(t, filepath.Dir(path))
	if s, err := Open(t.Context(), "sqlite:///"+path); err == nil {
		_ = s.Close()
		t.Error("it opens")
	}
	if diff := cmp.Diff(before, filesIn(t, filepath.Dir(path))); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

// A PostgreSQL database that has tables of our names stays as it is.
func TestForeignPostgresIsLeftAlone(t *testing.T) {
	t.Parallel()
	dsn := postgres.Database(t)
	db := postgresDatabase(t, dsn)
	fill(t, db, pythonTables...)
	columns := func() []string {
		t.Helper()
		return texted(t, db, `SELECT table_name || '.' || column_name FROM information_schema.columns
			WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`)
	}
	before := columns()
	requireRefused(t, dsn, foreign.ErrForeign, "Nothing was changed", "DATABASE_URL to an empty database", "raterhub-tracker import")
	if after := columns(); !slices.Equal(before, after) {
		t.Errorf("columns %q have become %q", before, after)
	}
}

// Other tables in the same PostgreSQL database, such as an extension's, are no obstacle.
func TestPostgresMayHaveOtherTables(t *testing.T) {
	t.Parallel()
	dsn := postgres.Database(t)
	fill(t, postgresDatabase(t, dsn), `CREATE TABLE spatial_ref_sys (srid bigint PRIMARY KEY)`)
	for range 2 { // empty, and then with ours
		if err := open(t, dsn).Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A newer version of the program may have changed anything: this one does not touch it.
func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"SQLite": freshFile(t), "PostgreSQL": postgres.Database(t)} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			requireRefused(t, url, foreign.ErrNewer, "999", "Nothing was changed")
		})
	}
}
