package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	idleGoal  = 40 << 20  // bytes
	loadGoal  = 150 << 20 // bytes
	startGoal = 150 * time.Millisecond
	starts    = 5
)

// restart measures how much memory a program had at most while it was read, how long it takes to
// start on a database with histories until it has answered, and how much memory it has then.
func (b *bench) restart(ctx context.Context, s store, read *subject) error {
	_, most, err := memoryOf(read.running.pid())
	if err != nil {
		return err
	}
	b.report.figure(s.name(), "memory while it was read, at most"+read.suffix, megabytes(most), megabytes(loadGoal))
	var took []time.Duration
	for range starts {
		if err := read.running.stop(); err != nil {
			return err
		}
		began := time.Now()
		running, err := startProgram(ctx, read.binary, read.dir, read.url, b.secret)
		if err != nil {
			return err
		}
		read.running = running
		if err := answers(ctx, running.address, read.readers[0].token); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	questions := slices.Max(b.options.history)
	b.report.figure(s.name(), fmt.Sprintf("start to the first answer to a user, with a history of %d, median of %d%s", questions, starts, read.suffix),
		milliseconds(took[starts/2])+" ms", milliseconds(startGoal)+" ms")
	idle, _, err := memoryOf(read.running.pid())
	if err != nil {
		return err
	}
	b.report.figure(s.name(), "memory after the start"+read.suffix, megabytes(idle), megabytes(idleGoal))
	return nil
}

// answers asks for the current user.
func answers(ctx context.Context, address, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/me", nil)
	if err != nil {
		return fmt.Errorf("asking for the current user: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	var me struct{}
	return exchange(http.DefaultClient, request, &me)
}

// megabytes writes bytes as MB of 2^20.
func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/(1<<20)) }
