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

// Capital returns text with a capital first letter.
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

// Counted returns a number with its noun in the singular or plural.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// LongDate returns a date such as "Saturday, 31 January 2026".
func LongDate(d report.Date) string {
	return fmt.Sprintf("%s, %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

// Days says in which zone days are cut, and when they begin if not at midnight.
func Days(c report.Calendar) string {
	if c.DayStart == 0 {
		return c.Zone.String()
	}
	return fmt.Sprintf("%s, days from %02d:00", c.Zone, c.DayStart)
}

// Span returns a start and an end by the clocks of zone: "09:12 – 10:38". An end of 0 is
// "now"; an end on another day has its date.
func Span(from, to timeline.Instant, zone *time.Location) string {
	start := from.Time().In(zone)
	text := start.Format("15:04") + " – "
	if to == 0 {
		return text + "now"
	}
	end := to.Time().In(zone)
	if start.Format(time.DateOnly) != end.Format(time.DateOnly) {
		return text + end.Format("2 Jan 15:04")
	}
	return text + end.Format("15:04")
}

// SessionSpan returns the Span of a session; while the session is active it has no end.
func SessionSpan(s report.SessionInfo, zone *time.Location) string {
	if s.IsActive {
		return Span(s.StartedAt, 0, zone)
	}
	span := Span(s.StartedAt, s.EndedAt, zone)
	if s.WithoutEnd {
		span += ", no End"
	}
	return span
}

// Moment returns a time by the clocks of zone, "31 Jan 2026, 13:00"; 0 is "never".
func Moment(at timeline.Instant, zone *time.Location) string {
	if at == 0 {
		return "never"
	}
	return at.Time().In(zone).Format("2 Jan 2006, 15:04")
}

// Clock returns a length of time as report.Total writes it, with the unit that tells its
// two forms apart, and with the seconds that it leaves out.
func Clock(d timeline.Micros) view.Clock {
	if report.TotalIsRounded(d) {
		return view.Clock{Text: report.Total(d), Unit: "h", Exact: report.HMMSS(d)}
	}
	return view.Clock{Text: report.Total(d), Unit: "min"}
}

// Pace returns a pace in words, with its colour.
func Pace(p report.Pace) view.Pace {
	return view.Pace{Word: Capital(p.Label), Class: string(p.Colour), Score: p.Score}
}

// Totals returns the four figures of a page.
func Totals(t report.Totals, sessions int) view.Totals {
	m := view.Totals{
		Questions: t.Questions, Sessions: "in " + Counted(sessions, "session", "sessions"),
		Active: Clock(t.Active), Pauses: Clock(t.Raw - t.Active),
		Average: report.MMSS(t.Average()), Pace: Pace(t.Pace()),
		Tasks: Tasks(t.Tasks, t.Questions), Outcomes: Outcomes(t.Outcomes),
	}
	if t.Questions > 0 {
		m.OverUnder = overUnder(t)
	}
	return m
}

// overUnder compares the average active time with the average target.
func overUnder(t report.Totals) string {
	switch difference := t.Average() - t.AverageTarget(); {
	case difference > 0:
		return report.MMSS(difference) + " over target"
	case difference < 0:
		return report.MMSS(-difference) + " under target"
	}
	return "on target"
}
