package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenSQLiteURLs(t *testing.T) {
	// Relative paths start at the working directory, so this test runs alone.
	dir := t.TempDir()
	t.Chdir(dir)
	for url, file := range map[string]string{
		"sqlite:///./app.db":                      "app.db",
		"sqlite:///relative.db":                   "relative.db",
		"sqlite+aiosqlite:///driver.db":           "driver.db",
		"sqlite:///" + filepath.Join(dir, "a.db"): "a.db", // sqlite:////…: four slashes
	} {
		open(t, url)
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestOpenPostgresURLs(t *testing.T) {
	t.Parallel()
	dsn := postgres.Database(t)
	_, rest, _ := strings.Cut(dsn, "://")
	for _, scheme := range []string{"postgres", "postgresql", "postgresql+psycopg2", "postgresql+asyncpg"} {
		if err := open(t, scheme+"://"+rest).Ping(t.Context()); err != nil {
			t.Errorf("%s: %v", scheme, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	const password = "hunter2"
	for _, c := range []struct{ name, url, want string }{
		{"nothing", "", "want sqlite:///path or postgres://"},
		{"a path", "./app.db", "want sqlite:///path or postgres://"},
		{"no path", "sqlite://", "want sqlite:///relative/path"},
		{"an empty path", "sqlite:///", "want sqlite:///relative/path"},
		{"two slashes", "sqlite://app.db", "want sqlite:///relative/path"},
		{"another database", "mysql://u:" + password + "@h/db", `unknown scheme "mysql"`},
		{"a folder that is not there", "sqlite:///" + filepath.Join(t.TempDir(), "none", "a.db"), "opening SQLite file"},
		{"a port that is none", "postgres://u:" + password + "@h:port/db", "opening PostgreSQL"},
		{"no server", "postgres://u:" + password + "@127.0.0.1:1/db?connect_timeout=1", "opening PostgreSQL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(t.Context(), c.url)
			if err == nil {
				_ = s.Close()
				t.Fatal("it opens")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want it to contain %q", err, c.want)
			}
			if strings.Contains(err.Error(), password) {
				t.Errorf("the password is in the error: %q", err)
			}
		})
	}
}

func TestRedacted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{"postgres://ann:secret@db:5432/tracker", "postgres://ann@db:5432/tracker"},
		{"postgres://ann:se@c:r@et@db/tracker", "postgres://ann@db/tracker"},
		{"postgresql+psycopg2://ann:secret@db/tracker", "postgresql+psycopg2://ann@db/tracker"},
		{"postgres://ann@db/tracker", "postgres://ann@db/tracker"},
		{"postgres://db/tracker", "postgres://db/tracker"},
		{"postgres://db:5432/tracker?user=ann&password=secret", "postgres://db:5432/tracker"},
		{"postgres://ann:x@db/tracker?sslpassword=secret", "postgres://ann@db/tracker"},
		{"sqlite:///./app.db", "sqlite:///./app.db"},
		{"sqlite:////var/lib/a.db", "sqlite:////var/lib/a.db"},
		{"secret", "(not a URL)"},
		{"", "(not a URL)"},
	} {
		if got := Redacted(c.url); got != c.want {
			t.Errorf("Redacted(%q) = %q, want %q", c.url, got, c.want)
		}
	}
}

// Wherever a URL has a password, no part of it is left.
func TestRedactedNeverLeaks(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"secret", "a@secret", "secret@b", "a:secret", "secret:b", "a/secret", "a?secret", "a#secret", "%73secret"} {
		for _, url := range []string{
			"postgres://ann:" + password + "@db:5432/tracker",
			"postgres://:" + password + "@db/tracker",
			"postgres://db:5432/tracker?user=ann&password=" + password,
			"postgres://ann:x@db:5432/tracker?sslmode=disable&password=" + password,
		} {
			if got := Redacted(url); strings.Contains(got, "secret") {
				t.Errorf("Redacted(%q) = %q", url, got)
			}
		}
	}
}
