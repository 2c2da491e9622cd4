package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, postgres.Database(t)) })
}

// Replicas that start together migrate one fresh database, and then write to it
// together.
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

// The connections that record presses: a commit is on disk whatever the server's
// default is, here off, and a plan does not depend on how small the tables were.
func TestPostgresIngestSettings(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Database(t)).database.(*postgresDB)
	got := make(map[string]string)
	for _, name := range []string{
		"application_name", "synchronous_commit", "plan_cache_mode",
		"enable_seqscan", "enable_hashjoin", "enable_mergejoin",
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
