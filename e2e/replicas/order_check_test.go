package replicas

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// history is what two clients did, and what is recorded: a NEXT that starts a session and one that
// follows 10 s later.
type history struct {
	first, second *op
	log           []entry
}

func aHistory() history {
	start := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	h := history{first: aNext(start, 0), second: aNext(start, 10)}
	for i, o := range []*op{h.first, h.second} {
		p := o.does.(press)
		e := entry{id: p.id, kind: p.kind, seq: i + 1, at: p.at, clientAt: p.at}
		if i == 0 {
			e.target = 300 * second
		}
		h.log = append(h.log, e)
	}
	h.first.body = anAnswer(h.first, 1, 0)
	h.second.body = anAnswer(h.second, 2, 10)
	return h
}

// aNext returns a NEXT that was sent some seconds after start, and answered 20 s later.
func aNext(start time.Time, later int) *op {
	at := start.Add(time.Duration(later) * time.Second)
	p := press{id: fmt.Sprintf("event at %d s", later), kind: "NEXT", at: at.UnixMicro()}
	return &op{does: p, from: "a client", call: at, back: at.Add(20 * time.Second), status: http.StatusOK}
}

// anAnswer returns the answer to a NEXT that closed a question of a length.
func anAnswer(o *op, index, length int) []byte {
	p := o.does.(press)
	return fmt.Appendf(nil, `{"event_id": %q, "session_id": "s", "last_event_type": "NEXT", "is_active": true,
		"total_questions": %[2]d, "last_question_index": %[2]d, "current_question_index": %d,
		"last_question_active_seconds": %[4]d, "last_question_raw_seconds": %[4]d,
		"current_question_started_at": %q, "target_minutes_per_question": 5}`,
		p.id, index, index+1, length, time.UnixMicro(p.at).UTC().Format(time.RFC3339))
}

// TestCheck checks the check: what cannot fail shows nothing.
func TestCheck(t *testing.T) {
	t.Parallel()
	noAnswer := func(o *op) { o.status, o.body = 0, nil }
	for _, test := range []struct {
		name   string
		change func(*history)
		isGood bool
	}{
		{"one after the other", func(*history) {}, true},
		{"an event without an answer is recorded", func(h *history) { noAnswer(h.second) }, true},
		{"an event without an answer is not recorded", func(h *history) { noAnswer(h.second); h.log = h.log[:1] }, true},
		{"an acknowledged event is lost", func(h *history) { h.log = h.log[:1] }, false},
		{"an event is recorded twice", func(h *history) {
			h.log = append(h.log, h.log[1])
			h.log[2].seq++
		}, false},
		{"an event is recorded that nobody sent", func(h *history) { noAnswer(h.second); h.log[1].id = "another" }, false},
		{"an event is recorded at another time", func(h *history) { h.log[1].at++ }, false},
		{"a refused event is recorded", func(h *history) { h.second.status = http.StatusBadRequest }, false},
		{"a NEXT is refused", func(h *history) { h.second.status, h.log = http.StatusBadRequest, h.log[:1] }, false},
		{"the question has another length", func(h *history) { h.second.body = anAnswer(h.second, 2, 11) }, false},
		{"the question has another number", func(h *history) { h.second.body = anAnswer(h.second, 3, 10) }, false},
		{"what was answered first is recorded second", func(h *history) {
			h.first.call = h.second.back.Add(time.Second)
			h.first.back = h.first.call.Add(time.Second)
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := aHistory()
			test.change(&h)
			m := newModel(300 * second)
			err := m.learn(map[string][]entry{"s": h.log})
			if err == nil {
				_, err = m.serialize([]*op{h.second, h.first})
			}
			if (err == nil) != test.isGood {
				t.Errorf("good: %t, want %t; %v", err == nil, test.isGood, err)
			}
		})
	}
}
