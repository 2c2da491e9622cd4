package httpapi

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// FuzzDecodePress reads any body. It must be refused with a text for the person, or become
// a press on which the rooms behind can rely.
func FuzzDecodePress(f *testing.F) {
	for _, seed := range goodPresses {
		f.Add([]byte(seed.body))
	}
	for _, seed := range badPresses {
		f.Add([]byte(seed.body))
	}
	for _, seed := range malformedPresses {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		press, err := decodePress(body)
		if err != nil {
			var fields fault.FieldErrors
			if !isMalformed(err) && !errors.As(err, &fields) {
				t.Errorf("refused with %v", err)
			}
			checkID(t, press.ID)
			return
		}
		checkPress(t, press)
		checkInstant(t, press.At)
		checkInstant(t, press.SentAt)
		checkReadsBack(t, press)
	})
}

// FuzzDecodeBatch reads any batch. It must be refused as a whole with a text for the person, or
// have events within the bounds, of which each can be decoded or refused by itself.
func FuzzDecodeBatch(f *testing.F) {
	for _, seed := range goodPresses {
		f.Add([]byte(`{"sent_at":"2026-03-29T01:30:00Z","events":[` + seed.body + `,` + seed.body + `]}`))
	}
	for _, seed := range malformedPresses {
		f.Add([]byte(`{"events":[` + seed + `]}`))
	}
	for _, seed := range []string{
		``, `{}`, `null`, `[]`, `{"events":null}`, `{"events":[]}`, `{"events":{}}`, `{"events":[null,1,"",[],{}]}`,
		`{"events":[{"type":"NEXT","type":"EXIT"}]}`, `{"sent_at":"9999-12-31T23:59:60Z","events":[{}]}`, `{"events":[{}],"events":[{}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, sentAt, err := decodeBatch(body)
		if err != nil {
			var fields fault.FieldErrors
			if !isMalformed(err) && !errors.As(err, &fields) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if len(events) == 0 || len(events) > maxBatch {
			t.Errorf("%d events", len(events))
		}
		checkInstant(t, sentAt)
		for _, event := range events {
			if press, err := decodePress(event); err == nil {
				checkPress(t, press)
			}
		}
	})
}

func checkPress(t *testing.T, p tracker.Press) {
	t.Helper()
	if !p.Type.IsPress() {
		t.Errorf("type %q", p.Type)
	}
	checkID(t, p.ID)
	low, high := p.Task.AETLow, p.Task.AETHigh
	if (low == 0) != (high == 0) || low < 0 || low > high || high > 1440*tl.Minute {
		t.Errorf("AET from %d to %d µs", low, high)
	}
	if p.Task.Count < 0 || p.Task.Count > 100 {
		t.Errorf("%d tasks", p.Task.Count)
	}
	if p.Outcome != "" && (!slices.Contains(tl.Outcomes(), p.Outcome) || p.Type != tl.Next && p.Type != tl.Exit) {
		t.Errorf("a %s with the outcome %q", p.Type, p.Outcome)
	}
	for text, most := range map[string]int{p.Task.AETText: 60, p.Task.ID: 100, p.Task.Type: 100} {
		if !account.PlainText(text) || utf8.RuneCountInString(text) > most {
			t.Errorf("text %q", text)
		}
	}
}

// checkID checks that an id has its one spelling, or is left out.
func checkID(t *testing.T, id string) {
	t.Helper()
	if parsed, err := uuid.Parse(id); id != "" && (err != nil || parsed.String() != id) {
		t.Errorf("id %q is not canonical", id)
	}
}

// checkInstant checks that an instant from a client can be written as JSON again.
func checkInstant(t *testing.T, at tl.Instant) {
	t.Helper()
	if _, err := json.Marshal(timeOf(at)); err != nil {
		t.Errorf("%d µs cannot be answered: %v", at, err)
	}
}

// checkReadsBack checks that a press, written as a client would write it, is read as the
// same press.
func checkReadsBack(t *testing.T, p tracker.Press) {
	t.Helper()
	written := PressBody{
		Type: string(p.Type), Timestamp: textOf(p.At), SentAt: textOf(p.SentAt), Paused: p.WantPaused,
		AETText: p.Task.AETText, TaskID: p.Task.ID, TaskType: p.Task.Type, Outcome: string(p.Outcome),
	}
	if p.ID != "" {
		written.ID = &p.ID
	}
	if p.Task.AETHigh > 0 {
		written.AETLow, written.AETHigh = new(p.Task.AETLow.Minutes()), new(p.Task.AETHigh.Minutes())
	}
	if p.Task.Count > 0 {
		written.TaskCount = &p.Task.Count
	}
	body, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decodePress(body)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Errorf("%s (-first +again):\n%s", body, diff)
	}
}

// textOf returns an instant as a client writes it, nil for none.
func textOf(at tl.Instant) *string {
	if at == 0 {
		return nil
	}
	return new(at.Time().Format(time.RFC3339Nano))
}
