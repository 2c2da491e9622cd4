package pwned

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The SHA-1 of the password of all tests, as sha1sum computes it.
const (
	password = "Tracker-2026-ok"
	sent     = "69E85"
	others   = "273F0EBD1A7E890687078C70B625A517B81"
)

// Lines as the service sends them.
const (
	padding  = "00A1B2C3D4E5F60718293A4B5C6D7E8F901:0\r\n"
	stranger = "0018A45C4D1DEF81644B54AB7F969B88D65:21\r\n"
	hit      = others + ":3\r\n"
)

const oneMiB = 1_048_576

func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// cutShort announces a longer answer than it sends.
func cutShort(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+1))
		_, _ = io.WriteString(w, body)
	}
}

func TestContains(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   bool
		err    string // what the error says; "" means none
	}{
		{"not listed", answer(stranger + padding), false, ""},
		{"listed", answer(hit), true, ""},
		{"listed among others and padding", answer(padding + stranger + hit + padding), true, ""},
		{"listed without a line's end", answer(stranger + others + ":1"), true, ""},
		{"listed in lower case", answer(strings.ToLower(hit)), true, ""},
		{"listed with LF alone", answer(others + ":3\n" + others[1:] + "0:3\n"), true, ""},
		{"listed as padding", answer(others + ":0\r\n"), false, ""},
		{"listed as padding and in earnest", answer(others + ":0\r\n" + hit + others + ":0\r\n"), true, ""},
		{"padding only", answer(strings.Repeat(padding, 900)), false, ""},
		{"the digits that were sent", answer(sent + others[:30] + ":3\r\n"), false, ""},
		{"largest count", answer(others + ":18446744073709551615\r\n"), true, ""},
		{"just below the bound", answer(strings.Repeat(padding, oneMiB/len(padding))), false, ""},

		{"server error", status(500, hit), false, "status 500"},
		{"too many requests", status(429, hit), false, "status 429"},
		{"not found", status(404, ""), false, "status 404"},
		{"no content", status(204, ""), false, "status 204"},
		{"empty", answer(""), false, "read the answer: it is empty"},
		{"a page", answer("<!DOCTYPE html>\n<p>Log in to the network"), false, "line 1 does not start"},
		{"a page behind a hit", answer(hit + "<p>Log in to the network"), false, "line 2 does not start"},
		{"an empty line", answer(stranger + "\r\n" + hit), false, "line 2 does not start"},
		{"a whole hash", answer(sent + hit), false, "line 1 does not start"},
		{"no hex", answer("X" + hit[1:]), false, "line 1 does not start"},
		{"no count", answer(others + "\r\n"), false, "line 1 does not end"},
		{"empty count", answer(others + ":\r\n"), false, "line 1 does not end"},
		{"negative count", answer(others + ":-1\r\n"), false, "line 1 does not end"},
		{"count overflows", answer(others + ":18446744073709551616\r\n"), false, "line 1 does not end"},
		{"two counts", answer(others + ":1:2\r\n"), false, "line 1 does not end"},
		{"cut short in a line", cutShort(stranger + others), false, "read the answer: unexpected EOF"},
		{"cut short between lines", cutShort(stranger + hit), false, "read the answer: unexpected EOF"},
		{"a long line", answer(strings.Repeat("A", oneMiB/2)), false, "read the answer: bufio.Scanner: token too long"},
		{"huge", answer(strings.Repeat(padding, oneMiB/len(padding)+1)), false, "read the answer: http: request body too large"},
		{"redirect", http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP, false, "status 302"},
		{"connection lost", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				c.answer(w, r)
			}))
			defer server.Close()
			got, err := New(Options{URL: server.URL}).Contains(t.Context(), password)
			if got != c.want || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %t, %v; want %t, %q", got, err, c.want, c.err)
			}
			if err != nil {
				expectNoSecret(t, err)
			}
			if n := calls.Load(); n != 1 {
				t.Errorf("%d requests, want 1: no redirect and no repeat", n)
			}
		})
	}
}

