package journal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// drawChanges draws changes of up to three users, with ids of every form.
func drawChanges(t *rapid.T) tracker.Changes {
	id := rapid.OneOf(rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), rapid.String())
	user := rapid.Int64Range(1, 3)
	instant := rapid.Map(rapid.Int64(), func(n int64) timeline.Instant { return timeline.Instant(n) })
	session := rapid.Custom(func(t *rapid.T) tracker.StoredSession {
		s := tracker.StoredSession{SessionKey: tracker.SessionKey{UserID: user.Draw(t, "user"), ID: id.Draw(t, "session")}, Version: rapid.Int64().Draw(t, "version")}
		s.State.StartedAt, s.State.Phase, s.State.Deleted = instant.Draw(t, "start"), timeline.Running, rapid.Bool().Draw(t, "deleted")
		s.State.Current.Task.Type = rapid.String().Draw(t, "type")
		return s
	})
	event := rapid.Custom(func(t *rapid.T) tracker.StoredEvent {
		e := tracker.StoredEvent{Session: tracker.SessionKey{UserID: user.Draw(t, "user"), ID: id.Draw(t, "session")}}
		e.ID, e.At, e.Type = id.Draw(t, "event"), instant.Draw(t, "at"), timeline.Pause
		if rapid.Bool().Draw(t, "wants") {
			paused := rapid.Bool().Draw(t, "paused")
			e.WantPaused = &paused
		}
		return e
	})
	question := rapid.Custom(func(t *rapid.T) tracker.StoredQuestion {
		q := tracker.StoredQuestion{SessionKey: tracker.SessionKey{UserID: user.Draw(t, "user"), ID: id.Draw(t, "session")}}
		q.Question.ID, q.StartedAt, q.EndedAt = id.Draw(t, "question"), instant.Draw(t, "start"), instant.Draw(t, "end")
		return q
	})
	return tracker.Changes{
		Sessions: rapid.SliceOfN(session, 0, 5).Draw(t, "sessions"),
		Events:   rapid.SliceOfN(event, 0, 5).Draw(t, "events"),
		Put:      rapid.SliceOfN(question, 0, 5).Draw(t, "questions"),
	}
}

// What was written is read back.
func TestDecode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawChanges(t)
		got, err := Decode(Encode(want))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("(-want +got):\n%s%v", diff, err)
		}
	})
}

// A row of an earlier version is read: a column that it had and this one has not is skipped,
// and one that it had not is zero.
func TestDecodeOtherColumns(t *testing.T) {
	t.Parallel()
	question := tracker.StoredQuestion{SessionKey: tracker.SessionKey{UserID: 7, ID: "s"}}
	question.Question.ID, question.Seq, question.Outcome, question.StartedAt = "q", 3, "DONE", 5
	older := table.Questions.Without("outcome")
	gone := func(name string, field func(*tracker.StoredQuestion) any) table.Column[tracker.StoredQuestion] {
		return table.Column[tracker.StoredQuestion]{Name: name, Field: field}
	}
	older.Columns = slices.Concat([]table.Column[tracker.StoredQuestion]{
		gone("a_text", func(q *tracker.StoredQuestion) any { return (*table.ID)(&q.SessionKey.ID) }),
		gone("a_flag", func(q *tracker.StoredQuestion) any { return &q.Adjustment.Set }),
		gone("a_number", func(q *tracker.StoredQuestion) any { return &q.Seq }),
	}, older.Columns)
	body := appendRows(nil, table.Sessions, sessionColumns, nil)
	body = appendRows(body, table.Events, eventColumns, nil)
	body = appendRows(body, older, typedNames(older), []tracker.StoredQuestion{question})
	got, err := Decode(body)
	question.Outcome = ""
	if diff := cmp.Diff(tracker.Changes{Put: []tracker.StoredQuestion{question}}, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("(-want +got):\n%s%v", diff, err)
	}
}

