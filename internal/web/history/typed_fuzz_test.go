package history

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, wherever the test runs

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// fuzzZones change their clocks by an hour, by half an hour, at midnight and by a day.
var fuzzZones = []string{"Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "UTC"}

func clocksOfFuzz(f *testing.F) (zones []*time.Location) {
	f.Helper()
	for _, name := range fuzzZones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			f.Fatal(err)
		}
		zones = append(zones, zone)
	}
	return zones
}

// FuzzTypedTime reads any text as a time by the clocks of a zone. It means an instant at which they
// showed it, or there is a problem and no time.
func FuzzTypedTime(f *testing.F) {
	zones := clocksOfFuzz(f)
	for zone := range zones {
		for _, seed := range []string{
			"", "10:42:10", "2026-01-31T10:42:10", "2026-01-31T10:42", " 2026-01-31 10:42:10 ", "2026-02-29T10:42", "2026-03-29T02:30", "2026-10-25T02:30:00", "2026-04-05T01:45", "2026-10-04T02:15",
			"2026-03-08T00:30", "2026-11-01T00:30", "2011-12-30T12:00", "0000-01-01T00:00", "9999-12-31T23:59:59", "2026-01-31T10:42:10.5", "2026-01-31T10:42:60", "2026-01-31T10:42:10Z",
		} {
			for _, which := range []string{"", theFirst, theSecond, "third"} {
				f.Add(seed, which, uint(zone), int64(1_769_852_530_500_000))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text, which string, zone uint, micros int64) {
		clocks := zones[zone%uint(len(zones))]
		shown := timeline.Instant(micros)
		got := readTime(text, which, clocks, shown)
		wall, ok := parseWall(text)
		switch {
		case !ok && got.problem != isUnreadable:
			t.Errorf("%q is read as %+v", text, got)
		case got.problem == cameTwice && len(got.twice.Options) != 2:
			t.Errorf("%q came twice, and there is no choice: %+v", text, got)
		case got.problem != "" && got.at != 0:
			t.Errorf("%q has a problem and a time: %+v", text, got)
		case got.problem != "":
			return
		}
		first, second := readTime(text, theFirst, clocks, shown), readTime(text, theSecond, clocks, shown)
		if cameTwice := len(got.twice.Options) == 2; cameTwice != (first.at < second.at) || cameTwice && which == "" && got.at != shown {
			t.Errorf("%q means %d, first %d and then %d", text, got.at, first.at, second.at)
		}
		if got.at != shown && got.at-secondOf(got.at) != timeline.InstantOf(wall)-secondOf(timeline.InstantOf(wall)) || wallOf(got.at, clocks) != wall.Truncate(time.Second).Format(wallSecond) {
			t.Errorf("%q means %d, when the clocks showed %s", text, got.at, wallOf(got.at, clocks))
		}
		if again := readTime(wallOf(got.at, clocks), which, clocks, got.at); again.at != got.at && which == "" {
			t.Errorf("%q means %d, is shown as %s and read as %+v", text, got.at, wallOf(got.at, clocks), again)
		}
	})
}

// FuzzWork reads any form with work that was done without the clock. It is refused with what is
// wrong with its fields, or is a run of time with its questions in order.
func FuzzWork(f *testing.F) {
	zones := clocksOfFuzz(f)
	for zone := range zones {
		for _, seed := range []string{
			"", "started_at=09:00&ended_at=10:00&questions=3", "started_at=09:00&ended_at=10:00", "started_at=09:00&ended_at=10:00&times=09:10%0a09:20:30%0a%0a10:00", "started_at=09:00&ended_at=10:00&questions=2&times=09:10",
			"started_at=09:00&ended_at=10:00&questions=3&times=09:10", "started_at=23:00&ended_at=01:00&questions=1&times=23:30%0a00:30", "started_at=10:00&ended_at=09:59&questions=1", "started_at=10:00&ended_at=10:00&questions=1",
			"started_at=01:30&ended_at=02:30&questions=1&started_at_which=first&ended_at_which=second", "started_at=02:45&ended_at=02:15&questions=1&started_at_which=first&ended_at_which=second", "started_at=02:45&ended_at=02:15&times=02:50%0a02:10",
			"started_at=9&ended_at=25:00&questions=x", "started_at=09:00&ended_at=10:00&questions=-1", "started_at=09:00&ended_at=10:00&questions=99999999999999999999", "started_at=09:00&ended_at=10:00&times=08:00", "started_at=09:00&ended_at=10:00&times=x",
			"started_at=03:00&ended_at=05:00&times=03:30%0a04:30",
		} {
			for _, date := range []string{"2026-01-31", "2026-10-25", "2026-03-29", "2026-04-05", "2011-12-29"} {
				f.Add(seed, date, uint(zone), uint(zone))
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw, date string, zone, dayStart uint) {
		form, formErr := url.ParseQuery(raw)
		day, dateErr := report.ParseDate(date)
		clocks := zones[zone%uint(len(zones))]
		if formErr != nil || dateErr != nil {
			return
		}
		d := workDay{date: day, calendar: report.Calendar{Zone: clocks, DayStart: int(dayStart % 7)}, form: form}
		work, err := d.work()
		if err != nil {
			checkRefused(t, err)
			return
		}
		checkWork(t, work)
		if first, last := d.calendar.DateOf(work.StartedAt), d.calendar.DateOf(work.EndedAt); first.DaysSince(day) < 0 || first.DaysSince(day) > 1 || last.DaysSince(day) > 2 {
			t.Errorf("on %v: from %v to %v", day, first, last)
		}
	})
}

func checkRefused(t *testing.T, err error) {
	t.Helper()
	var fields fault.FieldErrors
	if !errors.As(err, &fields) || len(fields) == 0 {
		t.Errorf("refused with %v", err)
	}
	for _, e := range fields {
		if !slices.Contains([]string{startedAt, endedAt, questions, doneTimes}, e.Field) || strings.TrimSpace(e.Problem) == "" {
			t.Errorf("refused with %+v", e)
		}
	}
}

func checkWork(t *testing.T, w tracker.Work) {
	t.Helper()
	if w.EndedAt <= w.StartedAt || w.EndedAt.Since(w.StartedAt) > 26*60*timeline.Minute {
		t.Errorf("from %d to %d", w.StartedAt, w.EndedAt)
	}
	if len(w.Times) > 0 && w.Questions != 0 {
		t.Errorf("%d questions and %d times", w.Questions, len(w.Times))
	}
	last := w.StartedAt
	for _, at := range w.Times {
		if at < last || at > w.EndedAt {
			t.Errorf("a question was done at %d, after %d, of work until %d", at, last, w.EndedAt)
		}
		last = at
	}
}
