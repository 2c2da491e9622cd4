package httpx

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// streamWriteTimeout is how long one message may take to leave: a stream as a whole
// has no end, so the server's limits of an answer do not hold for it.
const streamWriteTimeout = 10 * time.Second

// EventStream is an answer of server-sent events (HTML standard, section 9.2). It is
// used by one goroutine.
type EventStream struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

// AcceptsEvents reports whether the client asks for a stream of events, as every
// EventSource does: for anything else an answer without end is a trap.
func AcceptsEvents(r *http.Request) bool {
	for _, line := range r.Header["Accept"] {
		for media := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(media, ";")
			if strings.EqualFold(strings.TrimSpace(name), "text/event-stream") {
				return true
			}
		}
	}
	return false
}

// StartEvents begins a stream. A client that loses it is told to come back after retry.
// When it fails, nothing is sent yet, unless the connection broke.
func StartEvents(w http.ResponseWriter, retry time.Duration) (*EventStream, error) {
	s := &EventStream{w: w, controller: http.NewResponseController(w)}
	// The limit of reading a request would end it: the server reads on, to see when the
	// client goes.
	if err := s.controller.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("starting a stream: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would keep messages until they fill a page
	return s, s.write(fmt.Sprintf("retry: %d\n\n", retry.Milliseconds()))
}

// Send sends an event without data worth reading. Its id, without line breaks, is what
// the client names when it comes back.
func (s *EventStream) Send(event, id string) error {
	// Without data no browser passes the event on.
	return s.write("event: " + event + "\nid: " + id + "\ndata:\n\n")
}

// Heartbeat shows to whatever is in between that the connection is in use.
func (s *EventStream) Heartbeat() error { return s.write(":\n\n") }

func (s *EventStream) write(text string) error {
	err := s.controller.SetWriteDeadline(time.Now().Add(streamWriteTimeout))
	if err == nil {
		_, err = s.w.Write([]byte(text))
	}
	if err == nil {
		err = s.controller.Flush()
	}
	if err != nil {
		return fmt.Errorf("sending an event: %w", err)
	}
	return nil
}
