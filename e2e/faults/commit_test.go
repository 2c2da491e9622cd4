package faults

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/faults/proxy"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
)

// isLong reports whether the long forms of the tests run.
func isLong() bool { return os.Getenv("LONG") != "" }

// TestLostCommits checks that an event whose COMMIT was answered by the server, but not to the
// program, is neither lost nor doubled: it was not acknowledged, is sent again, and is found.
func TestLostCommits(t *testing.T) {
	t.Parallel()
	cuts, silences := 10, 2
	if isLong() {
		cuts, silences = 200, 40
	}
	databaseURL := tracker.Postgres(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	p, throughProxy := proxy.Start(t, databaseURL)
	s := tracker.Start(t, throughProxy)
	group := raters.Start(t, pressers, s.URL)
	for n := range cuts + silences {
		group.AwaitAnswers(t, 2*pressers)
		p.LoseCommits(1, n >= cuts)
		err := program.AwaitNil(t.Context(), program.ReadyWithin, func(context.Context) error {
			if lost := p.Lost(); lost <= n {
				return fmt.Errorf("%d answers of COMMITs lost, want %d", lost, n+1)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	group.AwaitAnswers(t, 2*pressers)
	group.Stop(t)
	t.Logf("%d connections were cut between a COMMIT and its answer, %d went silent there; %d events were found recorded", cuts, silences, group.Found())
	if group.Found() == 0 {
		t.Error("no event was found recorded, so no lost COMMIT was that of a press")
	}
	group.CheckLogs(t, s.URL)
}

// TestCutConnections checks the same for connections that are cut at any moment, before a COMMIT
// arrives as well as after it.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	cuts := 20
	if isLong() {
		cuts = 200
	}
	databaseURL := tracker.Postgres(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	p, throughProxy := proxy.Start(t, databaseURL)
	s := tracker.Start(t, throughProxy)
	group := raters.Start(t, pressers, s.URL)
	readers := startReaders(t, s.URL)
	for range cuts {
		group.AwaitAnswers(t, pressers)
		p.Cut()
	}
	group.AwaitAnswers(t, pressers)
	group.Stop(t)
	readers.stop(t)
	group.CheckLogs(t, s.URL)
}
