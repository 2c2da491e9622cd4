package httpx

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// streamWriteTimeout is how long writing one message may take. A stream as a whole has no
// end, so the server's write timeout does not apply.
const streamWriteTimeout = 10 * time.Second

// EventStream is an answer of server-sent events (HTML standard, section 9.2). It is for
// one goroutine.
type EventStream struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

// AcceptsEvents reports whether the client asks for a stream of events, as every
// EventSource does. For any other client an answer without end would be a trap.
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

// StartEvents begins a stream, and tells the client to reconnect after retry if it loses
// the stream. If StartEvents fails, nothing has been sent, unless the connection broke.
func StartEvents(w http.ResponseWriter, retry time.Duration) (*EventStream, error) {
	s := &EventStream{w: w, controller: http.NewResponseController(w)}
	// The read timeout of the request would end the stream, because the server keeps
	// reading to notice when the client goes.
	if err := s.controller.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("starting a stream: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold messages back until they fill a buffer
	return s, s.write(fmt.Sprintf("retry: %d\n\n", retry.Milliseconds()))
}

// Send sends an event without data. The client names its id, which must not contain a
// line break, when it reconnects.
func (s *EventStream) Send(event, id string) error {
	// A browser ignores an event that has no data line.
	return s.write("event: " + event + "\nid: " + id + "\ndata:\n\n")
}

// Heartbeat keeps proxies from closing an idle connection.
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
