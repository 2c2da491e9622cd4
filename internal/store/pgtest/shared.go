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

	poolerOnce sync.Once
	pooler     *Pooler
	poolerErr  error
}

// Require returns the running server. With -short it skips the test. On a machine
// without PostgreSQL it does so too, and says so on stderr, because a skip alone is
// not seen; where CI is set in the environment it fails instead.
func (s *Shared) Require(tb testing.TB) *Server {
	tb.Helper()
	skipShort(tb)
	s.once.Do(func() {
		s.server, s.err = Start(context.Background(), s.Options)
		tellMissing("PostgreSQL", s.err)
	})
	require(tb, "PostgreSQL", s.err)
	return s.server
}

func skipShort(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("PostgreSQL tests SKIPPED: -short")
	}
}

// tellMissing says on stderr that tests are skipped.
func tellMissing(what string, err error) {
	if isMissing(err) {
		fmt.Fprintf(os.Stderr, "%s tests SKIPPED: %v\n", what, err)
	}
}

// require ends the test if there is an error: it skips it if a program is not installed
// and this is not CI.
func require(tb testing.TB, what string, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case isMissing(err) && os.Getenv("CI") == "":
		tb.Skipf("%s tests SKIPPED: %v", what, err)
	default:
		tb.Fatal(err)
	}
}

func isMissing(err error) bool {
	return errors.Is(err, ErrNotInstalled) || errors.Is(err, ErrNoPooler) || errors.Is(err, ErrNoPatroni)
}

// RequirePooler returns the running PgBouncer in front of the shared server; it skips or
// fails as Require does.
func (s *Shared) RequirePooler(tb testing.TB) *Pooler {
	tb.Helper()
	server := s.Require(tb)
	s.poolerOnce.Do(func() {
		s.pooler, s.poolerErr = server.StartPooler(context.Background())
		tellMissing("PgBouncer", s.poolerErr)
	})
	require(tb, "PgBouncer", s.poolerErr)
	return s.pooler
}

// RequirePair returns a primary and its standby (StartPair), which stop with the test. It skips
// or fails as Shared.Require does.
func RequirePair(tb testing.TB, options Options) (primary, standby *Server) {
	tb.Helper()
	skipShort(tb)
	primary, standby, err := StartPair(tb.Context(), options)
	tellMissing("PostgreSQL", err)
	require(tb, "PostgreSQL", err)
	tb.Cleanup(primary.Stop)
	tb.Cleanup(standby.Stop)
	return primary, standby
}

// RequirePatroni returns a Patroni cluster (StartPatroni), which stops with the test. It skips or
// fails as Shared.Require does.
func RequirePatroni(tb testing.TB) *Patroni {
	tb.Helper()
	skipShort(tb)
	cluster, err := StartPatroni(tb.Context())
	tellMissing("Patroni", err)
	require(tb, "Patroni", err)
	tb.Cleanup(cluster.Stop)
	return cluster
}

// Database returns the address of a new empty database on the shared server. It
// skips or fails as Require does.
func (s *Shared) Database(tb testing.TB) (dsn string) {
	tb.Helper()
	dsn, err := s.Require(tb).NewDatabase(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return dsn
}

// Stop ends the server and the pooler if a test has started them.
func (s *Shared) Stop() {
	s.once.Do(func() { s.err = errors.New("pgtest: the shared server was stopped") })
	if s.pooler != nil {
		s.pooler.Stop()
	}
	if s.server != nil {
		s.server.Stop()
	}
}
