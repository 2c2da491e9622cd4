package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// pageConnections is how many connections read at the same time.
const pageConnections = 8

// dayLengths says how many questions each of the days has.
var dayLengths = []int{20, 300}

// pages measures reading a day, as a page and as JSON, for users with histories of different
// lengths. Beside it pages measures GET /me, the least that any answer to a logged-in user
// takes.
func pages(ctx context.Context, b *bench) error {
	for _, s := range b.stores {
		if err := pagesOn(ctx, b, s); err != nil {
			return fmt.Errorf("%s: %w", s.name(), err)
		}
	}
	return nil
}

func pagesOn(ctx context.Context, b *bench, s store) (err error) {
	url, err := s.newDatabase(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.dir, "program-")
	if err != nil {
		return fmt.Errorf("making the program's directory: %w", err)
	}
	running, err := startProgram(ctx, b.binary, dir, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	tokens, err := registerUsers(ctx, "http://"+running.address, len(b.options.history))
	if err != nil {
		return err
	}
	readers := make([]reader, len(tokens))
	for i, token := range tokens {
		questions := b.options.history[i]
		b.progress("%s: recording %d questions", s.name(), questions)
		days, err := record(ctx, running.address, token, questions, time.Now())
		if err != nil {
			return err
		}
		readers[i] = reader{address: running.address, token: token, history: questions, days: days}
	}
	for round := range b.options.rounds {
		if err := b.readAll(ctx, place{store: s.name(), connections: pageConnections, round: round + 1}, readers); err != nil {
			return err
		}
	}
	return nil
}

// reader is a user who reads days.
type reader struct {
	address, token string
	history        int
	days           []day
}

// readAll measures every kind of request. Measurements to compare are next to each other in
// the table.
func (b *bench) readAll(ctx context.Context, at place, readers []reader) error {
	for i, length := range dayLengths {
		for _, kind := range []struct{ what, path, expected string }{
			{"page", "/dashboard/today", `id="total-questions">%d<`},
			{"JSON", "/dashboard/today/json", `"total_questions":%d`},
		} {
			var measured []summary
			for _, r := range readers {
				what := fmt.Sprintf("%s, %d in the day, %d in all", kind.what, length, r.history)
				g := r.get(kind.path+"?date="+r.days[i].date, fmt.Sprintf(kind.expected, length))
				m, err := b.read(ctx, at, what, r.address, g)
				if err != nil {
					return err
				}
				measured = append(measured, m)
			}
			b.compare(at, fmt.Sprintf("%s, %d in the day", kind.what, length), readers, measured)
		}
	}
	first := readers[0]
	_, err := b.read(ctx, at, "GET /me", first.address, first.get("/me", `"email"`))
	return err
}

// read measures one row of the table.
func (b *bench) read(ctx context.Context, at place, what, address string, g *getter) (summary, error) {
	b.progress("%s: %s", at, what)
	clients := make([]client, pageConnections)
	for i := range clients {
		clients[i] = g
	}
	all, err := load{address, b.options.length, clients}.run(ctx)
	if err != nil {
		return summary{}, err
	}
	measured := all.summarize(b.options.length)
	b.report.add(at, what, measured)
	if measured.perSecond == 0 {
		return measured, fmt.Errorf("%s: no answer; the first error: %s", what, measured.firstError)
	}
	return measured, nil
}

// compare notes what a longer history costs.
func (b *bench) compare(at place, what string, readers []reader, measured []summary) {
	for i := 1; i < len(measured); i++ {
		b.report.note("%s, round %d: %s: with %d questions in all it takes %.2f times as long as with %d (median)", at.store, at.round, what,
			readers[i].history, float64(measured[i].p50)/float64(measured[0].p50), readers[0].history)
	}
}

// getter requests the same path again and again. It has no state, so all connections share
// one.
type getter struct {
	bytes    []byte
	expected string
}

func (r reader) get(path, expected string) *getter {
	return &getter{
		bytes: fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: text/html, application/json\r\n\r\n",
			http.MethodGet, path, r.address, r.token),
		expected: expected,
	}
}

func (g *getter) request(time.Time) []byte { return g.bytes }

func (g *getter) check(body []byte) error {
	if !strings.Contains(string(body), g.expected) {
		return fmt.Errorf("the answer has no %q", g.expected)
	}
	return nil
}
