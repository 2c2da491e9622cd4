package web

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// capital is text that begins a line.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// longDate is a date as a person says it: "Saturday, 31 January 2026".
func longDate(d report.Date) string {
	return fmt.Sprintf("%s, %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

// span is from when to when by the clocks of a zone: "09:12 – 10:38". An end of 0
// has not come yet; one on another day says which.
func span(from, to timeline.Instant, zone *time.Location) string {
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

// sessionSpan is the span of a session, whose end has not come while it is active.
func sessionSpan(s report.SessionInfo, zone *time.Location) string {
	if s.IsActive {
		return span(s.StartedAt, 0, zone)
	}
	return span(s.StartedAt, s.EndedAt, zone)
}

// moment is a time by the clocks of a zone, "31 Jan 2026, 13:00"; 0 is never.
func moment(at timeline.Instant, zone *time.Location) string {
	if at == 0 {
		return "never"
	}
	return at.Time().In(zone).Format("2 Jan 2006, 15:04")
}

// clockOf is a sum as report.Total writes it, with the unit that tells its two forms
// apart.
func clockOf(d timeline.Micros) view.Clock {
	const hour = 60 * timeline.Minute
	if d+timeline.Second/2 >= hour {
		return view.Clock{Text: report.Total(d), Unit: "h"}
	}
	return view.Clock{Text: report.Total(d), Unit: "min"}
}

// paceOf is a pace in words; of its six labels the colours tell four apart.
func paceOf(p report.Pace) view.Pace {
	classes := map[string]string{
		"way too fast": "fast", "fast": "fast", "slightly fast": "good", "on target": "good", "a bit slow": "slow", "slow": "over",
	}
	return view.Pace{Word: capital(p.Label), Class: classes[p.Label], Score: p.Score}
}

func totalsOf(t report.Totals, sessions int) view.Totals {
	m := view.Totals{
		Questions: t.Questions, Sessions: "in " + counted(sessions, "session", "sessions"),
		Active: clockOf(t.Active), Pauses: clockOf(t.Raw - t.Active),
		Average: report.MMSS(t.Average()), Pace: paceOf(t.Pace()),
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
