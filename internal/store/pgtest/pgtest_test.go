package pgtest

import (
	"context"
	"errors"
	"os"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// start runs a server of its own for a test, or skips it without PostgreSQL.
func start(t *testing.T, options Options) *Server {
	t.Helper()
	shared := &Shared{Options: options}
	t.Cleanup(shared.Stop)
	return shared.Require(t)
}

func query(t *testing.T, dsn, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var answer string
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

func TestServerIsDurableAndItsDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	server := start(t, Options{})
	first, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]string{
		"SHOW fsync":                            "on",
		"SHOW synchronous_commit":               "on",
		"SHOW full_page_writes":                 "on",
		"SHOW max_connections":                  "200",
		"SHOW server_encoding":                  "UTF8",
		"SELECT current_setting('config_file')": server.path("data") + "/postgresql.conf",
	} {
		if got := query(t, first, sql); got != want {
			t.Errorf("%s = %q, want %q", sql, got, want)
		}
	}
	if one, two := query(t, first, "SELECT current_database()"), query(t, second, "SELECT current_database()"); one == two {
		t.Errorf("both databases are %q", one)
	}
}

func TestOptionsReachTheServer(t *testing.T) {
	t.Parallel()
	server := start(t, Options{NoFsync: true, MaxConnections: 17, Settings: map[string]string{"work_mem": "7MB"}})
	for sql, want := range map[string]string{
		"SHOW fsync": "off", "SHOW max_connections": "17", "SHOW work_mem": "7MB",
	} {
		if got := query(t, server.DSN("postgres"), sql); got != want {
			t.Errorf("%s = %q, want %q", sql, got, want)
		}
	}
}

func TestKilledServerComesBackWithItsData(t *testing.T) {
	t.Parallel()
	server := start(t, Options{})
	dsn, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'here' AS word"); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if again, err := pgx.Connect(t.Context(), dsn); err == nil {
		again.Close(t.Context())
		t.Error("a killed server takes connections")
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query(t, dsn, "SELECT word FROM kept"); got != "here" {
		t.Errorf("after the restart the row is %q", got)
	}
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, Options{NoFsync: true})
	server.Stop()
	if _, err := os.Stat(server.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("directory after Stop: %v", err)
	}
	select {
	case <-server.process.done:
	default:
		t.Error("the process runs after Stop")
	}
}

func TestNewestVersionFirst(t *testing.T) {
	t.Parallel()
	got := newestFirst([]string{"/pg/9.6/bin", "/pg/17/bin", "/pg/odd/bin", "/pg/15/bin"})
	want := []string{"/pg/17/bin", "/pg/15/bin", "/pg/9.6/bin", "/pg/odd/bin"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// told stands in for a test and keeps how Require ended it.
type told struct {
	testing.TB
	skipped, failed bool
}

func (*told) Helper()                {}
func (t *told) Skipf(string, ...any) { t.skipped = true; runtime.Goexit() }
func (t *told) Fatal(...any)         { t.failed = true; runtime.Goexit() }

func TestTransactionsGoRoundThePoolersConnections(t *testing.T) {
	t.Parallel()
	shared := &Shared{Options: Options{NoFsync: true}}
	t.Cleanup(shared.Stop)
	pooler := shared.RequirePooler(t)
	conn, err := pgx.Connect(t.Context(), pooler.DSN(shared.Database(t))+"&default_query_exec_mode=exec")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	other, err := pgx.Connect(t.Context(), conn.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.WithoutCancel(t.Context()))
	server := func() (pid int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		return pid
	}
	first := server()
	tx, err := other.Begin(t.Context()) // takes the one connection that there is
	if err != nil {
		t.Fatal(err)
	}
	if again := server(); again == first {
		t.Error("a client has its connection to the server for itself")
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMissingServerSkipsAndFailsInCI(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short every test that asks for a server is skipped")
	}
	for _, test := range []struct {
		name, ci        string
		err             error
		skipped, failed bool
	}{
		{"a laptop without PostgreSQL", "", ErrNotInstalled, true, false},
		{"CI without PostgreSQL", "true", ErrNotInstalled, false, true},
		{"a laptop without PgBouncer", "", ErrNoPooler, true, false},
		{"CI without PgBouncer", "true", ErrNoPooler, false, true},
		{"a laptop without Patroni", "", ErrNoPatroni, true, false},
		{"CI without Patroni", "true", ErrNoPatroni, false, true},
		{"a server that does not start", "", errEnded, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("CI", test.ci)
			shared := &Shared{err: test.err}
			shared.once.Do(func() {})
			got := &told{}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				shared.Require(got)
			}()
			<-ended
			if got.skipped != test.skipped || got.failed != test.failed {
				t.Errorf("skipped %v, failed %v; want %v, %v", got.skipped, got.failed, test.skipped, test.failed)
			}
		})
	}
}
