package timeline_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The notation of logs in testdata/rules:
//
//	0 NEXT task=T1 aet=4..6, 10 PAUSE, 25.5 PAUSE off, 20 UNDO
//
// Every number is in seconds, an event's time counted from epoch; events stand
// in the order in which they arrived, and the n-th has the ID en. The words are:
//
//	NEXT [task=ID] [type=TYPE] [aet=LOW..HIGH] [tasks=COUNT] [target=SECONDS] [outcome=OUTCOME]
//	PAUSE [on|off]
//	UNDO
//	EXIT [outcome=OUTCOME]
//	DELETE_QUESTION ID
//	RESTORE_QUESTION ID
//	ADJUST_QUESTION ID SECONDS|off
//	SET_TARGET SECONDS
//	DELETE_SESSION
//	RESTORE_SESSION

// epoch is second 0 of the notation.
var epoch = tl.InstantOf(time.Date(2024, 1, 1, 9, 0, 0, 0, time.UTC))

// parseLog reads a log in the notation.
func parseLog(text string) ([]tl.Event, error) {
	var log []tl.Event
	for event := range strings.SplitSeq(text, ",") {
		e, err := parseEvent(strings.Fields(event))
		if err != nil {
			return nil, fmt.Errorf("event %q: %w", strings.TrimSpace(event), err)
		}
		e.Seq = int64(len(log) + 1)
		e.ID = fmt.Sprintf("e%d", e.Seq)
		log = append(log, e)
	}
	return log, nil
}

func parseEvent(words []string) (tl.Event, error) {
	if len(words) < 2 {
		return tl.Event{}, fmt.Errorf("needs a time and a type")
	}
	at, err := parseSeconds(words[0])
	if err != nil {
		return tl.Event{}, err
	}
	e := tl.Event{At: epoch.Add(at), Type: tl.Type(words[1])}
	rest := words[2:]
	switch e.Type {
	case tl.Next, tl.Exit:
		return e, parseOptions(&e, rest)
	case tl.Pause:
		if len(rest) == 1 && (rest[0] == "on" || rest[0] == "off") {
			e.WantPaused = new(rest[0] == "on")
			return e, nil
		}
	case tl.SetTarget:
		if len(rest) == 1 {
			e.Target, err = parseSeconds(rest[0])
			return e, err
		}
	case tl.DeleteQuestion, tl.RestoreQuestion:
		if len(rest) == 1 {
			e.QuestionID = rest[0]
			return e, nil
		}
	case tl.AdjustQuestion:
		if len(rest) == 2 {
			e.QuestionID = rest[0]
			e.Adjustment, err = parseAdjustment(rest[1])
			return e, err
		}
	case tl.Undo, tl.DeleteSession, tl.RestoreSession:
	default:
		return tl.Event{}, fmt.Errorf("unknown type")
	}
	if len(rest) > 0 || e.Type == tl.SetTarget || e.Type.MeansQuestion() {
		return tl.Event{}, fmt.Errorf("unexpected words %q", rest)
	}
	return e, nil
}

func parseAdjustment(text string) (tl.Adjustment, error) {
	if text == "off" {
		return tl.Adjustment{}, nil
	}
	active, err := parseSeconds(text)
	return tl.Adjustment{Set: true, Active: active}, err
}

func parseOptions(e *tl.Event, options []string) error {
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		var err error
		switch name {
		case "task":
			e.Task.ID = value
		case "type":
			e.Task.Type = value
		case "tasks":
			e.Task.Count, err = strconv.Atoi(value)
		case "outcome":
			e.Outcome = tl.Outcome(value)
		case "target":
			e.Target, err = parseSeconds(value)
		case "aet":
			low, high, _ := strings.Cut(value, "..")
			e.Task.AETText = value
			if e.Task.AETLow, err = parseSeconds(low); err == nil {
				e.Task.AETHigh, err = parseSeconds(high)
			}
		default:
			err = fmt.Errorf("unknown option %q", option)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseSeconds reads a decimal number of seconds without rounding.
func parseSeconds(text string) (tl.Micros, error) {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, fmt.Errorf("%q is not a number of seconds", text)
	}
	r.Mul(r, big.NewRat(int64(tl.Second), 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("%q seconds is not a whole number of microseconds", text)
	}
	return tl.Micros(r.Num().Int64()), nil
}

// describe writes everything about a session that the rules mention, so that each case
// compares all of it.
func describe(s tl.Session) string {
	var parts []string
	number := 1
	for _, q := range s.Questions {
		name := "q" + strconv.Itoa(number)
		switch {
		case q.Opening:
			name = "opening"
		case q.Deleted:
			name = "deleted"
		default:
			number++
		}
		parts = append(parts, fmt.Sprintf("%s from %s raw %s active %s%s%s%s",
			name, at(q.StartedAt), seconds(q.Raw()), seconds(q.Active()), describeAdjustment(q), describeTask(q.Task), describeOutcome(q)))
	}
	parts = append(parts, describePhase(s.State, number), fmt.Sprintf("total %d", s.Closed))
	if s.Target != 0 {
		parts = append(parts, "target "+seconds(s.Target))
	}
	if s.Deleted {
		parts = append(parts, "session deleted")
	}
	return strings.Join(parts, ", ")
}

func describeAdjustment(q tl.Question) string {
	if !q.Adjustment.Set {
		return ""
	}
	return " adjusted from " + seconds(q.OriginalActive())
}

func describeOutcome(q tl.Question) string {
	if q.Outcome == "" {
		return ""
	}
	return " " + string(q.Outcome)
}

func describePhase(s tl.State, number int) string {
	switch s.Phase {
	case tl.NotStarted:
		return "not started"
	case tl.Ended:
		return "ended at " + at(s.EndedAt)
	}
	text := fmt.Sprintf("q%d from %s", number, at(s.Current.StartedAt))
	if s.Current.Paused > 0 {
		text += " paused " + seconds(s.Current.Paused)
	}
	if s.Phase == tl.Paused {
		return text + " on pause since " + at(s.Current.PausedAt) + describeTask(s.Current.Task)
	}
	return text + " running" + describeTask(s.Current.Task)
}

func describeTask(t tl.Task) string {
	var text string
	if t.ID != "" {
		text += " task " + t.ID
	}
	if t.Type != "" {
		text += " type " + t.Type
	}
	if t.Count != 0 {
		text += fmt.Sprintf(" of %d tasks", t.Count)
	}
	if t.AETText != "" {
		text += fmt.Sprintf(" aet %s..%s", seconds(t.AETLow), seconds(t.AETHigh))
	}
	return text
}

// at writes an instant in the notation.
func at(i tl.Instant) string { return seconds(tl.Micros(i - epoch)) }

// seconds writes a length of time in the notation.
func seconds(m tl.Micros) string { return strconv.FormatFloat(m.Seconds(), 'f', -1, 64) }
