package tracker_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// fuzzRater's days begin at 6 o'clock in New York, which is two hours after morning.
var fuzzRater = tracker.Rater{ID: 1, Zone: "America/New_York", DayStart: 6, Target: 330 * timeline.Second, WeekStart: time.Monday}

// The times of a script are multiples of fuzzStep, so that they often coincide, and lie on both
// sides of now.
const (
	fuzzStep  = 50 // seconds
	fuzzSteps = 1003
)

var fuzzNow = at(1000 * fuzzStep)

// newMemoryFixture runs a tracker without a database. Its clock stands still.
func newMemoryFixture(t *testing.T, now timeline.Instant) *fixture {
	t.Helper()
	f := &fixture{kept: newMemory(), clock: &clock{}}
	f.clock.set(now)
	f.Tracker = newTracker(f.kept, f.clock, nil)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return f
}

// sessionBounds are how many entries a session of a script may have; 0 means more than it has.
var sessionBounds = []int{0, 4, 8}

// A script is fuzzed as a byte for the bound and records of one byte for the kind, two for the
// time, one for flags and one for what the record means.
const (
	scriptRecord = 5
	maxActs      = 24 // the model refolds everything for each of them
)

var fuzzPresses = []timeline.Type{timeline.Next, timeline.Pause, timeline.Undo, timeline.Exit}

// fuzzChanges are corrections, and presses that are added by hand.
var fuzzChanges = slices.Concat([]timeline.Type{
	timeline.DeleteQuestion, timeline.RestoreQuestion, timeline.AdjustQuestion, timeline.SetTarget, timeline.DeleteSession,
	timeline.RestoreSession, timeline.MovePress, timeline.RemovePress, timeline.RestorePress,
}, fuzzPresses)

// The flags of a press.
const (
	isUntimed = 1 << iota
	isRepeat
	isChanged // a repeat with another time
	hasWanted
	wantsPaused
	inBatch // in the request of the press before it
	hasTask
)

// The flags of a correction, above two bits for its session.
const (
	isPreviewed = 4 << iota
	isSet
	isZero
)

func decodeScript(data []byte) (most int, script []act) {
	if len(data) == 0 {
		return 0, nil
	}
	most = sessionBounds[int(data[0])%len(sessionBounds)]
	for record := range slices.Chunk(data[1:], scriptRecord) {
		if len(record) < scriptRecord || len(script) == maxActs {
			break
		}
		kind := int(record[0]) % (len(fuzzPresses) + len(fuzzChanges))
		second := fuzzStep * ((int(record[1])<<8 | int(record[2])) % fuzzSteps)
		if kind >= len(fuzzPresses) {
			script = append(script, decodeChange(fuzzChanges[kind-len(fuzzPresses)], second, record[3], int(record[4])))
			continue
		}
		d := decodePress(fuzzPresses[kind], second, record[3], int(record[4]))
		if n := len(script); record[3]&inBatch != 0 && n > 0 && script[n-1].Correction == "" {
			script[n-1].Presses = append(script[n-1].Presses, d)
			continue
		}
		script = append(script, act{Presses: []draft{d}})
	}
	return most, script
}

func decodePress(kind timeline.Type, second int, flags byte, means int) draft {
	if flags&isRepeat != 0 {
		return draft{Repeat: 1 + means%8, Change: flags&isChanged != 0}
	}
	p := tracker.Press{Type: kind}
	if flags&isUntimed == 0 {
		p.At = at(second)
	}
	if flags&hasWanted != 0 {
		p.WantPaused = new(flags&wantsPaused != 0)
	}
	if flags&hasTask != 0 && kind == timeline.Next {
		p.Task = timeline.Task{AETLow: 1, AETHigh: 1 + timeline.Micros(means)*timeline.Minute, AETText: "about", ID: "task", Type: "kind", Count: means % 5}
	}
	if i := means % 5; i > 0 && (kind == timeline.Next || kind == timeline.Exit) {
		p.Outcome = timeline.Outcomes()[i-1]
	}
	return draft{Press: p}
}

func decodeChange(kind timeline.Type, second int, flags byte, means int) act {
	a := act{
		Correction: kind, Second: second, Session: int(flags & 3), Preview: flags&isPreviewed != 0,
		Question: means % 10, Press: means % 10, Target: timeline.Micros(1+means) * timeline.Second,
	}
	if flags&isSet != 0 {
		a.Adjustment = timeline.Adjustment{Set: true, Active: timeline.Micros(means/10*fuzzStep) * timeline.Second}
		if flags&isZero != 0 {
			a.Adjustment.Active = 0
		}
	}
	return a
}