// FuzzDecode checks that no body makes Decode panic or use much memory.
func FuzzDecode(f *testing.F) {
	whole := Encode(tracker.Changes{Events: make([]tracker.StoredEvent, 2), Put: make([]tracker.StoredQuestion, 1)})
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := Decode(body); err != nil && !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	})
}

// A truncated row is an error, not a part of the presses.
func TestDecodePart(t *testing.T) {
	t.Parallel()
	whole := Encode(tracker.Changes{Events: make([]tracker.StoredEvent, 2)})
	for n := 1; n < len(whole); n++ {
		if _, err := Decode(whole[:n]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("%d of %d bytes: %v, want %v", n, len(whole), err, ErrDamaged)
		}
	}
}

// press is a change in which each user adds events to one session.
func press(users []int64, events int) tracker.Changes {
	var c tracker.Changes
	for _, id := range users {
		key := tracker.SessionKey{UserID: id, ID: fmt.Sprint("of ", id)}
		c.Sessions = append(c.Sessions, tracker.StoredSession{SessionKey: key})
		for n := range events {
			c.Events = append(c.Events, tracker.StoredEvent{Session: key, Event: timeline.Event{ID: fmt.Sprint(n)}})
		}
	}
	return c
}

// Whoever presses and however much, what waits is bounded, and nobody waits for ever.
func TestDueBoundsWhatWaits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var w Waiting
		all := make([]int64, rapid.IntRange(1, 120).Draw(t, "users"))
		for i := range all {
			all[i] = int64(i + 1)
		}
		for n := int64(1); n < 200; n++ {
			from := rapid.IntRange(0, len(all)-1).Draw(t, "from")
			added := Row{n, press(all[from:min(len(all), from+12)], rapid.IntRange(1, 50).Draw(t, "events"))}
			due := slices.Clone(w.Due(len(added.Changes.Events)))
			w.Commit(due, added)
			if w.count > maxEvents && w.count > len(added.Changes.Events) {
				t.Fatalf("%d events wait, of which the group added %d", w.count, len(added.Changes.Events))
			}
			if oldest := w.Oldest(nil); n-oldest > maxGroups+2*share {
				t.Fatalf("somebody waits since row %d, and row %d was written", oldest, n)
			}
		}
	})
}

// A user whose rows are in the tables does not wait, the others do.
func TestCommit(t *testing.T) {
	t.Parallel()
	var w Waiting
	w.Commit(nil, Row{1, press([]int64{1, 2}, 2)})
	w.Commit([]int64{1}, Row{2, press([]int64{2, 3}, 1)})
	if w.Has(1, 2) || !w.Has(2, 2) || !w.Has(3, 2) || !w.Has(Everybody, 2) {
		t.Error("users 2 and 3 wait, and user 1 does not")
	}
	if !w.Has(1, 3) {
		t.Error("row 3 is of another process, and may be of anybody")
	}
	if got := w.Changes([]int64{2}); len(got.Sessions) != 1 || len(got.Events) != 3 {
		t.Errorf("of user 2 wait %d sessions and %d events, want 1 and 3", len(got.Sessions), len(got.Events))
	}
	if w.Oldest(nil) != 1 || w.Oldest([]int64{2}) != 2 || w.Oldest([]int64{2, 3}) != 0 {
		t.Error("user 2 waits from row 1 on, and user 3 from row 2 on")
	}
	w.Commit([]int64{2, 3}, Row{})
	if w.Has(Everybody, 2) || w.count != 0 || w.Last() != 2 {
		t.Errorf("after all, %d events wait, and the newest row is %d", w.count, w.Last())
	}
}

// The names of columns are separated by commas and blanks, so they must have none.
func TestColumnNames(t *testing.T) {
	t.Parallel()
	for _, typed := range slices.Concat(strings.Split(sessionColumns, ","), strings.Split(eventColumns, ",")) {
		if len(strings.Fields(typed)) != 2 {
			t.Errorf("%q is not a type and a name", typed)
		}
	}
}
