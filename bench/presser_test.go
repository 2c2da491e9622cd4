package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

type sentEvent struct {
	ID        uuid.UUID
	Type      string
	Timestamp string
}

// parsePress reads a request as a server does.
func parsePress(t *testing.T, request []byte) (*http.Request, sentEvent) {
	t.Helper()
	reader := bufio.NewReader(bytes.NewReader(request))
	parsed, err := http.ReadRequest(reader)
	if err != nil {
		t.Fatalf("not a request: %v\n%s", err, request)
	}
	var event sentEvent
	if err := json.NewDecoder(parsed.Body).Decode(&event); err != nil {
		t.Fatalf("not an event: %v\n%s", err, request)
	}
	_ = parsed.Body.Close()
	if rest := reader.Buffered(); rest > 0 {
		t.Fatalf("%d bytes behind the request:\n%s", rest, request)
	}
	return parsed, event
}

func TestPresserSendsWellFormedEvents(t *testing.T) {
	sydney := time.FixedZone("AEDT", 11*60*60)
	at := time.Date(2026, 3, 1, 9, 5, 7, 123456789, sydney)
	p := newPresser("127.0.0.1:8000", "header.payload.signature")

	request, event := parsePress(t, p.request(at))

	got := map[string]string{
		"request":       request.Method + " " + request.URL.String(),
		"host":          request.Host,
		"authorization": request.Header.Get("Authorization"),
		"content type":  request.Header.Get("Content-Type"),
		"type":          event.Type,
		"timestamp":     event.Timestamp,
	}
	want := map[string]string{
		"request":       "POST /events",
		"host":          "127.0.0.1:8000",
		"authorization": "Bearer header.payload.signature",
		"content type":  "application/json",
		"type":          "NEXT",
		"timestamp":     "2026-02-28T22:05:07.123456Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("first press (-want +got):\n%s", diff)
	}
}

func TestPresserMixesPressesUnderFreshIDs(t *testing.T) {
	p := newPresser("127.0.0.1:8000", "token")
	at := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	seen := map[uuid.UUID]bool{}
	var types []string
	for range 2 * pressesPerPause {
		at = at.Add(time.Microsecond)
		_, event := parsePress(t, p.request(at))
		if seen[event.ID] || event.ID.Version() != 4 {
			t.Errorf("id %s: used before or not a version 4", event.ID)
		}
		seen[event.ID] = true
		types = append(types, event.Type)
		if want := at.Format(eventTime); event.Timestamp != want {
			t.Errorf("timestamp %s, want %s", event.Timestamp, want)
		}
	}
	round := strings.Repeat("NEXT ", pressesPerPause-2) + "PAUSE PAUSE "
	if diff := cmp.Diff(round+round, strings.Join(types, " ")+" "); diff != "" {
		t.Errorf("presses (-want +got):\n%s", diff)
	}
}

func TestPresserChecksAnswers(t *testing.T) {
	p := newPresser("127.0.0.1:8000", "token")
	p.request(time.Unix(0, 0))
	for _, test := range []struct {
		name, body, wrong string
	}{
		{"accepted", `{"status":"ok","event_id":"` + p.id + `","duplicate":false}`, ""},
		{"refused", `{"status":"error","event_id":"` + p.id + `"}`, "not ok"},
		{"another event's answer", `{"status":"ok","event_id":"1"}`, `names event "1"`},
		{"duplicate", `{"status":"ok","event_id":"` + p.id + `","duplicate":true}`, "duplicate"},
		{"not JSON", `<html>`, "invalid character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := p.check([]byte(test.body))
			switch {
			case test.wrong == "" && err != nil:
				t.Errorf("check: %v, want no error", err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("check: %v, want an error with %q", err, test.wrong)
			}
		})
	}
}
