package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// pressOfAWidget is what a widget sends for a NEXT: the body that the server
// reads most.
const pressOfAWidget = `{"id":"` + canonicalID + `","type":"NEXT","timestamp":"2026-01-31T17:05:09.123Z",` +
	`"sent_at":"2026-01-31T17:05:09.456Z","aet_low_minutes":4,"aet_high_minutes":5.5,"aet_text":"4 - 5.5 min","task_id":"T-1"}`

func BenchmarkDecodePress(b *testing.B) {
	body := []byte(pressOfAWidget)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodePress(body); err != nil {
			b.Fatal(err)
		}
	}
}

// The largest queue that a widget can hand in at once.
func BenchmarkDecodeBatch(b *testing.B) {
	body := []byte(`{"events":[` + strings.Repeat(pressOfAWidget+",", maxBatch-1) + pressOfAWidget + `]}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var batch batchBody
		if err := httpx.UnmarshalJSON(body, &batch); err != nil {
			b.Fatal(err)
		}
		for _, raw := range batch.Events {
			if _, err := decodePress(raw); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// One press after another from the router to the disk and back, on SQLite.
func BenchmarkPress(b *testing.B) {
	s := newServerWith(b, httpx.Rates{})
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/events", strings.NewReader(`{"type":"NEXT"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+s.token)
		w := httptest.NewRecorder()
		if s.handler.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
