package history

import (
	"fmt"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// sessionOf returns a session of questions of a minute each, all later by a shift.
func sessionOf(questions int, shift timeline.Micros) *report.Session {
	log := report.SessionLog{SessionInfo: report.SessionInfo{ID: "s", Target: 5 * timeline.Minute, IsActive: true}}
	at := timeline.InstantOf(time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)).Add(shift)
	log.StartedAt = at
	for i := range questions {
		next := at.Add(timeline.Minute)
		log.Questions = append(log.Questions, timeline.Question{ID: fmt.Sprint(i), StartedAt: at, EndedAt: next})
		at = next
	}
	s := report.SummarizeSession(log)
	return &s
}

// A preview lists the first of many questions that would change, and says when nothing would.
func TestLongAndEmptyPreviews(t *testing.T) {
	of := func(changed bool, before, after *report.Session) (string, int, string) {
		m := previewOf(tracker.Corrected{Changed: changed, Before: before, After: after}, time.UTC)
		return m.Nothing, len(m.Questions), m.More
	}
	for _, test := range []struct {
		name          string
		changed       bool
		before, after *report.Session
		nothing, more string
		questions     int
	}{
		{"nothing is changed", false, sessionOf(3, 0), sessionOf(3, 0), "Nothing would change.", "", 0},
		{"only what runs", true, sessionOf(3, 0), sessionOf(3, 0), "No finished question would change. The one that runs may.", "", 0},
		{"as many as fit", true, sessionOf(20, 0), sessionOf(20, timeline.Second), "", "", 20},
		{"one more", true, sessionOf(21, 0), sessionOf(21, timeline.Second), "", "and 1 more question", 20},
		{"new ones", true, nil, sessionOf(22, 0), "", "and 2 more questions", 20},
	} {
		nothing, questions, more := of(test.changed, test.before, test.after)
		if nothing != test.nothing || questions != test.questions || more != test.more {
			t.Errorf("%s: %q, %d questions, %q", test.name, nothing, questions, more)
		}
	}
}
