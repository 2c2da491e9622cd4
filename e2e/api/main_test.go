package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// What all tests share: the program under test, built once, one PostgreSQL server
// and one browser. Set by TestMain, read only by tests.
var (
	program  string
	postgres pgtest.Shared
	pages    browser.Shared
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e: make a directory:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // a leftover in the temporary directory harms nobody
	program = filepath.Join(dir, "raterhub-tracker")
	if err := build(program); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: build the program:", err)
		return 1
	}
	defer postgres.Stop()
	defer pages.Stop()
	return m.Run()
}

// build makes the program, with the race detector in it when the tests have it.
func build(output string) error {
	arguments := []string{"build", "-o", output}
	if raceDetector {
		arguments = append(arguments, "-race")
	}
	cmd := exec.Command("go", append(arguments, "../cmd/raterhub-tracker")...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// eachStore runs test once on each store, with the DATABASE_URL of an empty
// database. When the test is over, the stored sessions must agree with their logs.
func eachStore(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	for name, newDatabase := range map[string]func(testing.TB) string{
		"sqlite":   newSQLite,
		"postgres": newPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databaseURL := newDatabase(t)
			t.Cleanup(func() { // runs last, when every server has stopped
				if !t.Failed() {
					verify(t, databaseURL)
				}
			})
			test(t, databaseURL)
		})
	}
}

func newSQLite(t testing.TB) string {
	return "sqlite:///" + filepath.Join(t.TempDir(), "app.db")
}

func newPostgres(t testing.TB) string { return postgres.Database(t) }
