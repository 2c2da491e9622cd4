package timeline_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkInvariants(t, rapid.OneOf(sessionLogs(), anyLogs()).Draw(t, "log"))
	})
}

// The order in which Fold is given the log does not matter, and Fold leaves the
// log as it was.
func TestFoldIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := rapid.OneOf(sessionLogs(), anyLogs()).Draw(t, "log")
		shuffled := rapid.Permutation(log).Draw(t, "shuffled")
		given := slices.Clone(shuffled)
		if diff := cmp.Diff(tl.Fold(log), tl.Fold(shuffled)); diff != "" {
			t.Errorf("(-in order of arrival +shuffled):\n%s", diff)
		}
		if diff := cmp.Diff(given, shuffled); diff != "" {
			t.Errorf("Fold changed its argument (-before +after):\n%s", diff)
		}
	})
}

// Events that are delivered one at a time, late or more than once, leave the
// session that a Fold of the recorded log gives.
func TestIngestIsFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := sessionLogs().Draw(t, "log")
		in := ingest(drawDeliveries(t, log))
		if diff := cmp.Diff(log, in.log); diff != "" {
			t.Fatalf("recorded log (-sent +recorded):\n%s", diff)
		}
		if diff := cmp.Diff(tl.Fold(log), in.session); diff != "" {
			t.Errorf("(-folded +ingested):\n%s", diff)
		}
	})
}

// A State alone is enough for every event that does not need history.
func TestStateAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := ingest(nil)
		for _, e := range sessionLogs().Draw(t, "log") {
			state, before := in.session.State, len(in.session.Questions)
			in.deliver(e)
			if state.NeedsHistory(e) {
				continue
			}
			closedOne := state.Apply(e)
			if diff := cmp.Diff(in.session.State, state); diff != "" {
				t.Fatalf("%s (-Session.Apply +State.Apply):\n%s", e.Type, diff)
			}
			var closed []tl.Question
			if closedOne != nil {
				closed = append(closed, *closedOne)
			}
			if diff := cmp.Diff(slices.Concat(closed, nil), slices.Concat(in.session.Questions[before:], nil)); diff != "" {
				t.Fatalf("%s closed (-State.Apply +Session.Apply):\n%s", e.Type, diff)
			}
		}
	})
}

// Only an event that reaches back, or is older than the newest one, needs history. One at
// the same instant arrived later, so it comes next.
func TestNeedsHistory(t *testing.T) {
	state := tl.State{Phase: tl.Running, StartedAt: epoch, LastAt: epoch.Add(tl.Minute)}
	types := []tl.Type{tl.Next, tl.Pause, tl.Undo, tl.Exit, tl.DeleteQuestion, tl.RestoreQuestion, tl.AdjustQuestion, tl.DeleteSession, tl.RestoreSession, tl.SetTarget}
	for _, of := range types {
		for _, later := range []tl.Micros{-1, 0, 1} {
			e := tl.Event{Type: of, At: state.LastAt.Add(later)}
			if got, want := state.NeedsHistory(e), later < 0 || of.ReachesBack(); got != want {
				t.Errorf("%s %d µs after the newest event: needs history %t", of, later, got)
			}
		}
	}
}

// One event closes, takes away or brings back one question at most, and the counts follow.
func TestApplyChangesOneQuestion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s tl.Session
		for _, e := range tl.Ordered(sessionLogs().Draw(t, "log")) {
			before := after(s)
			closed := s.Apply(e)
			removed, added := missing(s, before), missing(before, s)
			if got, want := s.Closed-before.Closed, len(added)-len(removed); got != want || len(added)+len(removed) > 1 {
				t.Fatalf("%s changed the number of questions by %d: %d came, %d went", e.Type, got, len(added), len(removed))
			}
			if closed != nil && *closed != s.Questions[len(s.Questions)-1] {
				t.Fatalf("%s closed %+v, the last question is %+v", e.Type, *closed, s.Questions[len(s.Questions)-1])
			}
			for _, q := range removed {
				checkRemoved(t, before, s, q)
			}
			if closed == nil {
				for _, q := range added {
					checkRestored(t, before, s, q)
				}
			}
		}
	})
}

// missing returns the undeleted questions of from that in lacks or has deleted.
func missing(in, from tl.Session) []tl.Question {
	return slices.DeleteFunc(slices.Clone(from.Questions), func(q tl.Question) bool {
		return q.Deleted || slices.ContainsFunc(in.Questions, func(other tl.Question) bool { return other.ID == q.ID && !other.Deleted })
	})
}

// checkRemoved checks that q was visible or the opening question before, and is neither
// now.
func checkRemoved(t *rapid.T, before, now tl.Session, q tl.Question) {
	t.Helper()
	same := func(other tl.Question) bool { return other.ID == q.ID && !other.Deleted }
	if !slices.ContainsFunc(before.Questions, same) {
		t.Fatalf("removed %+v, which was not there", q)
	}
	if slices.ContainsFunc(now.Questions, same) {
		t.Fatalf("removed %+v, which is still there", q)
	}
	if _, found := now.Find(q.ID); found {
		t.Fatalf("removed %+v, which Find still finds", q)
	}
}

// checkRestored checks that q was deleted before, and that Find finds it now.
func checkRestored(t *rapid.T, before, now tl.Session, q tl.Question) {
	t.Helper()
	if was, found := before.FindDeleted(q.ID); !found || q.Deleted {
		t.Fatalf("restored %+v, which was %+v", q, was)
	}
	if got, found := now.Find(q.ID); !found || got != q {
		t.Fatalf("restored %+v, Find finds %+v", q, got)
	}
}

