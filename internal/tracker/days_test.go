package tracker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// local is an instant by the clocks of New York in 2026, which are 5 hours
// behind UTC until 8 March and 3 hours ahead of California.
func local(t *testing.T, text string) timeline.Instant {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	i, err := time.ParseInLocation("01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return timeline.InstantOf(i.AddDate(2026, 0, 0))
}

func date(t *testing.T, text string) report.Date {
	t.Helper()
	d, err := report.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newYorker returns a rater in New York with these runs of work: each is a session with a
// NEXT at each time and an EXIT at the last.
func newYorker(t *testing.T, f *fixture, runs ...[]string) tracker.Rater {
	t.Helper()
	rater := f.newRater(t)
	rater.Zone = "America/New_York"
	f.clock.set(local(t, "12-31 00:00"))
	for _, run := range runs {
		var presses []tracker.Press
		for _, text := range run {
			presses = append(presses, tracker.Press{Type: timeline.Next, At: local(t, text)})
		}
		presses[len(presses)-1].Type = timeline.Exit
		f.record(t, rater, presses...)
	}
	return rater
}

// work is two evenings, the first across midnight, and the Sunday on which
// clocks go forward.
var work = [][]string{
	{"03-01 21:00", "03-01 21:10"},                               // Sunday; also in California
	{"03-02 23:30", "03-02 23:50", "03-03 00:20", "03-03 00:25"}, // Monday into Tuesday
	{"03-08 01:50", "03-08 03:10", "03-08 03:20"},                // Sunday; an hour is skipped
	{"03-09 02:00", "03-09 02:07"},                               // Monday, in California still Sunday
}

// totals writes one line per day: its date, sessions, questions and active minutes.
func totals(days []report.Day) []string {
	var lines []string
	for _, d := range days {
		if len(d.Sessions) > 0 || d.Totals.Questions > 0 {
			lines = append(lines, fmt.Sprintf("%s: %d sessions, %d questions, %v min",
				d.Date, len(d.Sessions), d.Totals.Questions, d.Totals.Active.Minutes()))
		}
	}
	return lines
}

func TestDay(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, work...)
	f.record(t, f.newRater(t), next(0), next(60)) // another user's
	var days []report.Day
	for d := date(t, "2026-02-28"); d.Compare(date(t, "2026-03-10")) < 0; d = d.AddDays(1) {
		day, err := f.Day(t.Context(), rater, d, 1)
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, day)
	}
	want := []string{
		"2026-03-01: 1 sessions, 1 questions, 10 min",
		"2026-03-02: 1 sessions, 2 questions, 50 min",
		"2026-03-03: 1 sessions, 1 questions, 5 min",
		"2026-03-08: 1 sessions, 2 questions, 30 min",
		"2026-03-09: 1 sessions, 1 questions, 7 min",
	}
	if diff := cmp.Diff(want, totals(days)); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

func TestDayByHour(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, work...)
	day, err := f.Day(t.Context(), rater, date(t, "2026-03-08"), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[int]float64)
	for _, h := range day.Hours {
		if h.Totals.Questions > 0 {
			got[h.Hour] = h.Totals.Active.Minutes()
		}
	}
	if diff := cmp.Diff(map[int]float64{1: 20, 3: 10}, got); diff != "" {
		t.Errorf("minutes by hour (-want +got):\n%s", diff)
	}
}

