// Package words writes times, lengths and counts the way the pages show them.
package words

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// Capital is text that begins a line.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// Sentence ends a text with a full stop, unless it is empty.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	return text + "."
}

// Counted is a number with its noun.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// LongDate is a date as a person says it: "Saturday, 31 January 2026".
func LongDate(d report.Date) string {
	return fmt.Sprintf("%s, %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

// Span is from when to when by the clocks of a zone: "09:12 – 10:38". An end of 0
// has not come yet; one on another day says which.
func Span(from, to timeline.Instant, zone *time.Location) string {
	start := from.Time().In(zone)
	text := start.Format("15:04") + " – "
	if to == 0 {
		return text + "now"
	}
	end := to.Time().In(zone)
	if report.DateOf(from, zone) != report.DateOf(to, zone) {
		return text + end.Format("2 Jan 15:04")
	}
	return text + end.Format("15:04")
}

// SessionSpan is the span of a session, whose end has not come while it is active.
func SessionSpan(s report.SessionInfo, zone *time.Location) string {
	if s.IsActive {
		return Span(s.StartedAt, 0, zone)
	}
	return Span(s.StartedAt, s.EndedAt, zone)
}

// Moment is a time by the clocks of a zone, "31 Jan 2026, 13:00"; 0 is never.
func Moment(at timeline.Instant, zone *time.Location) string {
	if at == 0 {
		return "never"
	}
	return at.Time().In(zone).Format("2 Jan 2006, 15:04")
}

// Clock is a sum as report.Total writes it, with the unit that tells its two forms
// apart.
func Clock(d timeline.Micros) view.Clock {
	const hour = 60 * timeline.Minute
	if d+timeline.Second/2 >= hour {
		return view.Clock{Text: report.Total(d), Unit: "h"}
	}
	return view.Clock{Text: report.Total(d), Unit: "min"}
}

// Pace is a pace in words; of its six labels the colours tell four apart.
func Pace(p report.Pace) view.Pace {
	classes := map[string]string{
		"way too fast": "fast", "fast": "fast", "slightly fast": "good", "on target": "good", "a bit slow": "slow", "slow": "over",
	}
	return view.Pace{Word: Capital(p.Label), Class: classes[p.Label], Score: p.Score}
}

// Totals are the four figures of a page.
func Totals(t report.Totals, sessions int) view.Totals {
	m := view.Totals{
		Questions: t.Questions, Sessions: "in " + Counted(sessions, "session", "sessions"),
		Active: Clock(t.Active), Pauses: Clock(t.Raw - t.Active),
		Average: report.MMSS(t.Average()), Pace: Pace(t.Pace()),
	}
	if t.Questions > 0 {
		m.OverUnder = overUnder(t)
	}
	return m
}

// overUnder compares the average with the average target.
func overUnder(t report.Totals) string {
	expected := report.Totals{Questions: t.Questions, Active: t.Expected}.Average()
	switch difference := t.Average() - expected; {
	case difference > 0:
		return report.MMSS(difference) + " over target"
	case difference < 0:
		return report.MMSS(-difference) + " under target"
	}
	return "on target"
}