// sessionSeeds returns scripts without their bound: two sessions over the start of a day, alone, as
// a batch, and followed by each kind of change; and presses that come late, again and without time.
func sessionSeeds() (seeds [][]byte) {
	press := func(kind timeline.Type, step int, flags, means byte) []byte {
		return []byte{byte(slices.Index(fuzzPresses, kind)), byte(step >> 8), byte(step), flags, means}
	}
	change := func(kind timeline.Type, step int, flags, means byte) []byte {
		return []byte{byte(len(fuzzPresses) + slices.Index(fuzzChanges, kind)), byte(step >> 8), byte(step), flags, means}
	}
	sessions := func(flags byte) []byte {
		return slices.Concat(
			press(timeline.Next, 100, 0, 0), press(timeline.Next, 110, flags|hasTask, 3), press(timeline.Pause, 140, flags, 0), press(timeline.Pause, 150, flags|hasWanted, 0),
			press(timeline.Next, 160, flags, 1), press(timeline.Undo, 165, flags, 0), press(timeline.Next, 170, flags, 2), press(timeline.Exit, 200, flags, 4),
			press(timeline.Next, 300, flags, 0), press(timeline.Next, 320, flags, 0), press(timeline.Pause, 330, flags|hasWanted|wantsPaused, 0))
	}
	seeds = append(seeds, nil, sessions(0), sessions(inBatch))
	for _, kind := range fuzzChanges {
		for session := range byte(2) { // the newest, and the one before
			for _, means := range []byte{1, 22} {
				seeds = append(seeds, slices.Concat(sessions(0),
					change(kind, 155, session|isPreviewed|isSet, means), change(kind, 325, session|isSet|isZero, means), change(kind, 90, session, means+1)))
			}
		}
	}
	for _, back := range [][2]timeline.Type{
		{timeline.DeleteQuestion, timeline.RestoreQuestion},
		{timeline.DeleteSession, timeline.RestoreSession},
		{timeline.RemovePress, timeline.RestorePress},
		{timeline.MovePress, timeline.RestorePress},
		{timeline.RemovePress, timeline.MovePress},
	} {
		undone := slices.Concat(change(back[0], 155, 1, 3), change(back[1], 155, 1|isPreviewed, 3))
		late := press(timeline.Next, 180, 0, 0)
		ended := slices.Concat(change(back[0], 205, 1, 7), late, change(back[1], 205, 1|isPreviewed, 7)) // 7: the EXIT of the first session
		seeds = append(seeds, slices.Concat(sessions(0), undone), slices.Concat(sessions(0), ended))
	}
	return append(seeds,
		slices.Concat(sessions(0), press(timeline.Next, 105, 0, 0), press(timeline.Exit, 155, 0, 0), press(timeline.Next, 250, 0, 0), press(timeline.Exit, 260, 0, 0), press(timeline.Undo, 400, 0, 0)),
		slices.Concat(press(timeline.Next, 1000, isUntimed, 0), press(timeline.Next, 0, isRepeat, 0), press(timeline.Next, 0, isRepeat|isChanged, 0), press(timeline.Exit, 1002, 0, 0), press(timeline.Next, 0, isUntimed, 0)),
		slices.Concat(press(timeline.Undo, 5, 0, 0), press(timeline.Next, 5, 0, 0), press(timeline.Exit, 5, 0, 0), press(timeline.Next, 5, 0, 0), press(timeline.Exit, 5, 0, 0), press(timeline.Next, 4, 0, 0)))
}

// decodeBatches makes batches of whole sessions from any bytes: pairs of a letter and a gap. n, p
// and u are presses, e ends a session, and a dot ends the batch after it.
func decodeBatches(data []byte) (batches [][]tracker.Press) {
	second, pressed := 0, 0
	var batch []tracker.Press
	isOpen := false
	add := func(kind timeline.Type, gap byte) {
		second, pressed = second+int(gap)%60, pressed+1
		batch = append(batch, tracker.Press{ID: idOf(fmt.Sprint("press ", pressed)), Type: kind, At: at(second)})
	}
	end := func() {
		if isOpen {
			add(timeline.Exit, 1)
			isOpen, second = false, second+1
		}
	}
	for i := 0; i+1 < len(data) && pressed < 60; i++ {
		kind, isPress := map[byte]timeline.Type{'n': timeline.Next, 'p': timeline.Pause, 'u': timeline.Undo}[data[i]]
		switch {
		case data[i] == 'N':
			end()
			add(timeline.Next, data[i+1])
			isOpen = true
		case data[i] == 'e':
			end()
		case data[i] == '.' && len(batch) > 0:
			end()
			batches, batch = append(batches, batch), nil
		case isPress && isOpen:
			add(kind, data[i+1])
			i++
		}
	}
	if end(); len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches
}

// Every kind of change of the seeds is made somewhere, and not only refused.
func TestSeedsOfSessions(t *testing.T) {
	t.Parallel()
	made := map[timeline.Type]bool{}
	for _, seed := range sessionSeeds() {
		_, script := decodeScript(append([]byte{0}, seed...))
		r := &scripted{model: model{rater: fuzzRater, now: fuzzNow, answers: make(map[string]modelAnswer)}, script: script}
		if err := r.play(newMemoryFixture(t, fuzzNow)); err != nil {
			t.Fatal(err)
		}
		for _, s := range r.sessions {
			for _, e := range s.log {
				made[e.Type] = made[e.Type] || e.ByHand || !e.Type.IsPress()
			}
		}
	}
	for _, kind := range fuzzChanges {
		if !made[kind] {
			t.Errorf("no seed makes a %s", kind)
		}
	}
	if batches := decodeBatches([]byte("Nn9p1p2n9u1n9e9.Nn9")); len(batches) != 2 || len(batches[0]) != 8 || len(batches[1]) != 3 {
		t.Errorf("batches are %v", batches)
	}
}
