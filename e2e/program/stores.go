package program

import (
	"path/filepath"
	"testing"
)

// EachStore runs test once on each store, with the DATABASE_URL of an empty
// database. When the test is over, the stored sessions must agree with their logs.
func (s *Shared) EachStore(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	for name, newDatabase := range map[string]func(testing.TB) string{
		"sqlite":   SQLite,
		"postgres": s.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databaseURL := newDatabase(t)
			t.Cleanup(func() { // runs last, when every server has stopped
				if !t.Failed() {
					s.Verify(t, databaseURL)
				}
			})
			test(t, databaseURL)
		})
	}
}

// SQLite returns the DATABASE_URL of a new database file, which goes with the test.
func SQLite(t testing.TB) string {
	return "sqlite:///" + filepath.Join(t.TempDir(), "app.db")
}

// Postgres returns the DATABASE_URL of a new database. Without PostgreSQL on the machine
// it skips the test.
func (s *Shared) Postgres(t testing.TB) string { return s.postgres.Database(t) }

// Pooled returns the DATABASE_URL of a new PostgreSQL database by way of PgBouncer in
// transaction mode, and its DATABASE_SESSION_URL. Without either program on the machine
// it skips the test.
func (s *Shared) Pooled(t testing.TB) (databaseURL, sessionURL string) {
	pooler := s.postgres.RequirePooler(t)
	sessionURL = s.postgres.Database(t)
	return pooler.DSN(sessionURL), sessionURL
}
