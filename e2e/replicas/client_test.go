package replicas

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// client is one of several that belong to a user. It talks to a random replica each time.
type client struct {
	name     string
	replicas []*program.Client
	random   *rand.Rand
}

func newClient(t *testing.T, name string, user *program.Client, urls []string) *client {
	t.Helper()
	c := &client{name: name}
	for _, url := range urls {
		c.replicas = append(c.replicas, user.At(t, url))
	}
	return c
}

// longestPatience is how long a client waits at most before it gives up a request.
const longestPatience = 8 * time.Millisecond

// mostTries is how often a request is sent until it is answered.
const mostTries = 20

// take does a step and returns every request of it. Its last one is answered.
func (c *client) take(ctx context.Context, s step) ([]*op, error) {
	var all []*op
	switch s.how {
	case twice:
		return c.sendTwice(ctx, s.does)
	case aborted:
		impatient, cancel := context.WithTimeout(ctx, time.Duration(c.random.Int64N(int64(longestPatience))))
		all = append(all, c.send(impatient, s.does, "aborted"))
		cancel()
	case again:
		first, err := c.insist(ctx, s.does, "sent")
		if err != nil {
			return first, err
		}
		all = first
	}
	last, err := c.insist(ctx, s.does, "sent")
	return append(all, last...), err
}

func (c *client) sendTwice(ctx context.Context, does action) ([]*op, error) {
	first := c.random.IntN(len(c.replicas))
	second := (first + 1) % len(c.replicas)
	ops := make([]*op, 2)
	var both sync.WaitGroup
	both.Go(func() { ops[0] = c.sendTo(ctx, first, does, "at once") })
	both.Go(func() { ops[1] = c.sendTo(ctx, second, does, "at once") })
	both.Wait()
	for _, o := range ops {
		if o.answered() {
			return ops, nil
		}
	}
	last, err := c.insist(ctx, does, "after two at once")
	return append(ops, last...), err
}

// insist sends a request until it is answered. After a 503 it waits as long as the server asks.
func (c *client) insist(ctx context.Context, does action, how string) (all []*op, _ error) {
	for range mostTries {
		o := c.send(ctx, does, how)
		all = append(all, o)
		if o.answered() {
			return all, nil
		}
		select {
		case <-time.After(o.retryAfter):
		case <-ctx.Done():
			return all, fmt.Errorf("%v: %w", o, ctx.Err())
		}
	}
	return all, fmt.Errorf("%v: not answered after %d tries", all[len(all)-1], mostTries)
}

func (c *client) send(ctx context.Context, does action, how string) *op {
	return c.sendTo(ctx, c.random.IntN(len(c.replicas)), does, how)
}

func (c *client) sendTo(ctx context.Context, replica int, does action, how string) *op {
	method, path, body := does.request()
	o := &op{does: does, from: fmt.Sprintf("%s %s to replica %d", c.name, how, replica+1), call: time.Now()}
	reply, err := c.replicas[replica].Do(ctx, method, path, body)
	o.back = time.Now()
	if err == nil {
		o.status, o.body = reply.Status, reply.Body
		wait, _ := strconv.Atoi(reply.Header.Get("Retry-After")) // without it, at once
		o.retryAfter = time.Duration(wait) * time.Second
	}
	return o
}

// errServer is that of answers that a working server never gives.
var errServer = errors.New("the server failed")

func (o *op) check() error {
	if o.status >= http.StatusInternalServerError && o.status != http.StatusServiceUnavailable || o.status == http.StatusTooManyRequests || o.status == http.StatusUnauthorized {
		return fmt.Errorf("%w: %v", errServer, o)
	}
	return nil
}
