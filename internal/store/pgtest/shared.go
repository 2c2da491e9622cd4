package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Shared is one server for all tests of a package. The first test that needs it
// starts it; TestMain stops it:
//
//	var postgres pgtest.Shared
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		postgres.Stop()
//		os.Exit(code)
//	}
type Shared struct {
	Options Options

	once   sync.Once
	server *Server
	err    error
}

// Require is the running server. On a machine without PostgreSQL it skips the
// test and says so on stderr, because a skip alone is not seen; where CI is set
// in the environment it fails instead.
func (s *Shared) Require(tb testing.TB) *Server {
	tb.Helper()
	s.once.Do(func() {
		s.server, s.err = Start(context.Background(), s.Options)
		if errors.Is(s.err, ErrNotInstalled) {
			fmt.Fprintf(os.Stderr, "PostgreSQL tests SKIPPED: %v\n", s.err)
		}
	})
	switch {
	case s.err == nil:
	case errors.Is(s.err, ErrNotInstalled) && os.Getenv("CI") == "":
		tb.Skipf("PostgreSQL tests SKIPPED: %v", s.err)
	default:
		tb.Fatal(s.err)
	}
	return s.server
}

// Database is the address of a new empty database on the shared server; it
// skips or fails as Require does.
func (s *Shared) Database(tb testing.TB) (dsn string) {
	tb.Helper()
	dsn, err := s.Require(tb).NewDatabase(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return dsn
}

// Stop ends the server if a test has started it.
func (s *Shared) Stop() {
	s.once.Do(func() { s.err = errors.New("pgtest: the shared server was stopped") })
	if s.server != nil {
		s.server.Stop()
	}
}
