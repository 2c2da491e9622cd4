package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// largestBatch is how many events one batch may hold: docs/contract.md#batch.
const largestBatch = 500

// nexts returns n NEXT events with ids, a second apart.
func nexts(n int) program.EventBatch {
	start := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	var batch program.EventBatch
	for i := range n {
		at := start.Add(time.Duration(i) * time.Second)
		batch.Events = append(batch.Events, program.Event{ID: uuid.NewString(), Type: "NEXT", Timestamp: at.Format(time.RFC3339)})
	}
	return batch
}

func TestBatchSize(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		t.Run("the largest", func(t *testing.T) {
			user := program.NewUser(t, s.URL)
			batch := nexts(largestBatch)
			for _, want := range []string{"accepted", "duplicate"} {
				answer := user.SendBatch(t, batch)
				if got := len(answer.Results); got != largestBatch {
					t.Fatalf("%d results, want %d", got, largestBatch)
				}
				for i, result := range answer.Results {
					if result.Result != want || result.Status != http.StatusOK || result.EventID != batch.Events[i].ID {
						t.Fatalf("result %d: got %v, want %s of %s", i, result, want, batch.Events[i].ID)
					}
				}
			}
			if got, want := user.Recent(t)[0].CurrentQuestionIndex, largestBatch+1; got != want {
				t.Errorf("current question index: got %d, want %d", got, want)
			}
		})
		t.Run("one too many", func(t *testing.T) {
			user := program.NewUser(t, s.URL)
			got := user.Must(t, http.StatusUnprocessableEntity, http.MethodPost, "/events/batch", nexts(largestBatch+1))
			if err := checkProblem(got); err != nil {
				t.Error(err)
			}
			if recent := user.Recent(t); len(recent) != 0 {
				t.Errorf("a refused batch left %d sessions", len(recent))
			}
		})
	})
}
