package httpx

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A client that does not read its answer, or a message of a stream, keeps neither: writing fails
// after its time, and not before.
func TestSlowReadersAreCut(t *testing.T) {
	const limit = 300 * time.Millisecond
	for name, test := range map[string]struct {
		write func(http.ResponseWriter) error // until it fails
		after time.Duration
	}{
		"an answer": {func(w http.ResponseWriter) error {
			for {
				if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
					return err
				}
			}
		}, limit},
		"a stream": {func(w http.ResponseWriter) error {
			stream, err := StartEvents(w, time.Second)
			if err != nil {
				return err
			}
			defer stream.Close()
			return stream.Send("changed", "1")
		}, 2 * streamWriteTimeout}, // of its beginning, and of the message
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limits := unlimited()
				limits.WriteTimeout = limit
				failed := make(chan error, 1)
				conn, err := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { failed <- test.write(w) }), limits).dial()
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = conn.Close() }()
				start := time.Now()
				if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				if err := <-failed; !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("writing ended with %v", err)
				}
				if took := time.Since(start); took != test.after {
					t.Errorf("cut after %v, want %v", took, test.after)
				}
			})
		})
	}
}
