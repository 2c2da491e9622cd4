package history

import (
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// wallSecond is how browsers write the value of a field for a date and a time. They leave out
// seconds that are 0.
const wallSecond = "2006-01-02T15:04:05"

// What is wrong with a time that was typed; it completes a sentence that begins with "This".
const (
	isUnreadable = "must be a date and a time, as in 2026-01-31 10:42:10"
	wasSkipped   = "was skipped when the clocks went forward: choose another time"
	cameTwice    = "came twice, because the clocks went back: choose which one is meant"
)

// The values of a field that chooses between the two times that a wall-clock time may mean.
const (
	theFirst  = "first"
	theSecond = "second"
)

// typed is a time that somebody typed, by the clocks of a zone.
type typed struct {
	at      timeline.Instant
	problem string      // why there is no such time; "": at is it
	twice   view.Choice // between the times that it may mean, if the clocks showed it twice
}

// readTime reads a time, as wallSecond or with a space or without seconds. which tells two
// times apart that look the same. A page shows whole seconds, so a text that looks like one
// of the shown instants means that instant exactly; the first one of them counts.
func readTime(text, which string, zone *time.Location, shown ...timeline.Instant) typed {
	wall, ok := parseWall(text)
	if !ok {
		return typed{problem: isUnreadable}
	}
	return instantOf(wall, which, zone, shown...)
}

func parseWall(text string) (time.Time, bool) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	for _, layout := range []string{wallSecond, "2006-01-02T15:04"} {
		if wall, err := time.Parse(layout, text); err == nil {
			return wall, true
		}
	}
	return time.Time{}, false
}

// instantOf finds when the clocks of zone show a wall-clock time, which is given as if it were
// UTC.
func instantOf(wall time.Time, which string, zone *time.Location, shown ...timeline.Instant) typed {
	instants := report.InstantsOf(wall, zone)
	t := typed{}
	if len(instants) > 1 {
		t.twice = choiceOf(instants, zone, which)
	}
	for i, at := range instants {
		for _, exact := range shown {
			if secondOf(exact) != at {
				continue
			}
			if instants[i] = exact; which == "" {
				t.at = exact
				return t
			}
			break
		}
	}
	switch {
	case len(instants) == 0:
		t.problem = wasSkipped
	case len(instants) == 1 || which == theFirst:
		t.at = instants[0]
	case which == theSecond:
		t.at = instants[len(instants)-1]
	default:
		t.problem = cameTwice
	}
	return t
}

// secondOf returns the full second in which an instant lies.
func secondOf(at timeline.Instant) timeline.Instant {
	return timeline.InstantOf(at.Time().Truncate(time.Second))
}

func choiceOf(instants []timeline.Instant, zone *time.Location, which string) view.Choice {
	label := func(at timeline.Instant) string { return at.Time().In(zone).Format("15:04:05 MST (UTC-07:00)") }
	return view.Choice{Value: which, Options: []view.Option{
		{Value: theFirst, Label: "the first time, " + label(instants[0])},
		{Value: theSecond, Label: "the second time, " + label(instants[len(instants)-1])},
	}}
}

// wallOf writes an instant for a field.
func wallOf(at timeline.Instant, zone *time.Location) string {
	return at.Time().In(zone).Format(wallSecond)
}
