package store

import (
	"database/sql"
	"io/fs"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// A database of an earlier version is brought up to date without losing anything, and
// a replica of that version may still write to it meanwhile.
func TestUpgradeFromFirstVersion(t *testing.T) {
	t.Parallel()
	const insert = `INSERT INTO users (id, email, password_hash, is_active, role, first_name, last_name, timezone, target_micros,
		week_start, reporting_timezone, wants_report_emails, created_at, last_login_at)
		VALUES ($1, $2, 'hash', true, 'user', '', '', 'UTC', 0, 1, '', false, 1, 2)`
	for name, c := range map[string]struct {
		dialect goose.Dialect
		url     string
		connect func(t *testing.T, url string) *sql.DB
	}{
		"sqlite": {goose.DialectSQLite3, freshFile(t), func(t *testing.T, url string) *sql.DB {
			db, err := sql.Open("sqlite", sqliteDSN(strings.TrimPrefix(url, "sqlite:///")))
			if err != nil {
				t.Fatal(err)
			}
			return db
		}},
		"postgres": {goose.DialectPostgres, postgres.Database(t), func(t *testing.T, url string) *sql.DB {
			config, err := pgx.ParseConfig(url)
			if err != nil {
				t.Fatal(err)
			}
			return stdlib.OpenDB(*config)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			old := c.connect(t, c.url)
			defer old.Close()
			files, err := fs.Sub(migrations, "migrations/"+name)
			if err != nil {
				t.Fatal(err)
			}
			provider, err := goose.NewProvider(c.dialect, old, files, goose.WithDisableGlobalRegistry(true))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if _, err := old.ExecContext(t.Context(), insert, 1, "before@example.com"); err != nil {
				t.Fatal(err)
			}
			s := open(t, c.url)
			if _, err := old.ExecContext(t.Context(), insert, 2, "meanwhile@example.com"); err != nil {
				t.Fatal(err)
			}
			for _, email := range []string{"before@example.com", "meanwhile@example.com"} {
				u, err := s.UserByEmail(t.Context(), email)
				if err != nil || u.PasswordHash != "hash" || u.PasswordChangedAt != 0 || u.LastLoginAt != 2 {
					t.Errorf("%s: %+v, %v", email, u, err)
				}
			}
		})
	}
}
