package chart

import (
	"fmt"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const hour = 60 * timeline.Minute

// total returns report.Total with the unit that tells hours from minutes: "48:03", "03:39
// h".
func total(d timeline.Micros) string {
	if report.TotalIsRounded(d) {
		return report.Total(d) + " h"
	}
	return report.Total(d)
}

// exact returns a total to the second: "48:03", "3:38:41 h".
func exact(d timeline.Micros) string {
	if report.TotalIsRounded(d) {
		return report.HMMSS(d) + " h"
	}
	return report.Total(d)
}

// against compares a question with its target: "00:34 over".
func against(overUnder timeline.Micros) string {
	magnitude := report.MMSS(max(overUnder, -overUnder))
	switch {
	case magnitude == report.MMSS(0):
		return "on the target"
	case overUnder > 0:
		return magnitude + " over"
	default:
		return magnitude + " under"
	}
}

// count returns "1 question", "2 questions".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// dateWords returns the date written out: "Tuesday, 24 November 2026".
func dateWords(d report.Date) string { return noon(d).Format("Monday, 2 January 2006") }

// dayWords returns the date as a label: "Tue 24".
func dayWords(d report.Date) string { return noon(d).Format("Mon 2") }

func noon(d report.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
}

// rangeWords returns the first and the last date, written out.
func rangeWords(r report.DateRange) string {
	return fmt.Sprintf("%s to %s", noon(r.From).Format("2 January 2006"), noon(r.Last()).Format("2 January 2006"))
}

// clock returns what the clocks of zone show: "09:12".
func clock(at timeline.Instant, zone *time.Location) string {
	return at.Time().In(zone).Format("15:04")
}
