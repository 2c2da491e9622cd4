package report_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones must not depend on the machine

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// sameZone compares zones by identity, because their fields are private.
var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a == b })

// midnights returns the days of a zone that begin at midnight.
func midnights(t testing.TB, zone string) report.Calendar { return daysFrom(t, zone, 0) }

// daysFrom returns the days of a zone that begin at an hour.
func daysFrom(t testing.TB, zone string, hour int) report.Calendar {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return report.Calendar{Zone: z, DayStart: hour}
}

func date(t testing.TB, text string) report.Date {
	t.Helper()
	d, err := report.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// at reads an instant with its offset, "2024-03-10T01:30:00-05:00".
func at(t testing.TB, text string) timeline.Instant {
	t.Helper()
	i, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return timeline.InstantOf(i)
}

// question returns a closed question without pauses.
func question(t testing.TB, id, start string, length timeline.Micros) timeline.Question {
	t.Helper()
	startedAt := at(t, start)
	return timeline.Question{ID: id, StartedAt: startedAt, EndedAt: startedAt.Add(length)}
}

// summarizeDay returns the summary of one day.
func summarizeDay(date report.Date, calendar report.Calendar, logs []report.SessionLog) report.Day {
	return report.SummarizePeriod(report.DateRange{From: date, Days: 1}, calendar, logs).Days[0]
}