// A session without a question shows on the day it started; a deleted one and a
// deleted question show nowhere.
func TestDayShowsWhatIsThere(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	gone := f.record(t, rater, next(0), next(60), exit(70))[0]
	kept := f.record(t, rater, next(100), next(160), next(170), exit(190))
	empty := f.record(t, rater, next(200))[0]
	if err := f.DeleteSession(t.Context(), rater, gone.SessionID); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteQuestion(t.Context(), rater, kept[0].SessionID, kept[2].EventID); err != nil {
		t.Fatal(err)
	}
	day, err := f.Day(t.Context(), rater, date(t, "2026-03-02"), 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range day.Sessions {
		got = append(got, fmt.Sprintf("%s: %d questions, %v s, active %v", s.ID, s.Totals.Questions, s.Totals.Active.Seconds(), s.IsActive))
	}
	want := []string{
		kept[0].SessionID + ": 2 questions, 80 s, active false",
		empty.SessionID + ": 0 questions, 0 s, active true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
	if day.Totals.Questions != 2 || day.Totals.Expected != 660*timeline.Second {
		t.Errorf("totals %+v, want 2 questions at 330 s", day.Totals)
	}
}

func TestWeek(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, work...)
	for _, c := range []struct {
		name     string
		zone     string
		start    time.Weekday
		from     string
		want     []string
		sessions int
	}{
		{"own zone, from Monday", "", time.Monday, "2026-03-02", []string{
			"2026-03-02: 1 sessions, 2 questions, 50 min",
			"2026-03-03: 1 sessions, 1 questions, 5 min",
			"2026-03-08: 1 sessions, 2 questions, 30 min",
		}, 2},
		{"own zone, from Sunday", "", time.Sunday, "2026-03-01", []string{
			"2026-03-01: 1 sessions, 1 questions, 10 min",
			"2026-03-02: 1 sessions, 2 questions, 50 min",
			"2026-03-03: 1 sessions, 1 questions, 5 min",
		}, 2},
		// Midnight is three hours later there, so Tuesday's question is Monday's,
		// Sunday's are Saturday's, and next Monday's is Sunday's.
		{"the pay week", "America/Los_Angeles", time.Monday, "2026-03-02", []string{
			"2026-03-02: 1 sessions, 3 questions, 55 min",
			"2026-03-07: 1 sessions, 2 questions, 30 min",
			"2026-03-08: 1 sessions, 1 questions, 7 min",
		}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			rater := rater
			rater.WeekZone, rater.WeekStart = c.zone, c.start
			week, err := f.Week(t.Context(), rater, date(t, "2026-03-04"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(report.DateRange{From: date(t, c.from), Days: 7}, week.Dates); diff != "" {
				t.Errorf("dates (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, totals(week.Days)); diff != "" {
				t.Errorf("days (-want +got):\n%s", diff)
			}
			if week.SessionCount != c.sessions {
				t.Errorf("%d sessions, want %d", week.SessionCount, c.sessions)
			}
		})
	}
}

func TestMonth(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, append(work, []string{"02-28 23:50", "03-01 00:10", "03-01 00:15"})...)
	rater.WeekZone = "America/Los_Angeles" // of no meaning for a month
	for month, want := range map[string]string{
		"2026-02": "1 questions, 20 min, 1 sessions",
		"2026-03": "8 questions, 107 min, 5 sessions",
		"2026-04": "0 questions, 0 min, 0 sessions",
	} {
		dates, err := report.ParseMonth(month)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Month(t.Context(), rater, dates)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%d questions, %v min, %d sessions", p.Totals.Questions, p.Totals.Active.Minutes(), p.SessionCount)
		if got != want {
			t.Errorf("%s: got %s, want %s", month, got, want)
		}
	}
}

func TestTodayIsInTheRatersZone(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.clock.set(local(t, "03-02 23:30"))
	for zone, want := range map[string]string{
		"America/New_York": "2026-03-02", "America/Los_Angeles": "2026-03-02",
		"UTC": "2026-03-03", "Pacific/Kiritimati": "2026-03-03",
	} {
		got, err := f.Today(tracker.Rater{Zone: zone})
		if err != nil || got != date(t, want) {
			t.Errorf("%s: got %v, %v; want %s", zone, got, err, want)
		}
	}
}

func TestUnknownZoneIsAnError(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := tracker.Rater{Zone: "Mars/Olympus"}
	if _, err := f.Today(rater); err == nil {
		t.Error("Today: no error")
	}
	if _, err := f.Day(t.Context(), rater, date(t, "2026-03-02"), 1); err == nil {
		t.Error("Day: no error")
	}
	rater = tracker.Rater{Zone: "UTC", WeekZone: "Mars/Olympus"}
	if _, err := f.Week(t.Context(), rater, date(t, "2026-03-02")); err == nil {
		t.Error("Week: no error")
	}
}
