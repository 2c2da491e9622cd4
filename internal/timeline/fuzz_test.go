package timeline_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// FuzzFold folds any log. Its seeds are the logs of testdata/rules.
func FuzzFold(f *testing.F) {
	for _, cases := range ruleFiles(f) {
		for _, c := range cases {
			f.Add(encodeLog(c.log))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		log := decodeLog(data, fuzzTypes)
		checkInvariants(t, log)
		folded := tl.Fold(log)
		if diff := cmp.Diff(folded, ingest(log).session); diff != "" {
			t.Errorf("one event at a time (-folded +ingested):\n%s", diff)
		}
		slices.Reverse(log)
		if diff := cmp.Diff(folded, tl.Fold(log)); diff != "" {
			t.Errorf("(-in order of arrival +reversed):\n%s", diff)
		}
	})
}

// A log is fuzzed as records of one byte for the type, one for its argument, one for the
// length of time that an ADJUST_QUESTION or MOVE_PRESS gives, and eight for its time. Tasks,
// outcomes and targets are left out, because they change no time and no count.
const (
	recordSize = 11
	maxRecords = 64 // a refold for each late event takes quadratic time
)

var fuzzTypes = []tl.Type{
	tl.Next, tl.Pause, tl.Undo, tl.Exit, tl.DeleteQuestion, tl.SetTarget, tl.DeleteSession,
	tl.RestoreQuestion, tl.AdjustQuestion, tl.RestoreSession,
}

// fuzzCorrections are fuzzTypes and the corrections of presses.
var fuzzCorrections = slices.Concat(fuzzTypes, []tl.Type{tl.MovePress, tl.RemovePress, tl.RestorePress})

// The argument of a PAUSE.
const (
	toggle = iota
	wantPaused
	wantRunning
	pauseArguments
)

// takenBack is the length of an ADJUST_QUESTION that undoes an earlier one; other lengths
// are seconds.
const takenBack = 255

// decodeLog makes a log of some types from any bytes. It ignores an incomplete last record.
func decodeLog(data []byte, types []tl.Type) []tl.Event {
	var log []tl.Event
	for record := range slices.Chunk(data, recordSize) {
		if len(record) < recordSize || len(log) == maxRecords {
			break
		}
		seq := len(log) + 1
		e := tl.Event{
			ID: fmt.Sprintf("e%d", seq), Seq: int64(seq),
			Type: types[int(record[0])%len(types)],
			At:   earliest.Add(tl.Micros(binary.BigEndian.Uint64(record[3:]) % uint64(latest-earliest+1))),
		}
		switch argument := record[1]; e.Type {
		case tl.Pause:
			if kind := argument % pauseArguments; kind != toggle {
				e.WantPaused = new(kind == wantPaused)
			}
		case tl.DeleteQuestion, tl.RestoreQuestion:
			e.QuestionID = fmt.Sprintf("e%d", argument)
		case tl.AdjustQuestion:
			e.QuestionID = fmt.Sprintf("e%d", argument)
			if seconds := record[2]; seconds != takenBack {
				e.Adjustment = tl.Adjustment{Set: true, Active: tl.Micros(seconds) * tl.Second}
			}
		case tl.MovePress, tl.RemovePress, tl.RestorePress:
			e.PressID = fmt.Sprintf("e%d", argument)
			if e.Type == tl.MovePress {
				e.MovedTo = e.At.Add(-tl.Micros(record[2]) * tl.Second)
			}
		}
		log = append(log, e)
	}
	return log
}

// encodeLog is the inverse of decodeLog, for logs in the notation.
func encodeLog(log []tl.Event) []byte {
	var data []byte
	for _, e := range log {
		argument, length := 0, takenBack
		switch {
		case e.Adjustment.Set:
			length = int(e.Adjustment.Active / tl.Second)
		case e.Type == tl.MovePress:
			length = int(e.At.Since(e.MovedTo) / tl.Second)
		}
		switch {
		case e.WantPaused != nil && *e.WantPaused:
			argument = wantPaused
		case e.WantPaused != nil:
			argument = wantRunning
		case e.Type.MeansQuestion():
			argument, _ = strconv.Atoi(strings.TrimPrefix(e.QuestionID, "e"))
		case e.Type.MeansPress():
			argument, _ = strconv.Atoi(strings.TrimPrefix(e.PressID, "e"))
		}
		data = append(data, byte(slices.Index(fuzzCorrections, e.Type)), byte(argument), byte(length))
		data = binary.BigEndian.AppendUint64(data, uint64(e.At-earliest))
	}
	return data
}

// Each seed decodes to the log that the notation describes.
func TestFuzzSeeds(t *testing.T) {
	for _, cases := range ruleFiles(t) {
		for _, c := range cases {
			want := slices.Clone(c.log)
			for i := range want {
				want[i].Task, want[i].Outcome, want[i].Target = tl.Task{}, "", 0
			}
			if diff := cmp.Diff(want, decodeLog(encodeLog(c.log), fuzzTypes)); diff != "" {
				t.Errorf("%s (-notation +seed):\n%s", c.sentence, diff)
			}
		}
	}
}