// Every UNDO cancels its NEXT. Only two things remain: the NEXT ended an open pause, and
// time passed. So a run of events in which each NEXT has its UNDO has the same result as
// that run with "PAUSE off" in place of every NEXT and UNDO: start, task, number and list
// of questions are unchanged, all pauses are kept, and the clock runs.
func TestUndoTakesNextBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := runningSessions().Draw(t, "session")
		run := drawBalancedRun(t, s.LastAt)
		resumed := slices.Clone(run)
		for i, e := range resumed {
			if e.Type != tl.Pause {
				resumed[i] = tl.Event{ID: e.ID, Seq: e.Seq, At: e.At, Type: tl.Pause, WantPaused: new(false)}
			}
		}
		if diff := cmp.Diff(after(s, resumed...), after(s, run...)); diff != "" {
			t.Errorf("(-resumed +undone):\n%s", diff)
		}
	})
}

// drawBalancedRun draws events from an instant on: NEXTs, each followed later by its UNDO,
// and PAUSEs anywhere.
func drawBalancedRun(t *rapid.T, from tl.Instant) []tl.Event {
	var run []tl.Event
	add := func(e tl.Event) {
		from = from.Add(steps().Draw(t, "step"))
		e.At, e.Seq = from, int64(2000+len(run))
		e.ID = fmt.Sprintf("run %d", len(run))
		run = append(run, e)
	}
	open := 0
	for range rapid.IntRange(0, 15).Draw(t, "events") {
		switch rapid.SampledFrom([]tl.Type{tl.Next, tl.Pause, tl.Undo}).Draw(t, "type") {
		case tl.Next:
			add(tl.Event{Type: tl.Next, Task: tasks().Draw(t, "task")})
			open++
		case tl.Undo:
			if open > 0 {
				add(tl.Event{Type: tl.Undo})
				open--
			}
		default:
			if open > 0 {
				add(tl.Event{Type: tl.Pause, WantPaused: rapid.Ptr(rapid.Bool(), true).Draw(t, "want paused")})
			}
		}
	}
	for ; open > 0; open-- {
		add(tl.Event{Type: tl.Undo})
	}
	return run
}

// Visible and Find return exactly the questions that people see. For a deleted session
// Visible returns none.
func TestVisibleAndFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tl.Fold(sessionLogs().Draw(t, "log"))
		read := slices.DeleteFunc(slices.Clone(s.Questions), func(q tl.Question) bool { return q.Opening || q.Deleted })
		for _, q := range s.Questions {
			found, ok := s.Find(q.ID)
			if want := slices.Contains(read, q); ok != want || ok && found != q {
				t.Errorf("Find(%s) = %+v, %t; want %t", q.ID, found, ok, want)
			}
		}
		if q, ok := s.Find("e0"); ok {
			t.Errorf("Find of an unknown ID found %+v", q)
		}
		if s.Deleted {
			read = nil
		}
		if diff := cmp.Diff(read, s.Visible(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Visible (-want +got):\n%s", diff)
		}
	})
}

// A PAUSE that says which state it wants can be repeated: the repeat changes
// nothing but the times of the newest event and the newest press.
func TestWantedPauseIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := runningSessions().Draw(t, "session")
		press := tl.Event{Type: tl.Pause, At: s.LastAt, WantPaused: new(rapid.Bool().Draw(t, "want paused"))}
		once := after(s, press)
		if got := once.Phase == tl.Paused; got != *press.WantPaused {
			t.Errorf("paused %t, wanted %t", got, *press.WantPaused)
		}
		press.At = press.At.Add(steps().Draw(t, "step"))
		twice := after(once, press)
		once.LastAt, once.Current.PressedAt = press.At, press.At
		if diff := cmp.Diff(once, twice); diff != "" {
			t.Errorf("(-once +twice):\n%s", diff)
		}
	})
}

// A NEXT that a late EXIT now precedes continues the session, which keeps its start, target
// and questions. The time between the two belongs to no question.
func TestSessionGoesOnAfterLateExit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := runningSessions().Draw(t, "session")
		exit := tl.Event{ID: "exit", Seq: 1001, Type: tl.Exit, At: s.LastAt.Add(steps().Draw(t, "until exit"))}
		next := tl.Event{
			ID: "next", Seq: 1002, Type: tl.Next, At: exit.At.Add(steps().Draw(t, "gap")),
			Task: tasks().Draw(t, "task"), Target: tl.Minute,
		}
		ended := after(s, exit)
		want := after(ended)
		want.Phase, want.EndedAt, want.LastAt = tl.Running, 0, next.At
		want.Closed++
		want.Questions = append(want.Questions, tl.Question{
			ID: next.ID, Seq: next.Seq, StartedAt: next.At, EndedAt: next.At, Opening: true,
		})
		want.Current = tl.Current{StartedAt: next.At, PressedAt: next.At, Task: next.Task}
		if diff := cmp.Diff(want, after(ended, next)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if last := ended.Questions[len(ended.Questions)-1]; last.EndedAt != exit.At || ended.EndedAt != exit.At {
			t.Errorf("EXIT at %d ended the session at %d and its question at %d", exit.At, ended.EndedAt, last.EndedAt)
		}
	})
}
