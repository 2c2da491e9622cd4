package httpx

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Without these limits a client could hold a connection, or the memory behind it, as long
// as it likes.
func TestProductLimits(t *testing.T) {
	limits := ProductLimits()
	s := NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler), limits)
	for name, limit := range map[string]time.Duration{
		"ReadHeaderTimeout": s.ReadHeaderTimeout, "ReadTimeout": s.ReadTimeout,
		"WriteTimeout": s.WriteTimeout, "IdleTimeout": s.IdleTimeout,
	} {
		if limit <= 0 || limit > 5*time.Minute {
			t.Errorf("%s is %s", name, limit)
		}
	}
	if s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > 64<<10 {
		t.Errorf("MaxHeaderBytes is %d", s.MaxHeaderBytes)
	}
	if s.WriteTimeout <= s.ReadTimeout {
		t.Error("a slow request has no time left for its answer")
	}
	if s.ErrorLog == nil {
		t.Error("the server's own errors go past the structured log")
	}
}

// never is a limit that no test reaches.
const never = time.Hour

// unlimited returns limits that no test reaches; each test lowers one.
func unlimited() Limits {
	return Limits{HeaderBytes: 16 << 10, HeaderTimeout: never, ReadTimeout: never, WriteTimeout: never, IdleTimeout: never}
}

// dial connects to a server with these limits. It answers a POST with the length of the
// body, or with the problem of reading it.
func dial(t *testing.T, limits Limits) net.Conn {
	t.Helper()
	network := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := ReadJSON(w, r, MaxBody)
		if err != nil {
			WriteProblem(w, ProblemOf(err))
			return
		}
		_, _ = fmt.Fprint(w, len(body))
	}), limits)
	conn, err := network.dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// pace is the time between two bytes of a slow client.
const pace = 10 * time.Millisecond

// drip sends text one byte at a time. It returns what the server says, and whether the
// server accepted all of text before it closed the connection.
func drip(conn net.Conn, text string) (said string, whole bool) {
	heard := make(chan string)
	go func() {
		answer, _ := io.ReadAll(conn) // how it ends is how the connection ends
		heard <- string(answer)
	}()
	for i := range len(text) {
		if _, err := conn.Write([]byte{text[i]}); err != nil {
			return <-heard, false
		}
		time.Sleep(pace)
	}
	_ = conn.Close()
	return <-heard, true
}

// A client that sends a byte now and then does not keep a connection: it is cut when its
// time is over, and not before.
func TestSlowClientsAreCut(t *testing.T) {
	const limit = 150 * time.Millisecond
	endless := strings.Repeat("x", 2000) // far more than the limit at the pace of drip
	short := func(change func(*Limits)) Limits {
		limits := unlimited()
		change(&limits)
		return limits
	}
	slowHeader := short(func(l *Limits) { l.HeaderTimeout = limit })
	slowBody := short(func(l *Limits) { l.ReadTimeout = limit })
	tests := []struct {
		name       string
		limits     Limits
		fast, slow string // sent at once, and then a byte at a time
		status     string // status of the answer; "" for none
	}{
		{"the first line", slowHeader, "", "GET /" + endless, "400 Bad Request"},
		{"the headers", slowHeader, "GET / HTTP/1.1\r\nHost: x\r\n", "X-Slow: " + endless, ""},
		{"the end of the headers", slowHeader, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", endless, ""},
		{"a body", slowBody, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n", endless, "408 Request Timeout"},
		{"a body in chunks", slowBody, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", strings.Repeat("1\r\nx\r\n", 400), "408 Request Timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				conn := dial(t, test.limits)
				if _, err := io.WriteString(conn, test.fast); err != nil {
					t.Fatal(err)
				}
				said, whole := drip(conn, test.slow)
				if took := time.Since(start); whole || took < limit || took > limit+lingers {
					t.Errorf("cut: %t, after %s; the limit is %s", !whole, took, limit)
				}
				if status, _, _ := strings.Cut(strings.TrimPrefix(said, "HTTP/1.1 "), "\r\n"); status != test.status {
					t.Errorf("answered %q, want %q", status, test.status)
				}
			})
		})
	}
}

// lingers is how long net/http keeps a connection after its last answer, so that the
// client can read it.
const lingers = time.Second

// An idle connection is closed.
func TestIdleConnectionsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := unlimited()
		limits.IdleTimeout = 500 * time.Millisecond
		conn := dial(t, limits)
		reader := bufio.NewReader(conn)
		for range 2 { // the second on the same connection
			if status, body := ask(t, conn, reader, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"); status != 200 || body != "3" {
				t.Fatalf("answered %d %s", status, body)
			}
			time.Sleep(limits.IdleTimeout - 1)
		}
		if took := ended(t, reader); took != 1 {
			t.Errorf("ended %s after the limit", took-1)
		}
	})
}

// ask sends a request and reads the answer. A server may answer before it has read all.
func ask(t *testing.T, conn net.Conn, reader *bufio.Reader, request string) (status int, body string) {
	t.Helper()
	go func() { _, _ = io.WriteString(conn, request) }()
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// ended waits until the server has closed the connection, and returns how long that took.
func ended(t *testing.T, reader *bufio.Reader) time.Duration {
	t.Helper()
	start := time.Now()
	if rest, err := io.ReadAll(reader); err != nil || len(rest) > 0 {
		t.Errorf("still open: %q, %v", rest, err)
	}
	return time.Since(start)
}

// Headers are limited too: to 16 KiB, and 4 KiB that net/http adds.
func TestLongHeaders(t *testing.T) {
	for size, want := range map[int]int{12 << 10: 200, 32 << 10: 431} {
		synctest.Test(t, func(t *testing.T) {
			conn := dial(t, ProductLimits())
			status, _ := ask(t, conn, bufio.NewReader(conn), "POST / HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("x", size)+"\r\n\r\n")
			if status != want {
				t.Errorf("%d bytes: answered %d, want %d", size, status, want)
			}
		})
	}
}

// The server does not wait for a refused body, and does not read it to its end.
func TestHugeBodiesAreRefusedUnread(t *testing.T) {
	chunk := fmt.Sprintf("%x\r\n%s\r\n", MaxBody+1, strings.Repeat("x", MaxBody+1)) // and no last chunk
	for name, request := range map[string]string{
		"told":      "Content-Length: 104857600\r\n\r\n",
		"asked for": "Content-Length: 104857600\r\nExpect: 100-continue\r\n\r\n",
		"in chunks": "Transfer-Encoding: chunked\r\n\r\n" + chunk,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limits := unlimited()
				limits.ReadTimeout = time.Second // net/http waits so long for the rest of a chunked body
				conn := dial(t, limits)
				reader := bufio.NewReader(conn)
				if status, body := ask(t, conn, reader, "POST / HTTP/1.1\r\nHost: x\r\n"+request); status != 413 {
					t.Errorf("answered %d %s", status, body)
				}
				if took := ended(t, reader); took > limits.ReadTimeout+lingers {
					t.Errorf("the connection ended after %s", took)
				}
			})
		})
	}
}
