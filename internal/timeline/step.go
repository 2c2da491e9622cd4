package timeline

import "slices"

// Entry is one event of a log, as later corrections of presses leave it.
type Entry struct {
	Event
	CountsAt Instant // At, or the time to which the press, or that of the corrected question, was moved
	Removed  bool    // the press does not count
}

// IsMoved reports whether the press counts at another time than its own.
func (e Entry) IsMoved() bool { return e.CountsAt != e.At }

// Step is an Entry with what it did.
type Step struct {
	Entry
	Before, After State
	Closed        *Question // by it, as it was then; nil if it closed none
}

// Steps applies a log, given in any order, one event after another.
func Steps(log []Event) []Step {
	var s Session
	entries := Corrected(log)
	steps := make([]Step, len(entries))
	for i, e := range entries {
		steps[i] = Step{Entry: e, Before: s.State}
		steps[i].Closed = s.count(e)
		steps[i].After = s.State
	}
	return steps
}

// Corrected returns a log with its presses where they count, ordered by that time, then by
// arrival. Corrections of presses change it in the order in which they were made. A correction
// of a question counts no earlier than the press that closed the question: otherwise it would
// be lost when that press is moved.
func Corrected(log []Event) []Entry {
	ordered := Ordered(log)
	entries := make([]Entry, len(ordered))
	for i, e := range ordered {
		entries[i] = Entry{Event: e, CountsAt: e.At}
	}
	if !slices.ContainsFunc(ordered, func(e Event) bool { return e.Type.MeansPress() }) {
		return entries
	}
	presses := make(map[string]*Entry, len(entries))
	for i := range entries {
		if e := &entries[i]; e.Type.IsPress() {
			presses[e.ID] = e
		}
	}
	for _, e := range ordered {
		if press := presses[e.PressID]; press != nil && e.Type.MeansPress() {
			press.correct(e)
		}
	}
	for i := range entries {
		e := &entries[i]
		if press := presses[e.QuestionID]; press != nil && e.Type.MeansQuestion() {
			e.CountsAt = max(e.CountsAt, press.CountsAt)
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return Compare(Event{At: a.CountsAt, Seq: a.Seq}, Event{At: b.CountsAt, Seq: b.Seq})
	})
	return entries
}

// correct applies a correction of a press. RESTORE_PRESS undoes a removal, or else a move.
func (e *Entry) correct(by Event) {
	switch {
	case by.Type == MovePress:
		e.CountsAt = by.MovedTo
	case by.Type == RemovePress:
		e.Removed = true
	case e.Removed:
		e.Removed = false
	default:
		e.CountsAt = e.At
	}
}
