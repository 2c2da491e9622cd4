package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/bench/crowd"
	"github.com/raterhub-tracker/raterhub-tracker/bench/wire"
)

const (
	// raterPace is the time between two presses of a rater: just below the default limit of
	// 15 a minute.
	raterPace = 4500 * time.Millisecond
	// pressesPerPage says after how many presses a rater loads the day.
	pressesPerPage = 2
)

// crew are honest raters. Each presses at fixed times, whatever happens to the others, and loads
// the page of the day now and then.
type crew struct {
	tokens []string
	start  time.Time // the times of presses count from here, also after the program was started anew
}

func newCrew(tokens []string, start time.Time) *crew { return &crew{tokens, start} }

// deed is a press, or a page that was loaded.
type deed struct {
	isPage       bool
	began, ended time.Time
	problem      string // "" if all went well
}

// work lets everybody work until ctx ends, and returns what they did.
func (c *crew) work(ctx context.Context, address string) []deed {
	done := make([][]deed, len(c.tokens))
	var group sync.WaitGroup
	for i, token := range c.tokens {
		r := &rater{
			address: address, press: newPresser(address, token),
			page:  reader{address: address, token: token}.get("/dashboard/today", `id="total-questions"`),
			first: c.start.Add(raterPace * time.Duration(i) / time.Duration(len(c.tokens))),
		}
		group.Go(func() {
			r.work(ctx)
			done[i] = r.deeds
		})
	}
	group.Wait()
	var all []deed
	for _, deeds := range done {
		all = append(all, deeds...)
	}
	return all
}

// rater is one of a crew, on one connection.
type rater struct {
	address string
	press   *presser
	page    *getter
	first   time.Time
	conn    *wire.Conn
	deeds   []deed
}

func (r *rater) work(ctx context.Context) {
	defer r.hangUp()
	for n := 1; ; n++ {
		if crowd.Wait(ctx, untilNext(time.Now(), r.first, raterPace)) != nil {
			return
		}
		r.do(ctx, r.press, false)
		if n%pressesPerPage == 0 {
			r.do(ctx, r.page, true)
		}
	}
}

// untilNext returns how long it is until the next of the instants first, first+pace, …
func untilNext(now, first time.Time, pace time.Duration) time.Duration {
	if now.Before(first) {
		return first.Sub(now)
	}
	return pace - now.Sub(first)%pace
}

// do makes one request. What is under way when the work ends counts neither as done nor as failed.
func (r *rater) do(ctx context.Context, c client, isPage bool) {
	d := deed{isPage: isPage, began: time.Now()}
	err := r.ask(ctx, c)
	d.ended = time.Now()
	if err != nil {
		r.hangUp()
		d.problem = err.Error()
	}
	if ctx.Err() == nil {
		r.deeds = append(r.deeds, d)
	}
}

func (r *rater) ask(ctx context.Context, c client) (err error) {
	if r.conn == nil {
		if r.conn, err = wire.Dial(ctx, r.address, time.Time{}); err != nil {
			return err
		}
	}
	if err := r.conn.SetDeadline(time.Now().Add(grace)); err != nil {
		return fmt.Errorf("setting the deadline of a connection: %w", err)
	}
	var body bytes.Buffer
	status, err := r.conn.RoundTrip(c.request(time.Now()), &body)
	switch {
	case err != nil:
		return err
	case status != 200:
		return fmt.Errorf("status %d: %.*s", status, errorExcerpt, body.String())
	}
	return c.check(body.Bytes())
}

func (r *rater) hangUp() {
	if r.conn != nil {
		_ = r.conn.Close()
		r.conn = nil
	}
}

// work is what raters did within some windows.
type work struct {
	presses, pages samples
	length         time.Duration // of the windows together
}

func workIn(deeds []deed, windows ...window) (done work) {
	for _, w := range windows {
		done.length += w.end.Sub(w.start)
		for _, d := range deeds {
			of := &done.presses
			if d.isPage {
				of = &done.pages
			}
			switch {
			case d.problem == "":
				of.success(w, d.began, d.ended)
			case !d.began.Before(w.start) && d.began.Before(w.end):
				of.failure(d.problem)
			}
		}
	}
	return done
}
