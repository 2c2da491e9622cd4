package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestBatcher(t *testing.T) {
	b := newBatcher("127.0.0.1:8000", "token", 3)
	seen := map[uuid.UUID]bool{}
	for range 2 {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b.request(time.Unix(1, 0)))))
		if err != nil {
			t.Fatal(err)
		}
		var batch struct{ Events []sentEvent }
		if err := json.NewDecoder(request.Body).Decode(&batch); err != nil || len(batch.Events) != 3 {
			t.Fatalf("%d events, %v, want 3", len(batch.Events), err)
		}
		_ = request.Body.Close()
		var results []string
		for i, e := range batch.Events {
			if want := fmt.Sprintf("1970-01-01T00:00:01.00000%dZ", i); seen[e.ID] || e.Timestamp != want {
				t.Errorf("event %v at %s, want a new one at %s", e.ID, e.Timestamp, want)
			}
			seen[e.ID] = true
			results = append(results, fmt.Sprintf(`{"event_id":%q,"result":"accepted"}`, e.ID))
		}
		good := `{"results":[` + strings.Join(results, ",") + `]}`
		if err := b.check([]byte(good)); err != nil {
			t.Error(err)
		}
		for name, bad := range map[string]string{
			"a refusal":        strings.Replace(good, "accepted", "rejected", 1),
			"another event":    strings.Replace(good, b.ids[0], uuid.NewString(), 1),
			"a missing result": `{"results":[` + results[0] + `]}`,
			"no JSON":          "<html>",
		} {
			if b.check([]byte(bad)) == nil {
				t.Errorf("%s is taken for a good answer", name)
			}
		}
	}
}
