package store

import (
	"errors"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// openThroughPooler opens a new database by way of PgBouncer in transaction mode.
func openThroughPooler(t *testing.T) *Store {
	t.Helper()
	s, err := openPooledDatabase(t, postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openPooledDatabase opens a database by way of PgBouncer, until the test ends.
func openPooledDatabase(t *testing.T, dsn string) (*Store, error) {
	t.Helper()
	s, err := OpenPooled(t.Context(), postgres.RequirePooler(t).DSN(dsn), dsn)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func TestPooler(t *testing.T) {
	t.Parallel()
	postgres.RequirePooler(t)
	storetest.Run(t, func(t *testing.T) storetest.Store { return openThroughPooler(t) })
}

// Users' locks hold through the pooler, between replicas with one and without.
func TestPoolerReplicas(t *testing.T) {
	t.Parallel()
	postgres.RequirePooler(t)
	dsn := postgres.Database(t)
	replicas := []storetest.Store{open(t, dsn)}
	for range 3 {
		s, err := openPooledDatabase(t, dsn)
		if err != nil {
			t.Fatal(err)
		}
		replicas = append(replicas, s)
	}
	if err := replicas[0].CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	storetest.Race(t, ann.ID, replicas...)
	storetest.Count(t, "shared", replicas[0].Counters(nil), replicas[1].Counters(nil))
}

func TestPoolerDeletion(t *testing.T) {
	t.Parallel()
	s := openThroughPooler(t)
	fillTables(t, s, leaver)
	if _, err := deleteUser(t.Context(), s, leaver.ID); err != nil {
		t.Fatal(err)
	}
}

// A commit waits for the disk, though the server's default here is that it does not.
func TestPoolerCommitsAreDurable(t *testing.T) {
	t.Parallel()
	s := openThroughPooler(t)
	db := s.database.(*postgresDB)
	got := make(map[string]string)
	ask := func(what string, scan func(to ...any) error) {
		t.Helper()
		var setting string
		if err := scan(&setting); err != nil {
			t.Fatal(err)
		}
		got[what] = setting
	}
	const asked = `SELECT current_setting('synchronous_commit')`
	err := s.InTx(t.Context(), func(tx tracker.Tx) error {
		_, err := tx.Load(t.Context(), tracker.Need{})
		ask("a group of presses", tx.(*postgresTx).conn.QueryRow(t.Context(), asked).Scan)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.writes(t.Context(), func(w writeTx) error {
		ask("a transaction", w.tx.QueryRowContext(t.Context(), asked).Scan)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (durable{db.sqlDB}).ExecContext(t.Context(), `CREATE TABLE asked AS `+asked+` AS setting`); err != nil {
		t.Fatal(err)
	}
	ask("a single statement", db.pool.QueryRow(t.Context(), `SELECT setting FROM asked`).Scan)
	ask("nothing", db.pool.QueryRow(t.Context(), asked).Scan)
	for what, want := range map[string]string{"a group of presses": "on", "a transaction": "on", "a single statement": "on", "nothing": "off"} {
		if got[what] != want {
			t.Errorf("%s has synchronous_commit = %s, want %s", what, got[what], want)
		}
	}
}

// LISTEN goes round the pooler, NOTIFY through it.
func TestPoolerSignals(t *testing.T) {
	t.Parallel()
	dsn := postgres.Database(t)
	var signals []live.Signals
	for range 2 {
		s, err := openPooledDatabase(t, dsn)
		if err != nil {
			t.Fatal(err)
		}
		signals = append(signals, s.Signals())
	}
	h := listen(t, signals[0])
	if err := signals[1].Publish(t.Context(), []int64{7}); err != nil {
		t.Fatal(err)
	}
	if user := next(t, h.users); user != 7 {
		t.Errorf("heard %d", user)
	}
}

// Without DATABASE_SESSION_URL the error says what to set, and nothing is written.
func TestPoolerNeedsASession(t *testing.T) {
	t.Parallel()
	pooler := postgres.RequirePooler(t)
	dsn := postgres.Database(t)
	s, err := Open(t.Context(), pooler.DSN(dsn))
	if err == nil {
		_ = s.Close()
	}
	if !errors.Is(err, errPooled) || !strings.Contains(err.Error(), "DATABASE_SESSION_URL") {
		t.Errorf("opened without a session: %v", err)
	}
}
