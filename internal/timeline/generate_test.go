package timeline_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The instants that a log may have: a press before 2000 is refused.
var (
	earliest = tl.InstantOf(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	latest   = tl.InstantOf(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
)

const day = 24 * 60 * tl.Minute

// sessionLogs generates logs of a session in order of arrival. They begin with the NEXT
// that started it; nothing is older than that NEXT.
func sessionLogs() *rapid.Generator[[]tl.Event] {
	return rapid.Custom(func(t *rapid.T) []tl.Event {
		start := instants().Draw(t, "start")
		log := []tl.Event{{ID: "e1", Seq: 1, Type: tl.Next, At: start, Task: tasks().Draw(t, "task"), Target: 330 * tl.Second}}
		newest := start
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			at := newest.Add(steps().Draw(t, "step"))
			if rapid.IntRange(0, 5).Draw(t, "late") == 0 {
				at = tl.Instant(rapid.Int64Range(int64(start), int64(newest)).Draw(t, "late at"))
			}
			at = min(at, latest)
			newest = max(newest, at)
			log = append(log, drawEntry(t, at, len(log)+1))
		}
		return log
	})
}

// anyLogs generates logs that no server would record: they may begin with any event.
func anyLogs() *rapid.Generator[[]tl.Event] {
	return rapid.Custom(func(t *rapid.T) []tl.Event {
		var log []tl.Event
		for range rapid.IntRange(0, 20).Draw(t, "events") {
			log = append(log, drawEntry(t, instants().Draw(t, "at"), len(log)+1))
		}
		return log
	})
}

// runningSessions generates sessions with a running or paused question.
func runningSessions() *rapid.Generator[tl.Session] {
	return rapid.Custom(func(t *rapid.T) tl.Session {
		s := tl.Fold(sessionLogs().Draw(t, "log"))
		if !isRunning(s.State) {
			s.Apply(tl.Event{ID: "taken up again", Seq: 1000, Type: tl.Next, At: s.LastAt})
		}
		return s
	})
}

func drawEntry(t *rapid.T, at tl.Instant, seq int) tl.Event {
	e := tl.Event{ID: fmt.Sprintf("e%d", seq), Seq: int64(seq), At: at, Type: types().Draw(t, "type")}
	switch e.Type {
	case tl.Next:
		e.Task, e.Outcome = tasks().Draw(t, "task"), outcomes().Draw(t, "outcome")
	case tl.Exit:
		e.Outcome = outcomes().Draw(t, "outcome")
	case tl.Pause:
		e.WantPaused = rapid.Ptr(rapid.Bool(), true).Draw(t, "want paused")
	case tl.SetTarget:
		e.Target = tl.Micros(rapid.Int64Range(1, int64(day)).Draw(t, "target"))
	case tl.DeleteQuestion, tl.RestoreQuestion, tl.AdjustQuestion:
		e.QuestionID = fmt.Sprintf("e%d", rapid.IntRange(0, seq).Draw(t, "question"))
	}
	if e.Type == tl.AdjustQuestion {
		e.Adjustment = adjustments().Draw(t, "adjustment")
	}
	return e
}

// types generates NEXT and PAUSE more often than the others, as in real sessions.
func types() *rapid.Generator[tl.Type] {
	return rapid.SampledFrom([]tl.Type{
		tl.Next, tl.Next, tl.Next, tl.Pause, tl.Pause, tl.Undo, tl.Undo, tl.Exit,
		tl.DeleteQuestion, tl.DeleteQuestion, tl.RestoreQuestion, tl.RestoreQuestion,
		tl.AdjustQuestion, tl.AdjustQuestion, tl.SetTarget, tl.DeleteSession, tl.RestoreSession,
	})
}

// adjustments generates adjustments of any length: a late event may shorten a question
// below its adjustment, and a fold must cope with that.
func adjustments() *rapid.Generator[tl.Adjustment] {
	return rapid.OneOf(
		rapid.Just(tl.Adjustment{}),
		rapid.Map(steps(), func(active tl.Micros) tl.Adjustment { return tl.Adjustment{Set: true, Active: active} }),
	)
}

func tasks() *rapid.Generator[tl.Task] {
	return rapid.SampledFrom([]tl.Task{
		{},
		{ID: "T1", Type: "search", Count: 3},
		{ID: "T2", AETLow: 4 * tl.Minute, AETHigh: 6 * tl.Minute, AETText: "4-6 min"},
		{AETLow: 1, AETHigh: 1, AETText: "1 µs"},
	})
}

func outcomes() *rapid.Generator[tl.Outcome] {
	return rapid.SampledFrom(append(tl.Outcomes(), ""))
}

func instants() *rapid.Generator[tl.Instant] {
	anyTime := rapid.Int64Range(int64(earliest), int64(latest))
	aDay := rapid.Int64Range(int64(epoch), int64(epoch.Add(day)))
	return rapid.Map(rapid.OneOf(rapid.Just(int64(earliest)), anyTime, aDay),
		func(i int64) tl.Instant { return tl.Instant(i) })
}

// steps generates times between two events, often 0.
func steps() *rapid.Generator[tl.Micros] {
	return rapid.OneOf(
		rapid.Just(tl.Micros(0)),
		rapid.SampledFrom([]tl.Micros{1, 2, tl.Second - 1, tl.Second}),
		rapid.Map(rapid.Int64Range(0, int64(10*tl.Minute)), func(i int64) tl.Micros { return tl.Micros(i) }),
		rapid.Map(rapid.Int64Range(0, int64(3650*day)), func(i int64) tl.Micros { return tl.Micros(i) }),
	)
}

// drawDeliveries returns log as it arrives from clients that retry: some events arrive
// again, at any later time.
func drawDeliveries(t *rapid.T, log []tl.Event) []tl.Event {
	deliveries := slices.Clone(log)
	for range rapid.IntRange(0, 5).Draw(t, "retries") {
		first := rapid.IntRange(0, len(deliveries)-1).Draw(t, "retried")
		again := rapid.IntRange(first+1, len(deliveries)).Draw(t, "again at")
		deliveries = slices.Insert(deliveries, again, deliveries[first])
	}
	return deliveries
}
