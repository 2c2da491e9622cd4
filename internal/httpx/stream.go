package httpx

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// streamWriteTimeout is how long writing one message may take. A stream as a whole has no
// end, so the server's write timeout does not apply.
const streamWriteTimeout = 10 * time.Second

// EventStream is an answer of server-sent events (HTML standard, section 9.2). Only one goroutine
// may send.
//
// It takes the connection over from the HTTP server, because thousands of pages may be open: what
// the server keeps for a request under way, buffers and the stack of the handler, is five times as
// much as a stream needs.
type EventStream struct {
	conn net.Conn
	gone chan struct{}
}

// AcceptsEvents reports whether the client asks for a stream of events, as every
// EventSource does. For any other client an answer without end would be a trap.
func AcceptsEvents(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
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

// StartEvents begins a stream, and tells the client to reconnect after retry if it loses the
// stream. The stream is the caller's to close; the handler may return before. If StartEvents
// fails, nothing has been sent.
func StartEvents(w http.ResponseWriter, retry time.Duration) (*EventStream, error) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, fmt.Errorf("starting a stream: %w", err)
	}
	s := &EventStream{conn: conn, gone: make(chan struct{})}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold messages back until they fill a buffer
	header.Set("Connection", "close")     // the answer ends with the connection
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var head strings.Builder
	head.WriteString("HTTP/1.1 200 OK\r\n")
	_ = header.Write(&head) // a Builder accepts everything
	fmt.Fprintf(&head, "\r\nretry: %d\n\n", retry.Milliseconds())
	_ = s.write(head.String()) // a broken connection fails again at the first message
	go s.awaitEnd()
	return s, nil
}

// awaitEnd notices when the client goes. A client that says anything more is not an EventSource.
func (s *EventStream) awaitEnd() {
	defer close(s.gone)
	_, _ = s.conn.Read(make([]byte, 1)) // its error says that the client is gone
}

// Gone is closed when the client is gone, or after Close.
func (s *EventStream) Gone() <-chan struct{} { return s.gone }

// Close ends the stream.
func (s *EventStream) Close() { _ = s.conn.Close() }

// Send sends an event without data. The client names its id, which must not contain a
// line break, when it reconnects.
func (s *EventStream) Send(event, id string) error {
	// A browser ignores an event that has no data line.
	return s.write("event: " + event + "\nid: " + id + "\ndata:\n\n")
}

// Heartbeat keeps proxies from closing an idle connection.
func (s *EventStream) Heartbeat() error { return s.write(":\n\n") }

func (s *EventStream) write(text string) error {
	err := s.conn.SetWriteDeadline(time.Now().Add(streamWriteTimeout))
	if err == nil {
		_, err = io.WriteString(s.conn, text)
	}
	if err != nil {
		return fmt.Errorf("sending an event: %w", err)
	}
	return nil
}
