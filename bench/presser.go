package main

import (
	cryptorand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// pressesPerPause says how often a pause comes: of this many presses the last two are the
// PAUSE that begins it and the PAUSE that ends it; all others are NEXT.
const pressesPerPause = 20

// presser is a user who presses NEXT and, now and then, PAUSE: the client of the
// ingest scenario.
type presser struct {
	next, pause eventRequest
	ids         io.Reader // the randomness of event ids
	presses     int
	id          string // id of the last event sent
}

// newPresser returns the user to whom the access token belongs.
func newPresser(host, token string) *presser {
	var seed [32]byte
	_, _ = cryptorand.Read(seed[:]) // never fails: it would end the program instead
	return &presser{
		next:  newEventRequest(host, token, "NEXT"),
		pause: newEventRequest(host, token, "PAUSE"),
		// Ids need to differ, not to be secret: no system call for each.
		ids: rand.NewChaCha8(seed),
	}
}

// request implements client. Each request is a press at now with a new id.
func (p *presser) request(now time.Time) []byte {
	p.id = uuid.Must(uuid.NewRandomFromReader(p.ids)).String()
	kind := &p.next
	if p.presses%pressesPerPause >= pressesPerPause-2 {
		kind = &p.pause
	}
	p.presses++
	return kind.fill(p.id, now)
}

// check implements client: the answer must accept exactly the event that was sent.
func (p *presser) check(body []byte) error {
	var answer struct {
		Status    string `json:"status"`
		EventID   string `json:"event_id"`
		Duplicate bool   `json:"duplicate"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("answer to an event: %w", err)
	}
	switch {
	case answer.Status != "ok":
		return fmt.Errorf("answer to an event: status is %q, not ok", answer.Status)
	case answer.EventID != p.id:
		return fmt.Errorf("answer to event %s names event %q", p.id, answer.EventID)
	case answer.Duplicate:
		return errors.New("answer to a new event calls it a duplicate")
	}
	return nil
}

// eventTime is the format of timestamps, in UTC. Every timestamp is as long as the format.
const eventTime = "2006-01-02T15:04:05.000000Z"

// eventRequest is a POST /events that is built once and filled in for each event: only the id
// and the time differ, and both always have the same length.
type eventRequest struct {
	bytes    []byte
	id, time []byte // their places within bytes
}

func newEventRequest(host, token, kind string) eventRequest {
	const beforeID, beforeTime, end = `{"id":"`, `","timestamp":"`, `"}`
	id := uuid.Nil.String()
	body := beforeID + id + `","type":"` + kind + beforeTime + eventTime + end
	head := fmt.Sprintf("POST /events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", host, token, len(body))
	request := []byte(head + body)

	idAt := len(head) + len(beforeID)
	timeAt := len(request) - len(end) - len(eventTime)
	return eventRequest{
		bytes: request,
		id:    request[idAt : idAt+len(id)],
		time:  request[timeAt : timeAt+len(eventTime)],
	}
}

// fill returns the request for the event with this id and time. The next call overwrites it.
func (r *eventRequest) fill(id string, at time.Time) []byte {
	copy(r.id, id)
	// AppendFormat writes nanoseconds before it cuts them off, so it needs more room.
	var scratch [2 * len(eventTime)]byte
	copy(r.time, at.UTC().AppendFormat(scratch[:0], eventTime))
	return r.bytes
}
