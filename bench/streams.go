package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/bench/wire"
)

const (
	// streamsOfUser is how many pages of one user may follow: internal/live has the limit.
	streamsOfUser = 20
	// openingAtOnce bounds the connections that are being opened.
	openingAtOnce = 64
)

// streams measures how long it takes until the pages of a user know of a press, while thousands
// of pages are open, and how much memory these take.
func streams(ctx context.Context, b *bench) error {
	for _, s := range b.stores {
		for _, p := range b.programs() {
			if err := streamsOn(ctx, b, s, p); err != nil {
				return fmt.Errorf("%s: %w", s.name(), err)
			}
		}
	}
	return nil
}

func streamsOn(ctx context.Context, b *bench, s store, p named) (err error) {
	url, err := s.newDatabase(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.dir, "program-")
	if err != nil {
		return fmt.Errorf("making the program's directory: %w", err)
	}
	users := (b.options.streams + streamsOfUser - 1) / streamsOfUser
	b.progress("%s: %d users with %d open pages%s", s.name(), users, users*streamsOfUser, p.suffix)
	tokens, err := b.registerAndStop(ctx, p, dir, url, users)
	if err != nil {
		return err
	}
	running, err := startProgram(ctx, p.binary, dir, url, b.secret)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	idle, _, err := memoryOf(running.pid())
	if err != nil {
		return err
	}
	open, err := openPages(ctx, running.address, tokens)
	defer func() {
		for _, page := range open {
			page.close()
		}
	}()
	if err != nil {
		return err
	}
	for round := range b.options.rounds {
		at := place{store: s.name(), connections: len(open), round: round + 1}
		measured, err := pressAndWait(ctx, running.address, tokens, open, b.options.length)
		if err != nil {
			return err
		}
		b.report.add(at, "a press reaches an open page"+p.suffix, measured.summarize(b.options.length))
	}
	with, most, err := memoryOf(running.pid())
	if err != nil {
		return err
	}
	b.report.figure(s.name(), "memory, idle"+p.suffix, megabytes(idle), megabytes(idleGoal))
	b.report.figure(s.name(), fmt.Sprintf("memory with %d open pages%s", len(open), p.suffix), megabytes(with), megabytes(loadGoal))
	b.report.figure(s.name(), "memory with them, at most"+p.suffix, megabytes(most), megabytes(loadGoal))
	return nil
}

// registerAndStop registers users at a program of its own: the hashing of their passwords takes
// memory that the pages do not.
func (b *bench) registerAndStop(ctx context.Context, p named, dir, url string, users int) (tokens []string, err error) {
	running, err := startProgram(ctx, p.binary, dir, url, b.secret)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	return registerUsers(ctx, "http://"+running.address, users)
}

// openPage is a stream of a user.
type openPage struct {
	conn    net.Conn
	user    int
	changes chan time.Time // when it was told of a change; closed at the end of the stream
}

func (p *openPage) close() { _ = p.conn.Close() }

// openPages opens all streams and waits until each has said something.
func openPages(ctx context.Context, address string, tokens []string) ([]*openPage, error) {
	pages := make([]*openPage, len(tokens)*streamsOfUser)
	opening, ctx := errgroup.WithContext(ctx)
	opening.SetLimit(openingAtOnce)
	for i := range pages {
		opening.Go(func() (err error) {
			pages[i], err = follow(ctx, address, tokens[i/streamsOfUser], i/streamsOfUser)
			return err
		})
	}
	err := opening.Wait()
	var open []*openPage
	for _, page := range pages {
		if page != nil {
			open = append(open, page)
		}
	}
	return open, err
}

func follow(ctx context.Context, address, token string, user int) (*openPage, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("opening a stream: %w", err)
	}
	page := &openPage{conn: conn, user: user, changes: make(chan time.Time, 16)}
	if _, err := fmt.Fprintf(conn, "GET /dashboard/live HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n", address, token); err != nil {
		return page, fmt.Errorf("opening a stream: %w", err)
	}
	lines := bufio.NewReaderSize(conn, 512)
	status, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(status, " 200 ") {
		return page, fmt.Errorf("opening a stream: %q, %w", status, err)
	}
	for line := ""; !strings.HasPrefix(line, "event:") && !strings.HasPrefix(line, ":"); { // the first message
		if line, err = lines.ReadString('\n'); err != nil {
			return page, fmt.Errorf("opening a stream: %w", err)
		}
	}
	go page.read(lines)
	return page, nil
}

// read notes when changes are told of, to the end of the stream.
func (p *openPage) read(lines *bufio.Reader) {
	defer close(p.changes)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if strings.HasPrefix(line, "event: changed") {
			p.changes <- time.Now()
		}
	}
}

// pressAndWait lets one user after the other press, and waits until all pages of that user know.
func pressAndWait(ctx context.Context, address string, tokens []string, open []*openPage, length time.Duration) (s samples, err error) {
	w := newWindow(time.Now(), warmUp, length)
	pressers := make([]*presser, len(tokens))
	for i, token := range tokens {
		pressers[i] = newPresser(address, token)
	}
	conn, err := wire.Dial(ctx, address, w.end.Add(grace))
	if err != nil {
		return s, err
	}
	defer func() { _ = conn.Close() }()
	for n := 0; time.Now().Before(w.end) && ctx.Err() == nil; n++ {
		user := n % len(tokens)
		began := time.Now()
		if err := press(conn, pressers[user], began); err != nil {
			return s, err
		}
		for _, page := range open {
			if page.user == user {
				page.await(&s, w, began)
			}
		}
	}
	return s, ctx.Err()
}

func (p *openPage) await(s *samples, w window, began time.Time) {
	timeout := time.NewTimer(grace)
	defer timeout.Stop()
	select {
	case at, ok := <-p.changes:
		if !ok {
			s.failure("a stream has ended")
			return
		}
		s.success(w, began, at)
	case <-timeout.C:
		s.failure(fmt.Sprintf("a page does not know of a press after %v", grace))
	}
}

func press(conn *wire.Conn, p *presser, at time.Time) error {
	var body bytes.Buffer
	status, err := conn.RoundTrip(p.request(at), &body)
	switch {
	case err != nil:
		return err
	case status != 200:
		return fmt.Errorf("a press was answered with status %d: %.*s", status, errorExcerpt, body.String())
	}
	return p.check(body.Bytes())
}
