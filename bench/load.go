package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/bench/wire"
)

const (
	// warmUp is the time before every window, in which nothing is counted.
	warmUp = time.Second
	// grace is how long an answer may take before the run gives up on it.
	grace = 30 * time.Second
	// checkEvery says how often the body of an answer is checked: once in this many.
	checkEvery = 100
	// errorExcerpt is how many bytes of an unexpected body an error shows.
	errorExcerpt = 200
)

// client is one user on one connection. Only one goroutine may use it.
type client interface {
	// request returns the whole next HTTP request. It is valid until the next call.
	request(now time.Time) []byte
	// check returns an error if the body of a 200 does not answer the last request.
	check(body []byte) error
}

// load is a closed loop: each client sends its next request as soon as it has the answer to
// the last one.
type load struct {
	address string // host:port
	length  time.Duration
	clients []client
}

// run drives all clients at the same time, through warm-up and window. It fails only when
// ctx ends; a request that fails counts as an error in the samples.
func (l load) run(ctx context.Context) (samples, error) {
	w := newWindow(time.Now(), warmUp, l.length)
	parts := make([]samples, len(l.clients))
	var group sync.WaitGroup
	for i, c := range l.clients {
		group.Go(func() { parts[i] = l.drive(ctx, w, c) })
	}
	group.Wait()
	var all samples
	for _, part := range parts {
		all.merge(part)
	}
	return all, ctx.Err()
}

// drive runs one client to the end of the window. A broken connection counts as an error
// and is opened again; if that fails too, the client gives up.
func (l load) drive(ctx context.Context, w window, c client) (s samples) {
	var conn *wire.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close()
		}
	}()
	var body bytes.Buffer
	for n := 0; ctx.Err() == nil; n++ {
		if conn == nil {
			opened, err := wire.Dial(ctx, l.address, w.end.Add(grace))
			if err != nil {
				s.failure(err.Error())
				return s
			}
			conn = opened
		}
		body.Reset()
		began := time.Now()
		if !began.Before(w.end) {
			return s
		}
		status, err := conn.RoundTrip(c.request(began), &body)
		ended := time.Now()
		switch {
		case err != nil:
			s.failure(err.Error())
			_ = conn.Close()
			conn = nil
		case status != 200:
			s.failure(fmt.Sprintf("status %d: %.*s", status, errorExcerpt, body.String()))
		default:
			if n%checkEvery == 0 {
				err = c.check(body.Bytes())
			}
			if err != nil {
				s.failure(err.Error())
			} else {
				s.success(w, began, ended)
			}
		}
	}
	return s
}
