package server

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var postgres = pgtest.Shared{Options: pgtest.Options{NoFsync: true}}

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// ready returns the answer to /ready after the last result has expired.
func (c *chain) ready(t *testing.T) (status int, detail string) {
	t.Helper()
	c.clock.advance(readyFor)
	w := c.answer(t, ask{method: "GET", path: "/ready"})
	return w.Code, decoded[struct{ Detail string }](t, w).Detail
}

// stuckStore is a store whose transactions do not begin until the test lets them.
type stuckStore struct {
	tracker.Store
	letGo <-chan struct{}
}

func (s stuckStore) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	<-s.letGo
	return s.Store.InTx(ctx, do)
}

// A server whose committer is stuck cannot record, so it is not ready, even though the
// database answers.
func TestReadyWithAStuckCommitter(t *testing.T) {
	t.Parallel()
	letGo := make(chan struct{})
	c := newChain(t, withoutLimits, func(c *chain) {
		c.Tracker = tracker.New(tracker.Options{Store: stuckStore{c.store, letGo}, Now: c.clock.now, Log: c.log})
	})
	for range 2 {
		if status, detail := c.ready(t); status != http.StatusServiceUnavailable || detail != errTooSlow.Text {
			t.Errorf("while it is stuck: %d %q", status, detail)
		}
	}
	if err := c.store.Ping(t.Context()); err != nil {
		t.Errorf("the database does not answer: %v", err)
	}
	close(letGo)
	c.awaitReady(t, http.StatusOK, "")
}

// awaitReady asks until /ready answers like this. Meanwhile a probe under way comes to its
// end, and connections that were cut are replaced.
func (c *chain) awaitReady(t *testing.T, status int, detail string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		gotStatus, gotDetail := c.ready(t)
		if gotStatus == status && gotDetail == detail {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d %q, want %d %q", gotStatus, gotDetail, status, detail)
		}
	}
}

// A server is not ready on a PostgreSQL that answers reads but refuses writes, as a standby
// does.
func TestReadyWithAReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	dsn := postgres.Database(t)
	c := newChain(t, func(s *config.Settings) { s.DatabaseURL = dsn })
	if status, detail := c.ready(t); status != http.StatusOK {
		t.Fatalf("%d %q", status, detail)
	}
	readOnly(t, dsn, "on")
	c.awaitReady(t, http.StatusServiceUnavailable, errNoWrites.Text)
	if err := c.store.Ping(t.Context()); err != nil {
		t.Errorf("the database does not answer: %v", err)
	}
	readOnly(t, dsn, "off")
	c.awaitReady(t, http.StatusOK, "")
}

// readOnly sets whether sessions on the database may write, and ends those that began
// before.
func readOnly(t *testing.T, dsn, value string) {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(address.Path, "/")
	address.Path = "/postgres"
	conn, err := pgx.Connect(t.Context(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, statement := range []string{
		"ALTER DATABASE " + name + " SET default_transaction_read_only = " + value,
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'",
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
