package raters

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// Rater is a user who sends an event again while there is no answer or a 503 that says when to try
// again. Any other failure fails the test.
type Rater struct {
	Client *program.Client
	Sent   []program.Event // acknowledged, in order
	random *rand.Rand
}

func newRater(t testing.TB, url string, number int) *Rater {
	t.Helper()
	return &Rater{Client: program.NewUser(t, url), random: rand.New(rand.NewPCG(2, uint64(number)))}
}

// press makes a new event and sends it until it is acknowledged, also when the test is over: so
// what is not in Sent was never acknowledged.
func (r *Rater) press(g *Group) error {
	next := r.nextEvent()
	tries := 0
	var wrong error // what no fault excuses
	err := program.AwaitNil(context.Background(), program.ReadyWithin, func(ctx context.Context) error {
		urls := *g.urls.Load()
		r.Client.URL = urls[tries%len(urls)]
		tries++
		sent := time.Now()
		answer, reply, err := r.Client.TryPress(ctx, next)
		switch {
		case err != nil:
			return err
		case reply.Status == http.StatusServiceUnavailable && reply.Header.Get("Retry-After") != "":
			g.noteRefusal(time.Since(sent))
			return fmt.Errorf("answered %v", reply)
		case reply.Status != http.StatusOK:
			wrong = fmt.Errorf("answered %v", reply)
		case answer.EventID != next.ID:
			wrong = fmt.Errorf("acknowledged %q, want %s", answer.EventID, next.ID)
		case answer.Duplicate:
			g.found.Add(1)
		}
		return nil
	})
	if err = cmp.Or(err, wrong); err != nil {
		return fmt.Errorf("%s, event %d of the rater: %w", r.Client.Email, len(r.Sent)+1, err)
	}
	if tries > 1 {
		g.retried.Add(1)
	}
	g.answered.Add(1)
	r.Sent = append(r.Sent, next)
	return nil
}

// nextEvent returns a new NEXT, or sometimes a PAUSE, a second after the last event.
func (r *Rater) nextEvent() program.Event {
	start := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	at := start.Add(time.Duration(len(r.Sent)) * time.Second)
	next := program.Event{ID: uuid.NewString(), Type: "NEXT", Timestamp: at.Format(time.RFC3339)}
	if r.random.IntN(4) == 0 && len(r.Sent) > 0 {
		next.Type = "PAUSE"
	}
	return next
}
