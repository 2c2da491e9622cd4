package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, postgres.Database(t)) })
}

// Replicas that start at once migrate one fresh database, and then all write to it.
func TestPostgresReplicas(t *testing.T) {
	t.Parallel()
	stores := openAtOnce(t, postgres.Database(t), 8)
	if t.Failed() {
		return
	}
	if err := stores[0].CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	replicas := make([]storetest.Store, len(stores))
	for i, s := range stores {
		replicas[i] = s
	}
	storetest.Race(t, ann.ID, replicas...)
}

// On the connections that record presses, a commit waits for the disk although the
// server's default is off here, and plans do not depend on how small the tables were.
func TestPostgresIngestSettings(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Database(t)).database.(*postgresDB)
	got := make(map[string]string)
	for _, name := range []string{
		"application_name", "synchronous_commit", "plan_cache_mode",
		"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "idle_in_transaction_session_timeout",
	} {
		var value string
		if err := db.ingest.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		got[name] = value
	}
	want := map[string]string{
		"application_name": "raterhub-tracker", "synchronous_commit": "on", "plan_cache_mode": "force_generic_plan",
		"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
		"idle_in_transaction_session_timeout": "5s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	// The pool that reads is left as the operator has set it.
	var seqscan string
	if err := db.pool.QueryRow(t.Context(), "SHOW enable_seqscan").Scan(&seqscan); err != nil {
		t.Fatal(err)
	}
	if seqscan != "on" {
		t.Errorf("reading with enable_seqscan %s, want on", seqscan)
	}
}

// Replicas share their counters, and expired ones are deleted.
func TestPostgresCountersAreShared(t *testing.T) {
	t.Parallel()
	stores := openAtOnce(t, postgres.Database(t), 3)
	if t.Failed() {
		return
	}
	var replicas []limit.Counters
	for _, s := range stores {
		replicas = append(replicas, s.Counters(time.Now))
	}
	storetest.Count(t, "shared", replicas...)

	for key, expires := range map[string]int64{"past": 99, "now": 100} {
		err := replicas[0].UpdateCounter(t.Context(), key, expires, func([]int64) []int64 { return []int64{1} })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := stores[1].DeleteExpiredCounters(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int{"past": 0, "now": 1} {
		err := replicas[2].UpdateCounter(t.Context(), key, 100, func(times []int64) []int64 {
			if len(times) != want {
				t.Errorf("%s: kept %v, want %d times", key, times, want)
			}
			return times
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A replica that stops within a transaction makes others wait for its counter only for a
// moment.
func TestPostgresCountersAreNotHeldForLong(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Database(t))
	counters := s.Counters(time.Now)
	count := func(key string) error {
		return counters.UpdateCounter(t.Context(), key, 100, func(times []int64) []int64 { return append(times, 1) })
	}
	if err := count("held"); err != nil {
		t.Fatal(err)
	}
	stopped, err := s.database.(*postgresDB).pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stopped.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := stopped.Exec(t.Context(), "SELECT * FROM counters WHERE key = 'held' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	if err := count("held"); !hasCode(err, "55P03") { // lock_not_available
		t.Errorf("held: %v, want lock_not_available", err)
	}
	if err := count("free"); err != nil {
		t.Errorf("free: %v", err)
	}
}

// Counting fails while the table is missing, and works again when it is back.
func TestPostgresCountersRecover(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Database(t))
	counters := s.Counters(time.Now)
	count := func() error {
		return counters.UpdateCounter(t.Context(), "one", 100, func(times []int64) []int64 { return append(times, 1) })
	}
	pool := s.database.(*postgresDB).pool
	for _, statement := range []string{"ALTER TABLE counters RENAME TO away", "ALTER TABLE away RENAME TO counters"} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if err := count(); (err == nil) != strings.HasPrefix(statement, "ALTER TABLE away") {
			t.Errorf("after %s: %v", statement, err)
		}
	}
}
