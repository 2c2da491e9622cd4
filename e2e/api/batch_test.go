package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
)

// largestBatch is how many events one batch may hold (SPEC section 3).
const largestBatch = 500

// event is the body of one press.
type event struct {
	ID        string `json:"id,omitempty"`
	Type      string `json:"type"`
	Timestamp string `json:"timestamp,omitempty"`
}

type eventBatch struct {
	Events []event `json:"events"`
}

// nexts is n NEXT events with ids, a second apart.
func nexts(n int) eventBatch {
	start := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	var batch eventBatch
	for i := range n {
		at := start.Add(time.Duration(i) * time.Second)
		batch.Events = append(batch.Events, event{uuid.NewString(), "NEXT", at.Format(time.RFC3339)})
	}
	return batch
}

func TestBatchSize(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		t.Run("the largest", func(t *testing.T) {
			user := newUser(t, s.url)
			batch := nexts(largestBatch)
			for _, want := range []string{"accepted", "duplicate"} {
				answer := user.sendBatch(t, batch)
				if got := len(answer.Results); got != largestBatch {
					t.Fatalf("%d results, want %d", got, largestBatch)
				}
				for i, result := range answer.Results {
					if result.Result != want || result.Status != http.StatusOK || result.EventID != batch.Events[i].ID {
						t.Fatalf("result %d: got %v, want %s of %s", i, result, want, batch.Events[i].ID)
					}
				}
			}
			if got, want := user.recent(t)[0].CurrentQuestionIndex, largestBatch+1; got != want {
				t.Errorf("current question index: got %d, want %d", got, want)
			}
		})
		t.Run("one too many", func(t *testing.T) {
			user := newUser(t, s.url)
			got := user.must(t, http.StatusUnprocessableEntity, http.MethodPost, "/events/batch", nexts(largestBatch+1))
			if err := checkProblem(got); err != nil {
				t.Error(err)
			}
			if recent := user.recent(t); len(recent) != 0 {
				t.Errorf("a refused batch left %d sessions", len(recent))
			}
		})
	})
}

// sendBatch posts a batch and fails the test unless the call is answered 200.
func (c *client) sendBatch(t *testing.T, batch any) batchAnswer {
	t.Helper()
	var answer batchAnswer
	c.must(t, http.StatusOK, http.MethodPost, "/events/batch", batch).decode(t, &answer)
	return answer
}

// String makes failures readable.
func (r batchResult) String() string {
	return fmt.Sprintf("%s %d %s of %s", r.Result, r.Status, r.Reason, r.EventID)
}
