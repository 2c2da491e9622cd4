package storetest

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// These rows have every field set, each to a value of its own, so that a column that is
// lost, or swapped with another, is found.

func fullTask(seed timeline.Micros) timeline.Task {
	return timeline.Task{
		AETLow: seed + 1, AETHigh: seed + 2,
		AETText: fmt.Sprintf("text %d", seed), ID: fmt.Sprintf("task %d", seed), Type: fmt.Sprintf("type %d", seed),
		Count: int(seed) + 3,
	}
}

// fullSession returns a paused session, because that phase fills the most fields; EndedAt
// is set too.
func (s *suite) fullSession(user account.User, seed int) tracker.StoredSession {
	return tracker.StoredSession{
		SessionKey: tracker.SessionKey{UserID: user.ID, ID: s.newID()},
		Version:    int64(seed + 1),
		State: timeline.State{
			Phase: timeline.Paused, StartedAt: second(seed + 2), EndedAt: second(seed + 3),
			Target: timeline.Micros(seed + 4), Closed: seed + 5, Counted: seed + 6,
			Current: timeline.Current{
				StartedAt: second(seed + 7), Paused: timeline.Micros(seed + 8), PausedAt: second(seed + 9),
				PressedAt: second(seed + 14), Task: fullTask(timeline.Micros(seed + 10)),
			},
			LastAt: second(seed + 15),
		},
	}
}

func (s *suite) fullEvent(of tracker.StoredSession, seq int64, wantPaused bool) tracker.StoredEvent {
	return tracker.StoredEvent{
		Session: of.SessionKey,
		Event: timeline.Event{
			ID: s.newID(), Seq: seq, Type: timeline.Pause, At: second(1),
			WantPaused: &wantPaused, Task: fullTask(20), Target: 30, QuestionID: s.newID(),
			Adjustment: timeline.Adjustment{Set: true, Active: 31},
			Outcome:    timeline.Released, ByHand: true, PressID: s.newID(), MovedTo: second(5),
		},
		ReceivedAt: second(2), ClientAt: second(3), SentAt: second(4),
		Answered: tracker.Answered{Index: 40, Closed: true, Raw: 41, Active: 42},
	}
}

// fullQuestion returns a question that is neither the opening one nor deleted: those are
// not stored.
func (s *suite) fullQuestion(of tracker.StoredSession) tracker.StoredQuestion {
	return tracker.StoredQuestion{
		SessionKey: of.SessionKey,
		Question: timeline.Question{
			ID: s.newID(), Seq: 7, StartedAt: of.State.StartedAt, EndedAt: second(61), Paused: 62, Task: fullTask(63),
			Outcome: timeline.Expired, Adjustment: timeline.Adjustment{Set: true, Active: 67},
		},
	}
}

// requireFull fails the test if a field of v is zero, unless it is one of except: then the
// type has a new field, and the suite must set it.
func requireFull(t *testing.T, v any, except ...string) {
	t.Helper()
	zero := zeroFields(reflect.ValueOf(v), "")
	if diff := cmp.Diff(except, zero, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("fields of %T that the suite leaves zero (-expected +found):\n%s", v, diff)
	}
}

func zeroFields(v reflect.Value, path string) []string {
	if v.Kind() != reflect.Struct {
		if v.IsZero() {
			return []string{path}
		}
		return nil
	}
	var zero []string
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := path + "." + field.Name
		if field.Anonymous {
			name = path
		}
		zero = append(zero, zeroFields(v.Field(i), name)...)
	}
	return zero
}
