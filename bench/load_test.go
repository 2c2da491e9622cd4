package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// scriptedClient sends each path once, and ends the run after the last one.
type scriptedClient struct {
	host  string
	paths []string
	end   context.CancelFunc
	sent  int
}

func (c *scriptedClient) request(time.Time) []byte {
	path := c.paths[c.sent]
	c.sent++
	if c.sent == len(c.paths) {
		c.end()
	}
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + c.host + "\r\n\r\n")
}

func (c *scriptedClient) check(body []byte) error {
	if string(body) != "fine" {
		return errors.New("unexpected body: " + string(body))
	}
	return nil
}

func TestDriveCountsWhatHappens(t *testing.T) {
	for _, test := range []struct {
		name       string
		paths      []string
		completed  int
		errors     int
		firstError string
	}{
		{"all fine", []string{"/fine", "/fine", "/fine"}, 3, 0, ""},
		{"a refusal", []string{"/fine", "/busy", "/fine"}, 2, 1, "status 503: too busy"},
		{"a created", []string{"/fine", "/created"}, 1, 1, "status 201: "},
		{"a broken connection is opened anew", []string{"/fine", "/hangup", "/fine"}, 2, 1, "reading the status line: EOF"},
		{"the body of the first is checked", []string{"/wrong", "/fine"}, 1, 1, "unexpected body: wrong"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(answer))
			defer server.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			address := strings.TrimPrefix(server.URL, "http://")
			w := newWindow(time.Now(), 0, time.Hour)

			got := load{address: address}.drive(ctx, w, &scriptedClient{host: address, paths: test.paths, end: cancel})

			if got.completed != test.completed || len(got.latencies) != test.completed {
				t.Errorf("completed %d with %d latencies, want %d", got.completed, len(got.latencies), test.completed)
			}
			if got.errors != test.errors || !strings.HasPrefix(got.firstError, test.firstError) {
				t.Errorf("errors %d, the first %q; want %d, %q", got.errors, got.firstError, test.errors, test.firstError)
			}
		})
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/fine":
		_, _ = io.WriteString(w, "fine")
	case "/wrong":
		_, _ = io.WriteString(w, "wrong")
	case "/busy":
		http.Error(w, "too busy", http.StatusServiceUnavailable)
	case "/created":
		w.WriteHeader(http.StatusCreated)
	case "/hangup":
		panic(http.ErrAbortHandler)
	}
}

func TestDriveGivesUpWithoutServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	address := strings.TrimPrefix(server.URL, "http://")
	server.Close()
	got := load{address: address}.drive(t.Context(), newWindow(time.Now(), 0, time.Hour), nil)
	if got.errors != 1 || got.completed != 0 || !strings.HasPrefix(got.firstError, "connecting: ") {
		t.Errorf("got %+v, want one error of connecting", got)
	}
}

func TestDriveEndsWithTheWindow(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	over := newWindow(time.Now().Add(-time.Hour), 0, time.Minute)
	l := load{address: strings.TrimPrefix(server.URL, "http://")}
	if got := l.drive(t.Context(), over, nil); got.errors != 0 || got.completed != 0 { // nil would panic if asked
		t.Errorf("got %+v, want nothing", got)
	}
}
