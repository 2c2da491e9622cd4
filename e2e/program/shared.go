package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// Shared is one build of the program and one PostgreSQL server for all tests of a package.
// The first test that needs one of them makes it; TestMain removes both:
//
//	var tracker program.Shared
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		tracker.Stop()
//		os.Exit(code)
//	}
type Shared struct {
	postgres pgtest.Shared

	once sync.Once
	dir  string // holds the program
	err  error
}

// require returns the path of the program, and fails the test when it does not build.
func (s *Shared) require(t testing.TB) (path string) {
	t.Helper()
	s.once.Do(func() {
		if s.dir, s.err = os.MkdirTemp("", "e2e-"); s.err == nil {
			s.err = build(s.path())
		}
	})
	if s.err != nil {
		t.Fatalf("build the program: %v", s.err)
	}
	return s.path()
}

func (s *Shared) path() string { return filepath.Join(s.dir, "raterhub-tracker") }

// build makes the program, with the race detector if the tests have it. Unlike "go build",
// "go run" keeps the linked program in Go's build cache, so all packages of a test run share
// it.
func build(output string) error {
	arguments := []string{"run", "-exec", "cp"}
	if raceDetector {
		arguments = append(arguments, "-race", "-gcflags=modernc.org/sqlite/lib=-race=false") // as tools/test does
	}
	cmd := exec.Command("go", append(arguments, "github.com/raterhub-tracker/raterhub-tracker/cmd/raterhub-tracker", output)...)
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, printed)
	}
	return nil
}

// Stop stops PostgreSQL and removes the program.
func (s *Shared) Stop() {
	s.postgres.Stop()
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // a leftover in the temporary directory harms nobody
	}
}

// Command returns a command of the program with an environment of its own, in an empty
// directory, so that no setting of the machine reaches it.
func (s *Shared) Command(t testing.TB, databaseURL string, arguments ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(s.require(t), arguments...)
	cmd.Dir = t.TempDir()
	cmd.SysProcAttr = dieTogether()
	cmd.Env = []string{
		"SECRET_KEY=" + strings.Repeat("end-to-end ", 6),
		"DATABASE_URL=" + databaseURL,
		"LISTEN=127.0.0.1:0",
		"RATE_LIMIT_EVENTS=off", "MAX_EVENTS_PER_DAY=off", "RATE_LIMIT_CORRECTIONS=off", "RATE_LIMIT_READS=off", "RATE_LIMIT_LOGIN=off", "RATE_LIMIT_REGISTER=off",
		"DEBUG=true",
		"HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(),
	}
	return cmd
}

// Run runs one command of the program to its end and returns what it printed; it fails
// the test unless the exit code is 0.
func (s *Shared) Run(t testing.TB, databaseURL string, arguments ...string) string {
	t.Helper()
	cmd := s.Command(t, databaseURL, arguments...)
	printed, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(arguments, " "), err, printed)
	}
	return string(printed)
}

// Verify refolds every log of a database and returns the program's summary line. It fails
// the test if a difference or an overlap of sessions is found.
func (s *Shared) Verify(t testing.TB, databaseURL string) string {
	t.Helper()
	printed := strings.TrimSpace(s.Run(t, databaseURL, "session", "verify"))
	if !strings.HasSuffix(printed, ", 0 differences, 0 overlaps") {
		t.Errorf("session verify: %s", printed)
	}
	return printed
}
