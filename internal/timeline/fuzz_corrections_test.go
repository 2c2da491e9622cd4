package timeline_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// FuzzCorrections folds any log with corrections of presses. What it gives must be what a log
// without such corrections gives, in which the presses are where the corrections put them.
func FuzzCorrections(f *testing.F) {
	for _, log := range correctedLogs(f) {
		f.Add(encodeLog(log))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		log := correctedInTime(decodeLog(data, fuzzCorrections))
		folded := tl.Fold(log)
		checkFolded(t, folded, modelOf(withoutPressCorrections(log)))
		steps := tl.Steps(log)
		if n := len(steps); n > 0 && steps[n-1].After != folded.State {
			t.Errorf("the last step leaves %+v, the fold %+v", steps[n-1].After, folded.State)
		}
		for _, step := range steps {
			if step.Removed && step.Closed != nil {
				t.Errorf("a removed press closes a question: %+v", step)
			}
		}
		slices.Reverse(log)
		if diff := cmp.Diff(folded, tl.Fold(log)); diff != "" {
			t.Errorf("(-in order of arrival +reversed):\n%s", diff)
		}
	})
}

// correctedLogs returns the logs of testdata/rules, each with corrections of each of its presses.
func correctedLogs(tb testing.TB) (logs [][]tl.Event) {
	tb.Helper()
	for _, cases := range ruleFiles(tb) {
		for _, c := range cases {
			logs = append(logs, c.log)
			for i, e := range c.log {
				if !e.Type.IsPress() {
					continue
				}
				remove := tl.Event{Type: tl.RemovePress, PressID: e.ID}
				move := tl.Event{Type: tl.MovePress, PressID: e.ID, MovedTo: c.log[max(0, i-1)].At}
				restore := tl.Event{Type: tl.RestorePress, PressID: e.ID}
				later := tl.Event{Type: tl.MovePress, PressID: e.ID, MovedTo: momentOfCorrections(c.log)}
				logs = append(logs,
					corrected(c.log, remove), corrected(c.log, later),
					corrected(c.log, move, remove, restore), corrected(c.log, move, restore))
			}
		}
	}
	return logs
}

// momentOfCorrections is some seconds after the newest event of a log.
func momentOfCorrections(log []tl.Event) tl.Instant { return tl.Fold(log).LastAt.Add(10 * tl.Second) }

// corrected returns a log with corrections after its newest event.
func corrected(log []tl.Event, corrections ...tl.Event) []tl.Event {
	moment := momentOfCorrections(log)
	log = slices.Clone(log)
	for _, c := range corrections {
		c.At, c.Seq = moment, int64(len(log)+1)
		c.ID = fmt.Sprintf("e%d", c.Seq)
		log = append(log, c)
	}
	return log
}

// correctedInTime returns a log in which corrections are as the server records them: none is
// older than an event that had arrived before it.
func correctedInTime(log []tl.Event) []tl.Event {
	newest := earliest
	for i, e := range log {
		if !e.Type.IsPress() {
			log[i].At = max(e.At, newest)
		}
		newest = max(newest, log[i].At)
	}
	return log
}

// withoutPressCorrections returns a log without corrections of presses: each press has the
// time that they give it, and is left out if they remove it. What is left out is replaced by an
// event that changes nothing, because the session lasts at least until its newest event.
func withoutPressCorrections(log []tl.Event) []tl.Event {
	plain := slices.Clone(log)
	removed := make([]bool, len(log))
	placeOf := func(id string) int {
		return slices.IndexFunc(log, func(e tl.Event) bool { return e.ID == id && e.Type.IsPress() })
	}
	for _, by := range tl.Ordered(log) {
		i := placeOf(by.PressID)
		switch {
		case i < 0:
		case by.Type == tl.RemovePress:
			removed[i] = true
		case by.Type == tl.MovePress:
			plain[i].At = by.MovedTo
		case by.Type == tl.RestorePress && removed[i]:
			removed[i] = false
		case by.Type == tl.RestorePress:
			plain[i].At = log[i].At
		}
	}
	for i, e := range log {
		if q := placeOf(e.QuestionID); q >= 0 && e.Type.MeansQuestion() {
			plain[i].At = max(e.At, plain[q].At) // a question is corrected after it has closed
		}
	}
	for i, e := range log {
		if removed[i] || e.Type.MeansPress() {
			plain[i] = tl.Event{ID: e.ID, Seq: e.Seq, Type: tl.SetTarget, At: e.At}
		}
	}
	return plain
}
