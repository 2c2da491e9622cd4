package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

// ingest measures POST /events on a new database each time: each connection has a user who
// presses again as soon as the last press is answered. Beside it ingest measures the peers
// that commit events on the same store.
func ingest(ctx context.Context, b *bench) error {
	for _, s := range b.stores {
		for round := range b.options.rounds {
			for _, connections := range b.options.connections {
				at := place{store: s.name(), connections: connections, round: round + 1}
				if err := ingestOn(ctx, b, s, at); err != nil {
					return fmt.Errorf("%s: %w", at, err)
				}
			}
		}
	}
	return nil
}

func ingestOn(ctx context.Context, b *bench, s store, at place) error {
	for _, replicas := range b.options.replicas {
		if replicas > 1 && !s.isShared() {
			continue
		}
		what := "POST /events"
		if b.options.batch > 1 {
			what = fmt.Sprintf("POST /events/batch, %d events", b.options.batch)
		}
		if replicas > 1 {
			what += fmt.Sprintf(", %d replicas", replicas)
		}
		var before summary
		var err error
		if b.options.before != "" {
			if before, err = ingestRow(ctx, b, s, at, b.options.before, replicas, what+", before"); err != nil {
				return err
			}
		}
		measured, err := ingestRow(ctx, b, s, at, b.binary, replicas, what)
		if err != nil {
			return err
		}
		if b.options.before != "" {
			b.report.pair(at, what, before, measured)
		}
	}
	for _, peer := range append(s.commitPeers(), peer{"bare handler", measureBare}) {
		b.progress("%s: %s", at, peer.what)
		beside, err := peer.run(ctx, at.connections, b.options.length)
		if errors.Is(err, errNoPgbench) {
			b.report.note("%s: %s: not measured: %v", at, peer.what, err)
			continue
		}
		if err != nil {
			return err
		}
		b.report.add(at, peer.what, beside.summarize(b.options.length))
	}
	return nil
}

// ingestRow measures one binary.
func ingestRow(ctx context.Context, b *bench, s store, at place, binary string, replicas int, what string) (summary, error) {
	b.progress("%s: %s", at, what)
	run := &ingestRun{binary: binary, replicas: replicas, connections: at.connections, batch: b.options.batch, settings: []string{
		"RATE_LIMIT_EVENTS=" + b.options.limit, "SECRET_KEY=" + rand.Text() + rand.Text(),
	}}
	measured, err := run.measure(ctx, b, s)
	if err != nil {
		return summary{}, err
	}
	b.report.add(at, what, measured)
	if measured.perSecond == 0 {
		return summary{}, fmt.Errorf("no event was accepted; errors: %d; the first: %s", measured.errors, measured.firstError)
	}
	return measured, nil
}

// ingestRun is one measurement of one or more programs on a new database.
type ingestRun struct {
	binary                string
	replicas, connections int
	batch                 int      // events of a request
	settings              []string // the same for all replicas
	running               []*program
}

func (r *ingestRun) measure(ctx context.Context, b *bench, s store) (_ summary, err error) {
	url, err := s.newDatabase(ctx)
	if err != nil {
		return summary{}, err
	}
	defer func() {
		for _, p := range r.running {
			err = errors.Join(err, p.stop())
		}
	}()
	for range r.replicas {
		dir, err := os.MkdirTemp(b.dir, "program-")
		if err != nil {
			return summary{}, fmt.Errorf("making the program's directory: %w", err)
		}
		p, err := startProgram(ctx, r.binary, dir, url, r.settings...)
		if err != nil {
			return summary{}, err
		}
		r.running = append(r.running, p)
	}
	tokens, err := registerUsers(ctx, "http://"+r.running[0].address, r.connections)
	if err != nil {
		return summary{}, err
	}
	programs, database, err := r.used(s)
	if err != nil {
		return summary{}, err
	}
	all, err := r.drive(ctx, b.options.length, tokens)
	if err != nil {
		return summary{}, err
	}
	programsAfter, databaseAfter, err := r.used(s)
	if err != nil {
		return summary{}, err
	}
	measured := all.summarize(b.options.length)
	measured.costs = costsOf(programsAfter.minus(programs), databaseAfter.minus(database), all.all)
	return measured, nil
}

// used returns what the programs and the database's own processes have used so far.
func (r *ingestRun) used(s store) (programs, database consumption, err error) {
	for _, p := range r.running {
		u, err := usageOf(p.pid())
		if err != nil {
			return consumption{}, consumption{}, err
		}
		programs = programs.plus(u)
	}
	if s.pid() != 0 {
		database, err = usageOf(s.pid())
	}
	return programs, database, err
}

func (r *ingestRun) client(address, token string) client {
	if r.batch > 1 {
		return newBatcher(address, token, r.batch)
	}
	return newPresser(address, token)
}

// drive lets the users press, each at one replica, all at once.
func (r *ingestRun) drive(ctx context.Context, length time.Duration, tokens []string) (samples, error) {
	parts := make([]samples, len(r.running))
	var group errgroup.Group
	for i, p := range r.running {
		var clients []client
		for user := i; user < len(tokens); user += len(r.running) {
			clients = append(clients, r.client(p.address, tokens[user]))
		}
		group.Go(func() (err error) {
			parts[i], err = load{p.address, length, clients}.run(ctx)
			return err
		})
	}
	err := group.Wait()
	var all samples
	for _, part := range parts {
		all.merge(part)
	}
	return all, err
}
