package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/bench/crowd"
)

// Raters press at fixed times: a late answer delays no later press.
func TestUntilNext(t *testing.T) {
	first := time.Unix(1_000, 0)
	for _, test := range []struct{ now, want time.Duration }{
		{-time.Second, time.Second},
		{0, 3 * time.Second},
		{time.Second, 2 * time.Second},
		{2 * time.Second, time.Second},
		{3 * time.Second, 3 * time.Second},
		{10 * time.Second, 2 * time.Second},
	} {
		if got := untilNext(first.Add(test.now), first, 3*time.Second); got != test.want {
			t.Errorf("%v after the first: %v, want %v", test.now, got, test.want)
		}
	}
}

func TestWorkInWindows(t *testing.T) {
	start := time.Unix(1_000, 0)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	deeds := []deed{
		{false, at(0), at(1), ""}, // before
		{false, at(10), at(12), ""},
		{true, at(12), at(15), ""},
		{true, at(13), at(14), "status 503"},
		{false, at(21), at(22), "status 429"}, // between
		{false, at(39), at(55), ""},           // ended after its window
	}
	got := workIn(deeds, window{at(10), at(20)}, window{at(30), at(40)})
	want := fmt.Sprint([]time.Duration{2 * time.Second, 16 * time.Second}, []time.Duration{3 * time.Second}, 0, 1, 20*time.Second)
	if said := fmt.Sprint(got.presses.latencies, got.pages.latencies, got.presses.errors, got.pages.errors, got.length); said != want {
		t.Errorf("got %s, want %s", said, want)
	}
}

// Each request is one that a server reads, and has the body that its length promises.
func TestRequestsOfTheVillain(t *testing.T) {
	v := &villain{token: "t", csrf: "c", cookie: "k=v"}
	read := func(request []byte) (path, said string) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var body bytes.Buffer
			_, err := body.ReadFrom(r.Body)
			path, said = r.URL.RequestURI(), fmt.Sprint(r.Method, r.Header["Authorization"], r.Header["X-Forwarded-For"], body.String(), err)
		}))
		defer server.Close()
		a := &crowd.Attacker{Address: strings.TrimPrefix(server.URL, "http://")}
		defer a.HangUp()
		if answer := a.Ask(t.Context(), request); answer != "200" {
			t.Fatalf("%s: answered %s", request, answer)
		}
		return path, said
	}
	if path, said := read(v.request("x", http.MethodPatch, "/a?b=c", map[string]int{"n": 1})); path != "/a?b=c" || said != `PATCH[Bearer t] []{"n":1}<nil>` {
		t.Errorf("got %s %s", path, said)
	}
	if path, said := read(v.strange("x", "/a", 0x010203, nil)); path != "/a" || said != `POST[] [10.1.2.3]<nil>` {
		t.Errorf("got %s %s", path, said)
	}
}