func expectNoSecret(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{password, sent, others} {
		if strings.Contains(strings.ToUpper(err.Error()), strings.ToUpper(secret)) {
			t.Errorf("the error shows %q: %v", secret, err)
		}
	}
}

// Five digits are sent, and nothing else that depends on the password.
func TestWhatIsSent(t *testing.T) {
	var requests []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests = append(requests, fmt.Sprintf("%s %s Add-Padding: %s User-Agent: %s Cookie: %s body: %q", r.Method,
			r.RequestURI, r.Header.Get("Add-Padding"), r.UserAgent(), r.Header.Get("Cookie"), body))
		w.Header().Set("Set-Cookie", "visitor=1")
		_, _ = io.WriteString(w, stranger)
	}))
	defer server.Close()
	for _, url := range []string{server.URL, server.URL + "/", server.URL + "/mirror"} {
		client := New(Options{URL: url})
		for range 2 {
			if _, err := client.Contains(t.Context(), password); err != nil {
				t.Fatal(err)
			}
		}
	}
	const root = `GET /range/69E85 Add-Padding: true User-Agent: raterhub-tracker Cookie:  body: ""`
	mirror := strings.Replace(root, "/range", "/mirror/range", 1)
	if diff := cmp.Diff([]string{root, root, root, root, mirror, mirror}, requests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for _, url := range []string{server.URL, "http://[", "nowhere://x", "x"} {
		found, err := New(Options{URL: url}).Contains(t.Context(), password)
		if found || err == nil {
			t.Errorf("%s: got %t, %v; want an error", url, found, err)
			continue
		}
		expectNoSecret(t, err)
	}
}

func TestDefaultURL(t *testing.T) {
	if got := New(Options{}).url; got != "https://api.pwnedpasswords.com" {
		t.Errorf("got %q", got)
	}
}

// The limit of two seconds holds for the whole call, whatever part of the answer the
// server delays.
func TestTimeout(t *testing.T) {
	const headers = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
	for _, c := range []struct {
		name string
		give func(ctx context.Context, w io.Writer)
	}{
		{"no answer", func(context.Context, io.Writer) {}},
		{"headers only", func(_ context.Context, w io.Writer) { _, _ = io.WriteString(w, headers) }},
		{"a line twice a second", func(ctx context.Context, w io.Writer) {
			_, _ = io.WriteString(w, headers)
			for ctx.Err() == nil {
				_, _ = io.WriteString(w, stranger)
				select {
				case <-ctx.Done():
				case <-time.After(timeout / 4):
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := New(Options{URL: "http://pwned.test", Transport: pipeTo(t, c.give)})
				start := time.Now()
				found, err := client.Contains(t.Context(), password)
				if found || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %t, %v; want false, context.DeadlineExceeded", found, err)
				}
				if took := time.Since(start); took != 2*time.Second {
					t.Errorf("took %v, want 2s", took)
				}
				expectNoSecret(t, err)
			})
		})
	}
}

func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{URL: "http://pwned.test", Transport: pipeTo(t, func(context.Context, io.Writer) {})})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := client.Contains(ctx, password); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want context.DeadlineExceeded", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v, want 1s", took)
		}
	})
}

// pipeTo returns net/http's own transport with a server at the other end of a pipe. The
// server reads a request, sends its answer, and then holds the connection. No network is
// involved, so the clock of a synctest bubble is the only one.
func pipeTo(t *testing.T, give func(context.Context, io.Writer)) http.RoundTripper {
	t.Helper()
	ctx := t.Context() // ends before the bubble does
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			if _, err := http.ReadRequest(bufio.NewReader(server)); err != nil {
				t.Error(err)
				return
			}
			give(ctx, server)
			<-ctx.Done()
		}()
		return client, nil
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"", hit, padding + stranger + hit, others + ":", ":", "\r\n", "<html>", others + ":99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := find(strings.NewReader(text), others)
		if found && (err != nil || !strings.Contains(strings.ToUpper(text), others)) {
			t.Errorf("found in %q, %v", text, err)
		}
	})
}
