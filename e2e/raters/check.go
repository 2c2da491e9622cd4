package raters

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// largestBatch is how many events one batch may hold: docs/contract.md#batch.
const largestBatch = 500

// CheckLog checks that the log has exactly the acknowledged events, each once, and that the
// server knows each press when it is sent again.
func (r *Rater) CheckLog(t *testing.T, url string) {
	t.Helper()
	user := r.Client.At(t, url)
	sessions := user.Recent(t)
	if len(sessions) != 1 {
		t.Fatalf("%s: %d sessions, want 1", user.Email, len(sessions))
	}
	times := map[string]int{}
	var corrected []Correction
	for _, logged := range user.Logged(t, sessions[0].SessionID) {
		if logged.Type == "ADJUST_QUESTION" {
			corrected = append(corrected, Correction{logged.QuestionID, logged.ActiveSeconds})
			continue
		}
		times[logged.ID]++
	}
	var questions int
	for i, sent := range r.Sent {
		if times[sent.ID] != 1 {
			t.Errorf("%s: acknowledged event %d (%s) is in the log %d times, want once", user.Email, i+1, sent.ID, times[sent.ID])
		}
		delete(times, sent.ID)
		if sent.Type == "NEXT" {
			questions++
		}
	}
	if len(times) > 0 {
		t.Errorf("%s: the log has events that were never acknowledged: %v", user.Email, slices.Sorted(maps.Keys(times)))
	}
	if diff := cmp.Diff(r.Corrected, corrected); diff != "" {
		t.Errorf("%s: corrections (-acknowledged +in the log):\n%s", user.Email, diff)
	}
	if got, want := sessions[0].CurrentQuestionIndex, questions+1; got != want {
		t.Errorf("%s: current question index: got %d, want %d", user.Email, got, want)
	}
	r.checkDuplicates(t, user)
}

// checkDuplicates sends everything again: the server must call all of it duplicates.
func (r *Rater) checkDuplicates(t *testing.T, user *program.Client) {
	t.Helper()
	for chunk := range slices.Chunk(r.Sent, largestBatch) {
		for _, result := range sendAgain(t, user, chunk).Results {
			if result.Result != "duplicate" {
				t.Errorf("%s: acknowledged event sent again: got %v, want duplicate", user.Email, result)
			}
		}
	}
}

// sendAgain sends a batch until it is answered: on a busy machine the database may be too slow
// for the first try.
func sendAgain(t *testing.T, user *program.Client, events []program.Event) (answer program.BatchAnswer) {
	t.Helper()
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) error {
		got, err := user.Do(ctx, http.MethodPost, "/events/batch", program.EventBatch{Events: events})
		if err != nil {
			return err
		}
		if got.Status == http.StatusServiceUnavailable {
			return fmt.Errorf("sent again: %v", got)
		}
		if got.Status != http.StatusOK {
			t.Fatalf("sent again: %v, want 200", got)
		}
		got.Decode(t, &answer)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
