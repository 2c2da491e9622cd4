package main

import (
	"fmt"
	mathrand "math/rand/v2"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// demoSeed makes every demo the same except for its dates.
const demoSeed = 20240217

// demoKind is a kind of task: the name that the rating page gives it, and its estimate.
type demoKind struct {
	name    string
	minutes float64
}

// demoKinds are the made-up kinds of task in the demo.
var demoKinds = [...]demoKind{
	{"Needs met", 3},
	{"Needs met, on a phone", 4},
	{"Page quality", 5.5},
	{"Search results, side by side", 7},
	{"Search results, side by side", 9},
}

// task returns a task of the kind with an ID of its own.
func (k demoKind) task(random *mathrand.Rand) timeline.Task {
	const smallest, ids = 1e9, 9e9 // ten digits each
	return timeline.Task{
		ID: strconv.FormatInt(smallest+random.Int64N(ids), 10), Type: k.name,
		AETLow: timeline.Micros((k.minutes - 1) * float64(timeline.Minute)), AETHigh: timeline.Micros(k.minutes * float64(timeline.Minute)),
		AETText: fmt.Sprintf("%g - %g minutes", k.minutes-1, k.minutes),
	}
}

// demoSessions returns the presses of three weeks up to now, by session: one to three
// sessions on weekdays, with some pauses and a mistaken press now and then. The last
// session is still running.
func demoSessions(now time.Time) [][]tracker.Press {
	random := mathrand.New(mathrand.NewPCG(demoSeed, 1)) //nolint:gosec // made-up data, the same at every start
	var sessions [][]tracker.Press
	for daysAgo := 21; daysAgo >= 1; daysAgo-- {
		day := now.AddDate(0, 0, -daysAgo)
		if day.Weekday() == time.Sunday || day.Weekday() == time.Saturday && random.IntN(3) > 0 {
			continue
		}
		at := time.Date(day.Year(), day.Month(), day.Day(), 8+random.IntN(2), random.IntN(60), random.IntN(60), 0, now.Location())
		for range 1 + random.IntN(3) {
			session, end := demoSession(random, at, 6+random.IntN(16))
			sessions = append(sessions, append(session, press(timeline.Exit, end)))
			at = end.Add(time.Duration(30+random.IntN(90)) * time.Minute)
		}
	}
	running, _ := demoSession(random, now.Add(-40*time.Minute), 60)
	cut := len(running)
	for cut > 0 && running[cut-1].At > timeline.InstantOf(now.Add(-2*time.Minute)) {
		cut--
	}
	return append(sessions, running[:cut])
}

// demoSession returns the presses of a session without its EXIT, and when it ends.
func demoSession(random *mathrand.Rand, at time.Time, questions int) ([]tracker.Press, time.Time) {
	var presses []tracker.Press
	for range questions {
		kind := demoKinds[random.IntN(len(demoKinds))]
		next := press(timeline.Next, at)
		next.Task = kind.task(random)
		presses = append(presses, next)
		took := time.Duration(kind.minutes * (0.55 + 0.6*random.Float64()) * float64(time.Minute))
		if random.IntN(9) == 0 { // stepped away
			pause := at.Add(took / 2)
			resume := pause.Add(time.Duration(1+random.IntN(12)) * time.Minute)
			presses = append(presses, press(timeline.Pause, pause), press(timeline.Pause, resume))
			took += resume.Sub(pause)
		}
		at = at.Add(took)
		if random.IntN(40) == 0 { // pressed too early
			presses = append(presses, press(timeline.Next, at.Add(-20*time.Second)), press(timeline.Undo, at.Add(-15*time.Second)))
		}
	}
	return presses, at
}

func press(t timeline.Type, at time.Time) tracker.Press {
	return tracker.Press{Type: t, At: timeline.InstantOf(at)}
}
