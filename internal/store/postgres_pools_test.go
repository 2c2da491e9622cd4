package store

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A press gets through while slow reads hold every connection that reads can have: its
// token is looked up, it is counted and recorded, with and without users' locks, and
// other replicas are told.
func TestPressesDoNotWaitForReads(t *testing.T) {
	t.Parallel()
	url := postgres.Database(t)
	s := open(t, url)
	user := ann
	user.Active = true
	token := account.Token{TokenRef: account.TokenRef{UserID: user.ID, ID: "token"}, ExpiresAt: 1}
	if err := s.CreateUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordLogin(t.Context(), token, user.PasswordChangedAt, 1); err != nil {
		t.Fatal(err)
	}
	holdReads(t, s.database.(*postgresDB))

	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	users, err := s.UsersOfTokens(ctx, []account.TokenRef{token.TokenRef})
	if err != nil || users[token.TokenRef].ID != user.ID {
		t.Errorf("token look-up: %v, %v", users, err)
	}
	err = s.Counters(time.Now).UpdateCounter(ctx, "events", 100, func(times []int64) []int64 { return append(times, 1) })
	if err != nil {
		t.Errorf("counting: %v", err)
	}
	session := tracker.StoredSession{SessionKey: tracker.SessionKey{UserID: user.ID, ID: "session"}, State: timeline.State{Phase: timeline.Running}}
	for _, lock := range []bool{false, true} {
		err := s.InTx(ctx, func(tx tracker.Tx) error {
			session.Version++
			if _, err := tx.Load(ctx, tracker.Need{Users: []int64{user.ID}, Lock: lock}); err != nil {
				return err
			}
			return tx.Write(ctx, tracker.Changes{Sessions: []tracker.StoredSession{session}})
		})
		if err != nil {
			t.Errorf("recording, with lock %v: %v", lock, err)
		}
	}
	if err := s.Signals().Publish(ctx, []int64{user.ID}); err != nil {
		t.Errorf("telling others: %v", err)
	}
}

// holdReads keeps every connection for reads busy until the test ends.
func holdReads(t *testing.T, db *postgresDB) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var reads sync.WaitGroup
	for range readConnections {
		reads.Go(func() { _, _ = db.pool.Exec(ctx, "SELECT pg_sleep(3600)") }) // until it is stopped
	}
	t.Cleanup(func() { stop(); reads.Wait() })
	waiting, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for sleeping := 0; sleeping < readConnections; {
		err := db.urgent.QueryRow(waiting,
			`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'`).Scan(&sleeping)
		if err != nil {
			t.Fatal(err)
		}
	}
	if free := db.pool.Stat().MaxConns() - db.pool.Stat().AcquiredConns(); free != 0 {
		t.Fatalf("%d connections for reads are free", free)
	}
}

// Several replicas fit into what PostgreSQL has by default: 100 connections, 3 of them
// for superusers. docs/operations.md gives these numbers.
func TestReplicasFitIntoPostgres(t *testing.T) {
	t.Parallel()
	const replicas, limit = 6, 97
	if each := ingestConnections + urgentConnections + readConnections + listenConnections; each != 15 || replicas*each > limit {
		t.Errorf("%d replicas with %d connections each; documented are 15, and at most %d are to be had", replicas, each, limit)
	}
	db := open(t, postgres.Database(t)).database.(*postgresDB)
	for name, c := range map[string]struct{ got, want int32 }{
		"ingest": {db.ingest.Config().MaxConns, ingestConnections},
		"urgent": {db.urgent.Config().MaxConns, urgentConnections},
		"reads":  {db.pool.Config().MaxConns, readConnections},
	} {
		if c.got != c.want {
			t.Errorf("%s: at most %d connections, want %d", name, c.got, c.want)
		}
	}
}

func TestPoolSizeOfTheURL(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Database(t)+"&pool_max_conns=3&pool_min_conns=3").database.(*postgresDB)
	if reads, ingest := db.pool.Config().MaxConns, db.ingest.Config().MaxConns; reads != 3 || ingest != ingestConnections {
		t.Errorf("%d connections for reads and %d to record, want 3 and %d", reads, ingest, ingestConnections)
	}
}
