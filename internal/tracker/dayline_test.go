package tracker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// lineOf writes the sessions that the line of a day shows by the clocks of New York.
func lineOf(t *testing.T, f *fixture, rater tracker.Rater, d string) []string {
	t.Helper()
	day, err := f.DayInDetail(t.Context(), rater, date(t, d), 1)
	if err != nil {
		t.Fatal(err)
	}
	if carried := len(day.Line) - len(day.Sessions); carried < 0 || carried > 1 {
		t.Errorf("%s: the line has %d sessions, and the day %d", d, len(day.Line), len(day.Sessions))
	}
	zone, err := time.LoadLocation(rater.Zone)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range day.Line {
		lines = append(lines, fmt.Sprintf("%s with %d", s.StartedAt.Time().In(zone).Format("01-02 15:04"), len(s.Questions)))
	}
	return lines
}

// The line of a day has the session that ran into it even if no question of that session
// began on the day, and no other session of another day.
func TestDayLine(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f,
		[]string{"03-01 21:00", "03-01 21:10"},                // ended long before
		[]string{"03-02 23:30", "03-02 23:50", "03-03 00:20"}, // runs into Tuesday
		[]string{"03-03 09:00", "03-03 09:07"},
		[]string{"03-05 23:30", "03-06 00:00"},                // up to midnight
		[]string{"03-07 22:00", "03-09 08:00"},                // through a whole day
		[]string{"03-10 23:50", "03-11 00:10", "03-11 00:20"}, // a question began on Wednesday
	)
	f.record(t, f.newRater(t), next(0), next(60)) // another user's
	for d, want := range map[string][]string{
		"2026-03-02": {"03-02 23:30 with 2"},
		"2026-03-03": {"03-02 23:30 with 1", "03-03 09:00 with 1"},
		"2026-03-04": nil,
		"2026-03-06": nil,
		"2026-03-07": {"03-07 22:00 with 1"},
		"2026-03-08": {"03-07 22:00 with 1"},
		"2026-03-09": {"03-07 22:00 with 1"},
		"2026-03-10": {"03-10 23:50 with 1"},
		"2026-03-11": {"03-10 23:50 with 2"},
		"2026-02-28": nil,
	} {
		if got := lineOf(t, f, rater, d); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	rater.DayStart = 1 // then Monday ends at 01:00, and its question with it
	if got := lineOf(t, f, rater, "2026-03-03"); !slices.Equal(got, []string{"03-03 09:00 with 1"}) {
		t.Errorf("a day from 01:00 on: %q", got)
	}
}

// A question that was deleted runs into no day, and neither does one of a deleted session.
func TestDayLineLeavesOutWhatIsDeleted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, []string{"03-02 23:30", "03-02 23:50", "03-03 00:20"})
	day, err := f.DayInDetail(t.Context(), rater, date(t, "2026-03-02"), 1)
	if err != nil {
		t.Fatal(err)
	}
	session := day.Line[0]
	const next = "2026-03-03"
	if err := f.DeleteQuestion(t.Context(), rater, session.ID, session.Questions[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := lineOf(t, f, rater, next); got != nil {
		t.Errorf("the question was deleted: %q", got)
	}
	if _, err := f.RestoreQuestion(t.Context(), rater, session.ID, session.Questions[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := lineOf(t, f, rater, next); len(got) != 1 {
		t.Errorf("the question was restored: %q", got)
	}
	if err := f.DeleteSession(t.Context(), rater, session.ID); err != nil {
		t.Fatal(err)
	}
	if got := lineOf(t, f, rater, next); got != nil {
		t.Errorf("the session was deleted: %q", got)
	}
}

// What ran into a day changes no number of it.
func TestDayLineChangesNoNumber(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, []string{"03-02 23:50", "03-03 00:20"})
	day, err := f.DayInDetail(t.Context(), rater, date(t, "2026-03-03"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if day.Totals != (report.Totals{}) || len(day.Sessions) != 0 {
		t.Errorf("the day has %+v in %d sessions", day.Totals, len(day.Sessions))
	}
	before, err := f.Day(t.Context(), rater, date(t, "2026-03-02"), 1)
	if err != nil || before.Totals.Questions != 1 || before.Totals.Active != 30*timeline.Minute {
		t.Errorf("the day before has %+v, %v", before.Totals, err)
	}
}

// A question that ended with the day ran into no other one, even if it was corrected later.
func TestDayLineUpToMidnight(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, []string{"03-02 23:30", "03-03 00:00"})
	day, err := f.DayInDetail(t.Context(), rater, date(t, "2026-03-02"), 1)
	if err != nil {
		t.Fatal(err)
	}
	half := timeline.Adjustment{Set: true, Active: 15 * timeline.Minute}
	if err := f.AdjustQuestion(t.Context(), rater, day.Line[0].ID, day.Line[0].Questions[0].ID, half); err != nil {
		t.Fatal(err)
	}
	if got := lineOf(t, f, rater, "2026-03-03"); got != nil {
		t.Errorf("the line has %q", got)
	}
}
