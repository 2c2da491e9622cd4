package faults

import (
	"context"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/faults/proxy"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// TestConnectionsUsedUp is TestOutage with a server whose connections others have taken while the
// program had lost its own.
func TestConnectionsUsedUp(t *testing.T) {
	t.Parallel()
	const most = 20
	own := pgtest.Shared{Options: pgtest.Options{MaxConnections: most}}
	t.Cleanup(own.Stop)
	databaseURL := own.Database(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	p, throughProxy := proxy.Start(t, databaseURL)
	var others []*pgx.Conn
	outage{
		server: tracker.Start(t, throughProxy),
		begin: func() {
			p.Refuse()
			for len(others) < most {
				others = append(others, connect(t, databaseURL))
			}
			p.Pass(t)
		},
		end: func() {
			for _, conn := range others {
				_ = conn.Close(t.Context()) // the server sees the end of the connection, too
			}
		},
		refusals: 3 * pressers,
	}.outlast(t)
}

// connect connects to a database until the test ends, and waits while it has no connection left.
func connect(t *testing.T, databaseURL string) (conn *pgx.Conn) {
	t.Helper()
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) (err error) {
		conn, err = pgx.Connect(ctx, databaseURL)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) }) // the database goes with the test
	return conn
}

// TestReadsUsedUp checks that presses are recorded while all connections of reads are taken by
// requests that wait, and that reads then are a 503.
func TestReadsUsedUp(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	s := tracker.Start(t, databaseURL)
	group := raters.Start(t, pressers, s.URL)
	o := outage{server: s}
	one := program.NewUser(t, s.URL)
	group.AwaitAnswers(t, pressers)

	other := connect(t, databaseURL)
	holding, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holding.Exec(t.Context(), "LOCK TABLE passkeys IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	const waiting = 12 // a process has 8 connections for reads
	ended := make(chan error, waiting)
	for range waiting {
		go func() {
			reply, err := one.Do(t.Context(), http.MethodGet, "/me/second-factors", nil)
			if err == nil {
				err = excusable(reply)
			}
			ended <- err
		}()
	}
	o.await(t, one, http.MethodGet, "/dashboard/today", nil, http.StatusServiceUnavailable)
	group.AwaitAnswers(t, 5*pressers)
	for range waiting {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if err := holding.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	seconds := o.await(t, one, http.MethodGet, "/me/second-factors", nil, http.StatusOK)
	seconds += o.await(t, one, http.MethodGet, "/ready", nil, http.StatusOK)
	t.Logf("afterwards everything was answered after %.2f s; %d presses had got 503", seconds, group.Refused())
	if group.Refused() > 0 {
		t.Errorf("%d presses got 503, want none: they have connections of their own", group.Refused())
	}
	group.Stop(t)
	group.CheckLogs(t, s.URL)
}
