package timeline_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Deleting a question marks it and changes nothing else.
func TestDeleteChangesNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tl.Fold(sessionLogs().Draw(t, "log"))
		id := fmt.Sprintf("e%d", rapid.IntRange(0, 41).Draw(t, "question"))
		want := after(s)
		want.LastAt = s.LastAt.Add(tl.Second)
		for i, q := range want.Questions {
			if q.ID == id && !q.Opening && !q.Deleted {
				want.Questions[i].Deleted = true
				want.Closed--
				want.Counted--
			}
		}
		got := after(s, tl.Event{ID: "deletion", Type: tl.DeleteQuestion, At: want.LastAt, QuestionID: id})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Restoring undoes a deletion, whatever happened to other questions in between. All that
// remains of the two events is the time of the newest one.
func TestRestoreTakesDeletionBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tl.Fold(sessionLogs().Draw(t, "log"))
		id := fmt.Sprintf("e%d", rapid.IntRange(0, 41).Draw(t, "question"))
		if _, deleted := s.FindDeleted(id); deleted {
			id = "e0" // what was deleted before comes back too, so this one cannot be compared
		}
		between := drawBalancedRun(t, s.LastAt)
		want := after(s, between...)
		deletion := tl.Event{ID: "deletion", Type: tl.DeleteQuestion, At: s.LastAt, QuestionID: id}
		restored := after(s, deletion)
		restored = after(restored, between...)
		restored = after(restored, tl.Event{ID: "restoration", Type: tl.RestoreQuestion, At: want.LastAt, QuestionID: id})
		if diff := cmp.Diff(want, restored); diff != "" {
			t.Errorf("question (-never deleted +restored):\n%s", diff)
		}

		wantSession := after(s)
		wantSession.Deleted = false
		got := after(s, tl.Event{Type: tl.DeleteSession, At: s.LastAt}, tl.Event{Type: tl.RestoreSession, At: s.LastAt})
		if diff := cmp.Diff(wantSession, got); diff != "" {
			t.Errorf("session (-never deleted +restored):\n%s", diff)
		}
	})
}

// Adjusting a question changes its active time and nothing else, and undoing the adjustment
// leaves no trace.
func TestAdjustChangesNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tl.Fold(sessionLogs().Draw(t, "log"))
		id := fmt.Sprintf("e%d", rapid.IntRange(0, 41).Draw(t, "question"))
		adjustment := adjustments().Draw(t, "adjustment")
		want, taken := after(s), after(s)
		for i, q := range s.Questions {
			if q.ID == id && !q.Opening && !q.Deleted {
				want.Questions[i].Adjustment, taken.Questions[i].Adjustment = adjustment, tl.Adjustment{}
			}
		}
		got := after(s, tl.Event{Type: tl.AdjustQuestion, At: s.LastAt, QuestionID: id, Adjustment: adjustment})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("adjusted (-want +got):\n%s", diff)
		}
		got = after(got, tl.Event{Type: tl.AdjustQuestion, At: s.LastAt, QuestionID: id})
		if diff := cmp.Diff(taken, got); diff != "" {
			t.Errorf("taken back (-want +got):\n%s", diff)
		}
	})
}
