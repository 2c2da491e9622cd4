package history

import (
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// shownDifferences is how many changed questions a preview lists.
const shownDifferences = 20

// none stands for what is not there before or after a change.
const none = "–"

// previewOf compares a session without and with a change.
func previewOf(c tracker.Corrected, zone *time.Location) *view.Preview {
	m := &view.Preview{IsNew: c.Before == nil}
	if !c.Changed {
		m.Nothing = "Nothing would change."
		return m
	}
	before, after := sideOf(c.Before), sideOf(c.After)
	seconds := spanningSeconds(before, after, zone)
	m.Totals = totalsOf(before, after, seconds)
	m.Questions = questionsOf(before, after, seconds)
	if n := len(m.Questions) - shownDifferences; n > 0 {
		m.More = "and " + words.Counted(n, "more question", "more questions")
		m.Questions = m.Questions[:shownDifferences]
	}
	if len(m.Totals)+len(m.Questions) == 0 {
		m.Nothing = "No finished question would change."
		if c.After != nil && c.After.IsActive {
			m.Nothing += " The one that runs may."
		}
	}
	return m
}

// sideOf returns a session, or an empty one for one that is not there.
func sideOf(s *report.Session) report.Session {
	if s == nil {
		return report.Session{}
	}
	return *s
}

func spanningSeconds(before, after report.Session, zone *time.Location) words.Seconds {
	from, to := after.StartedAt, max(after.StartedAt, after.EndedAt)
	if before.StartedAt != 0 {
		from, to = min(from, before.StartedAt), max(to, before.EndedAt)
	}
	for _, s := range []report.Session{before, after} {
		if n := len(s.Questions); n > 0 {
			to = max(to, s.Questions[n-1].EndedAt)
		}
	}
	return words.SecondsOf(from, to, zone)
}

// totalsOf returns the figures of a session that differ.
func totalsOf(before, after report.Session, seconds words.Seconds) []view.Difference {
	end := func(s report.Session) string {
		switch {
		case s.StartedAt == 0:
			return none
		case s.IsActive:
			return "runs on"
		case s.WithoutEnd:
			return seconds.At(s.EndedAt) + ", no End"
		}
		return seconds.At(s.EndedAt)
	}
	start := func(s report.Session) string {
		if s.StartedAt == 0 {
			return none
		}
		return seconds.At(s.StartedAt)
	}
	var m []view.Difference
	for _, figure := range []struct {
		name string
		of   func(report.Session) string
	}{
		{"Start", start},
		{"End", end},
		{"Questions", func(s report.Session) string { return fmt.Sprint(s.Totals.Questions) }},
		{"Active time", func(s report.Session) string { return exactly(s.Totals.Active) }},
		{"Pauses", func(s report.Session) string { return exactly(s.Totals.Raw - s.Totals.Active) }},
		{"Average", func(s report.Session) string { return report.MMSS(s.Totals.Average()) }},
		{"Pace", func(s report.Session) string { return words.Pace(s.Totals.Pace()).Word }},
	} {
		if b, a := figure.of(before), figure.of(after); a != b {
			m = append(m, view.Difference{Name: figure.name, Before: b, After: a})
		}
	}
	return m
}

// exactly writes a sum to the second, however long it is.
func exactly(d timeline.Micros) string {
	if report.TotalIsRounded(d) {
		return report.HMMSS(d)
	}
	return report.MMSS(d)
}

// questionsOf returns the questions that differ in more than their number. Questions are the
// same if the same press closed them.
func questionsOf(before, after report.Session, seconds words.Seconds) []view.Difference {
	was := map[string]report.Question{}
	for _, q := range before.Questions {
		was[q.ID] = q
	}
	text := func(q report.Question) string {
		return seconds.Span(q.StartedAt, q.EndedAt) + ", active\u00a0" + report.MMSS(q.Active)
	}
	var m []view.Difference
	for _, q := range after.Questions {
		old, ok := was[q.ID]
		delete(was, q.ID)
		name := fmt.Sprintf("Question %d", q.Index)
		switch {
		case !ok:
			m = append(m, view.Difference{Name: name, Before: none, After: text(q)})
		case text(old) != text(q):
			if old.Index != q.Index {
				name += fmt.Sprintf(", was %d", old.Index)
			}
			m = append(m, view.Difference{Name: name, Before: text(old), After: text(q)})
		}
	}
	for _, q := range before.Questions {
		if _, gone := was[q.ID]; gone {
			m = append(m, view.Difference{Name: fmt.Sprintf("Question %d until now", q.Index), Before: text(q), After: none})
		}
	}
	return m
}
