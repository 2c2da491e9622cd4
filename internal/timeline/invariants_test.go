package timeline_test

import (
	"cmp"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// checkInvariants checks what must hold for the session of any log.
func checkInvariants(tb rapid.TB, log []tl.Event) {
	tb.Helper()
	checkFolded(tb, tl.Fold(log), modelOf(log))
}

// checkFolded checks a session against the model of its log.
func checkFolded(tb rapid.TB, s tl.Session, m model) {
	tb.Helper()
	checkModel(tb, s, m)
	checkState(tb, s)
	checkQuestions(tb, s)
	checkTimeAddsUp(tb, s, m.idle())
}

// checkModel checks that every question has the times of the naive model.
func checkModel(tb rapid.TB, s tl.Session, m model) {
	tb.Helper()
	if diff := gocmp.Diff(m.questions(), spansOf(s.Questions)); diff != "" {
		tb.Errorf("closed questions (-model +timeline):\n%s", diff)
	}
	if s.Phase != m.phase || s.Deleted != m.deleted {
		tb.Errorf("phase %d, deleted %t; the model says %d, %t", s.Phase, s.Deleted, m.phase, m.deleted)
	}
	if !isRunning(s.State) {
		return
	}
	want := spanOf(m.current)
	want.ID = ""
	if diff := gocmp.Diff(want, runningSpan(s.State)); diff != "" {
		tb.Errorf("current question (-model +timeline):\n%s", diff)
	}
}

// checkState checks that the fields of a State that mean nothing in its phase are zero.
func checkState(tb rapid.TB, s tl.Session) {
	tb.Helper()
	running, index := isRunning(s.State), s.Closed
	if running {
		index++
	}
	if s.CurrentIndex() != index {
		tb.Errorf("current index %d with %d closed questions in phase %d", s.CurrentIndex(), s.Closed, s.Phase)
	}
	if s.Active() != (running && !s.Deleted) {
		tb.Errorf("Active() = %t in phase %d, deleted %t", s.Active(), s.Phase, s.Deleted)
	}
	if !running && s.Current != (tl.Current{}) {
		tb.Errorf("phase %d has a current question: %+v", s.Phase, s.Current)
	}
	if s.Phase != tl.Ended && s.EndedAt != 0 {
		tb.Errorf("phase %d has an end: %d", s.Phase, s.EndedAt)
	}
	if s.Phase != tl.Paused && s.Current.PausedAt != 0 {
		tb.Errorf("phase %d has an open pause since %d", s.Phase, s.Current.PausedAt)
	}
}

// checkQuestions checks that the questions are in order, that their IDs differ, that the
// counts are right, and that active, paused and adjusted times do not exceed the raw time.
func checkQuestions(tb rapid.TB, s tl.Session) {
	tb.Helper()
	inOrder := slices.IsSortedFunc(s.Questions, func(a, b tl.Question) int {
		return cmp.Or(cmp.Compare(a.EndedAt, b.EndedAt), cmp.Compare(a.Seq, b.Seq))
	})
	if !inOrder {
		tb.Errorf("questions are not in the order in which they closed: %+v", s.Questions)
	}
	closed, counted, ids := 0, 0, make(map[string]bool)
	for _, q := range s.Questions {
		if ids[q.ID] {
			tb.Errorf("two questions have the ID %q", q.ID)
		}
		ids[q.ID] = true
		if !q.Deleted {
			closed++
			if !q.Opening {
				counted++
			}
		}
		if q.Paused < 0 || q.Active() < 0 || q.EndedAt < q.StartedAt {
			tb.Errorf("a time is negative: %+v", q)
		}
		if q.OriginalActive()+q.Paused != q.Raw() {
			tb.Errorf("active %d + paused %d is not raw %d: %+v", q.OriginalActive(), q.Paused, q.Raw(), q)
		}
		if q.Active() > q.Raw() || !q.Adjustment.Set && q.Active() != q.OriginalActive() {
			tb.Errorf("active %d of raw %d, originally %d: %+v", q.Active(), q.Raw(), q.OriginalActive(), q)
		}
		if q.Opening && q.Raw() != 0 {
			tb.Errorf("an opening question has a length: %+v", q)
		}
	}
	if s.Closed != closed || s.Counted != counted {
		tb.Errorf("counts %d closed questions and %d that a person reads; there are %d and %d",
			s.Closed, s.Counted, closed, counted)
	}
}

// checkTimeAddsUp checks that the questions (also deleted ones and the one that runs) and
// the gaps after an EXIT fill the session from its start to its newest event.
func checkTimeAddsUp(tb rapid.TB, s tl.Session, idle tl.Micros) {
	tb.Helper()
	if s.Phase == tl.NotStarted {
		return
	}
	sum := idle
	for _, q := range s.Questions {
		sum += q.Raw()
	}
	if isRunning(s.State) {
		sum += runningSpan(s.State).Raw
	}
	if length := tl.Micros(s.LastAt - s.StartedAt); sum != length {
		tb.Errorf("questions and gaps add up to %d, the session is %d long", sum, length)
	}
}

// isRunning reports whether a question runs, paused or not.
func isRunning(s tl.State) bool { return s.Phase == tl.Running || s.Phase == tl.Paused }
