package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	b.progress("%s: POST /events", at)
	measured, err := measureIngest(ctx, b, s, at.connections)
	if err != nil {
		return err
	}
	b.report.add(at, "POST /events", measured)
	if measured.perSecond == 0 {
		return fmt.Errorf("no event was accepted; errors: %d; the first: %s", measured.errors, measured.firstError)
	}
	for _, peer := range s.commitPeers() {
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

// measureIngest runs the program on a new database of s for one window.
func measureIngest(ctx context.Context, b *bench, s store, connections int) (_ summary, err error) {
	url, err := s.newDatabase(ctx)
	if err != nil {
		return summary{}, err
	}
	dir, err := os.MkdirTemp(b.dir, "program-")
	if err != nil {
		return summary{}, fmt.Errorf("making the program's directory: %w", err)
	}
	running, err := startProgram(ctx, b.binary, dir, url)
	if err != nil {
		return summary{}, err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	tokens, err := registerUsers(ctx, "http://"+running.address, connections)
	if err != nil {
		return summary{}, err
	}
	clients := make([]client, len(tokens))
	for i, token := range tokens {
		clients[i] = newPresser(running.address, token)
	}
	measured, err := load{running.address, b.options.length, clients}.run(ctx)
	if err != nil {
		return summary{}, err
	}
	return measured.summarize(b.options.length), nil
}
