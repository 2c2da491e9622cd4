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
	Client    *program.Client
	Sent      []program.Event // acknowledged presses, in order
	Corrected []Correction    // acknowledged, in order

	random    *rand.Rand
	sessionID string // "" before the first press
}

// Correction sets the active time of a question, which is named by the press that closed it.
type Correction struct {
	QuestionID    string
	ActiveSeconds float64
}

func newRater(t testing.TB, url string, number int) *Rater {
	t.Helper()
	return &Rater{Client: program.NewUser(t, url), random: rand.New(rand.NewPCG(2, uint64(number)))}
}

// press makes a new press and sends it until it is acknowledged, also when the test is over: so
// what is not in Sent was never acknowledged.
func (r *Rater) press(g *Group) error {
	next := r.nextEvent(0)
	err := r.deliver(g, http.MethodPost, "/events", next, 1, func(reply program.Reply) error {
		answer, err := program.Decoded[program.EventAnswer](reply)
		if err == nil && answer.EventID != next.ID {
			err = fmt.Errorf("acknowledged %q, want %s", answer.EventID, next.ID)
		}
		if answer.Duplicate {
			g.found.Add(1)
		}
		r.sessionID = answer.SessionID
		return err
	})
	if err == nil {
		r.Sent = append(r.Sent, next)
	}
	return err
}

// longestBatch is of a mixed group. A computer that was offline for some minutes sends so many.
const longestBatch = 20

// batch is press for several presses in one request.
func (r *Rater) batch(g *Group) error {
	events := make([]program.Event, 1+r.random.IntN(longestBatch))
	for i := range events {
		events[i] = r.nextEvent(i)
	}
	err := r.deliver(g, http.MethodPost, "/events/batch", program.EventBatch{Events: events}, len(events), func(reply program.Reply) error {
		answer, err := program.Decoded[program.BatchAnswer](reply)
		if err == nil && len(answer.Results) != len(events) {
			err = fmt.Errorf("%d results, want %d", len(answer.Results), len(events))
		}
		for _, result := range answer.Results {
			switch result.Result {
			case "duplicate":
				g.found.Add(1)
			case "accepted":
			default:
				err = cmp.Or(err, fmt.Errorf("an event of a batch: %v", result))
			}
		}
		return err
	})
	if err == nil {
		r.Sent = append(r.Sent, events...)
	}
	return err
}

// correct is press for the active time of one of the questions. No two corrections set the same
// time, so none of them changes nothing.
func (r *Rater) correct(g *Group) error {
	pressed := r.Sent[1+r.random.IntN(len(r.Sent)-1)]
	if pressed.Type != "NEXT" {
		return nil // it closed no question
	}
	c := Correction{pressed.ID, float64(len(r.Corrected)+1) / 1e6}
	path := "/sessions/" + r.sessionID + "/questions/" + c.QuestionID
	body := map[string]float64{"active_seconds": c.ActiveSeconds}
	err := r.deliver(g, http.MethodPatch, path, body, 1, func(program.Reply) error { return nil })
	if err == nil {
		r.Corrected = append(r.Corrected, c)
	}
	return err
}

// deliver repeats a request with so many events until it is answered 200. Then read reads the
// answer.
func (r *Rater) deliver(g *Group, method, path string, body any, events int, read func(program.Reply) error) error {
	tries := 0
	var wrong error // what no fault excuses
	err := program.AwaitNil(context.Background(), program.ReadyWithin, func(ctx context.Context) error {
		urls := *g.urls.Load()
		r.Client.URL = urls[tries%len(urls)]
		tries++
		sent := time.Now()
		reply, err := r.Client.Do(ctx, method, path, body)
		switch {
		case err != nil:
			return err
		case reply.Status == http.StatusServiceUnavailable && reply.Header.Get("Retry-After") != "":
			g.noteRefusal(time.Since(sent))
			return fmt.Errorf("answered %v", reply)
		case reply.Status != http.StatusOK:
			wrong = fmt.Errorf("answered %v", reply)
		default:
			wrong = read(reply)
		}
		return nil
	})
	if err = cmp.Or(err, wrong); err != nil {
		return fmt.Errorf("%s, after %d events of the rater: %w", r.Client.Email, len(r.Sent), err)
	}
	if tries > 1 {
		g.retried.Add(int64(events))
	}
	g.answered.Add(int64(events))
	return nil
}

// nextEvent returns a new NEXT, or sometimes a PAUSE, a second after the last event and so many that
// follow it.
func (r *Rater) nextEvent(after int) program.Event {
	start := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	at := start.Add(time.Duration(len(r.Sent)+after) * time.Second)
	next := program.Event{ID: uuid.NewString(), Type: "NEXT", Timestamp: at.Format(time.RFC3339)}
	if r.random.IntN(4) == 0 && len(r.Sent) > 0 {
		next.Type = "PAUSE"
	}
	return next
}

// mixed does a press, a batch or a correction.
func (r *Rater) mixed(g *Group) error {
	switch n := r.random.IntN(10); {
	case len(r.Sent) < 2 || n < 6:
		return r.press(g)
	case n < 8:
		return r.batch(g)
	}
	return r.correct(g)
}
