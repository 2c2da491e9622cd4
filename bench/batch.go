package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// maxBatch is how many events a batch may have, by the contract.
const maxBatch = 500

// batcher is a user who sends presses in batches of one size, as a widget does that was offline.
type batcher struct {
	head       []byte    // the request as far as its length
	randomness io.Reader // of event ids
	ids        []string  // of the events last sent
	body, sent bytes.Buffer
}

// newBatcher returns the user to whom the access token belongs.
func newBatcher(host, token string, size int) *batcher {
	head := fmt.Sprintf("POST /events/batch HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n", host, token)
	return &batcher{head: []byte(head), randomness: newPresser(host, token).ids, ids: make([]string, size)}
}

// request implements client. Each request has new presses, a microsecond apart from now on.
func (b *batcher) request(now time.Time) []byte {
	b.body.Reset()
	for i := range b.ids {
		b.ids[i] = uuid.Must(uuid.NewRandomFromReader(b.randomness)).String()
		separator := ","
		if i == 0 {
			separator = `{"events":[`
		}
		at := now.UTC().Add(time.Duration(i) * time.Microsecond).Format(eventTime)
		fmt.Fprintf(&b.body, `%s{"id":%q,"type":"NEXT","timestamp":%q}`, separator, b.ids[i], at)
	}
	b.body.WriteString("]}")
	b.sent.Reset()
	b.sent.Write(b.head)
	fmt.Fprintf(&b.sent, "Content-Length: %d\r\n\r\n", b.body.Len())
	b.sent.Write(b.body.Bytes())
	return b.sent.Bytes()
}

// check implements client: the answer must accept exactly the events that were sent.
func (b *batcher) check(body []byte) error {
	var answer struct {
		Results []struct {
			EventID string `json:"event_id"`
			Result  string `json:"result"`
		} `json:"results"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("answer to a batch: %w", err)
	}
	if len(answer.Results) != len(b.ids) {
		return fmt.Errorf("answer to a batch of %d has %d results", len(b.ids), len(answer.Results))
	}
	for i, r := range answer.Results {
		if r.Result != "accepted" || r.EventID != b.ids[i] {
			return fmt.Errorf("answer to event %s: %s of %s", b.ids[i], r.Result, r.EventID)
		}
	}
	return nil
}
