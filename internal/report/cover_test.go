package report_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// coverCases are ordinary days and days on which clocks change in unusual ways.
var coverCases = []struct {
	zone, date, from, to string
}{
	{"UTC", "2024-02-07", "2024-02-07T00:00:00Z", "2024-02-08T00:00:00Z"},
	{"Asia/Kolkata", "2024-02-07", "2024-02-07T00:00:00+05:30", "2024-02-08T00:00:00+05:30"},
	{"Pacific/Kiritimati", "2024-02-07", "2024-02-07T00:00:00+14:00", "2024-02-08T00:00:00+14:00"},
	{"Etc/GMT+12", "2024-02-07", "2024-02-07T00:00:00-12:00", "2024-02-08T00:00:00-12:00"},
	{"America/New_York", "2024-03-10", "2024-03-10T00:00:00-05:00", "2024-03-11T00:00:00-04:00"},
	{"America/New_York", "2024-11-03", "2024-11-03T00:00:00-04:00", "2024-11-04T00:00:00-05:00"},
	{"Australia/Sydney", "2024-04-07", "2024-04-07T00:00:00+11:00", "2024-04-08T00:00:00+10:00"},
	{"Australia/Sydney", "2024-10-06", "2024-10-06T00:00:00+10:00", "2024-10-07T00:00:00+11:00"},
	{"Australia/Lord_Howe", "2024-04-07", "2024-04-07T00:00:00+11:00", "2024-04-08T00:00:00+10:30"},
	{"Australia/Lord_Howe", "2024-10-06", "2024-10-06T00:00:00+10:30", "2024-10-07T00:00:00+11:00"},
	// Midnight is skipped: the day begins at 01:00.
	{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
	{"Asia/Beirut", "2024-03-31", "2024-03-31T01:00:00+03:00", "2024-04-01T00:00:00+03:00"},
	// At midnight it is 23:00 again: the day before has 25 hours.
	{"America/Sao_Paulo", "2018-02-17", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00"},
	{"America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00", "2018-02-19T00:00:00-03:00"},
	{"Asia/Beirut", "2024-10-26", "2024-10-26T00:00:00+03:00", "2024-10-27T00:00:00+02:00"},
	// At 00:01 it is 23:01 of the day before again: the two days interleave.
	{"America/St_Johns", "2006-10-28", "2006-10-28T00:00:00-02:30", "2006-10-29T00:00:00-03:30"},
	{"America/St_Johns", "2006-10-29", "2006-10-29T00:00:00-02:30", "2006-10-30T00:00:00-03:30"},
	// Samoa went over the date line and left out a day.
	{"Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", "2011-12-30T00:00:00-10:00"},
	{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00"},
	{"Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"},
}

func TestCover(t *testing.T) {
	for _, tc := range coverCases {
		t.Run(tc.zone+" "+tc.date, func(t *testing.T) {
			from, to := date(t, tc.date).Cover(midnights(t, tc.zone))
			if from != at(t, tc.from) || to != at(t, tc.to) {
				t.Errorf("Cover = %v to %v, want %s to %s", from.Time(), to.Time(), tc.from, tc.to)
			}
		})
	}
}

func TestCoverOfAWeek(t *testing.T) {
	// The pay week in which Pacific time changes, one hour short.
	from, to := report.WeekOf(date(t, "2024-03-10"), time.Monday).Cover(midnights(t, "America/Los_Angeles"))
	if from != at(t, "2024-03-04T00:00:00-08:00") || to != at(t, "2024-03-11T00:00:00-07:00") {
		t.Errorf("Cover = %v to %v", from.Time(), to.Time())
	}
}

// Every instant is in the Cover of its own date, and the Cover is no longer than
// it must be: its first and last microsecond are of that date.
func TestEveryInstantIsCovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		i := anyInstant(calendar).Draw(t, "instant")
		d := calendar.DateOf(i)
		from, to := d.Cover(calendar)
		if i < from || i >= to {
			t.Fatalf("%v is %v in %v, but the cover is %v to %v", i.Time(), d, calendar, from.Time(), to.Time())
		}
		if first, last := calendar.DateOf(from), calendar.DateOf(to-1); first != d || last != d {
			t.Errorf("the cover of %v in %v begins on %v and ends on %v", d, calendar, first, last)
		}
	})
}

// The hours of a day begin when the clocks first show them. A walk over the day, minute by
// minute, finds the same, at whichever hour the day begins.
func TestHoursBeginWhenTheClockShowsThem(t *testing.T) {
	for _, tc := range coverCases {
		for dayStart := range 7 {
			t.Run(fmt.Sprintf("%s %s from %d", tc.zone, tc.date, dayStart), func(t *testing.T) {
				checkHourStarts(t, daysFrom(t, tc.zone, dayStart), date(t, tc.date))
			})
		}
	}
}

func checkHourStarts(t *testing.T, calendar report.Calendar, d report.Date) {
	t.Helper()
	first := map[int]timeline.Instant{}
	from, to := d.Cover(calendar)
	for i := from; i < to; i = i.Add(timeline.Minute) {
		hour := i.Time().In(calendar.Zone).Hour()
		if _, seen := first[hour]; !seen && calendar.DateOf(i) == d {
			first[hour] = i
		}
	}

	day := summarizeDay(d, calendar, nil)
	for i, got := range day.Hours {
		hour := (calendar.DayStart + i) % 24
		want, seen := first[hour]
		if !seen {
			want = jumpOver(t, d, calendar.DayStart+i, calendar.Zone)
		}
		if got.Hour != hour || got.Start != want {
			t.Errorf("hour %d of the day is %d and starts at %v, want %d and %v", i, got.Hour, got.Start.Time(), hour, want.Time())
		}
	}
}

// jumpOver returns the instant at which the clocks skip an hour of a date; hours from 24 on
// are those of the next date.
func jumpOver(t *testing.T, d report.Date, hour int, zone *time.Location) timeline.Instant {
	t.Helper()
	skipped := time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, time.UTC)
	for local := skipped.Add(-48 * time.Hour).In(zone); local.Before(skipped.Add(48 * time.Hour)); {
		_, before := local.Zone()
		_, jump := local.ZoneBounds()
		_, after := jump.Zone()
		// Just before the jump the clocks show less than the hour, then more.
		if jump.Add(time.Duration(before)*time.Second).Compare(skipped) <= 0 &&
			jump.Add(time.Duration(after)*time.Second).After(skipped) {
			return timeline.InstantOf(jump)
		}
		local = jump
	}
	t.Fatalf("no jump of %v over %v %02d:00", zone, d, hour)
	return 0
}

func TestHoursOfDaysThatChangeClocks(t *testing.T) {
	for _, tc := range []struct {
		zone, date string
		hour       int
		want       string
	}{
		{"America/New_York", "2024-03-10", 1, "2024-03-10T01:00:00-05:00"},
		{"America/New_York", "2024-03-10", 2, "2024-03-10T03:00:00-04:00"}, // skipped: the jump
		{"America/New_York", "2024-03-10", 3, "2024-03-10T03:00:00-04:00"},
		{"America/New_York", "2024-11-03", 1, "2024-11-03T01:00:00-04:00"}, // twice: the first
		{"America/New_York", "2024-11-03", 2, "2024-11-03T02:00:00-05:00"},
		{"Australia/Lord_Howe", "2024-10-06", 2, "2024-10-06T02:30:00+11:00"}, // its second half only
		{"Australia/Lord_Howe", "2024-04-07", 1, "2024-04-07T01:00:00+11:00"},
		{"Australia/Lord_Howe", "2024-04-07", 2, "2024-04-07T02:00:00+10:30"},
		{"America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T01:00:00-02:00"},
		{"America/St_Johns", "2006-10-28", 23, "2006-10-28T23:00:00-02:30"},
		{"America/St_Johns", "2006-10-29", 0, "2006-10-29T00:00:00-02:30"},
		{"America/St_Johns", "2006-10-29", 1, "2006-10-29T01:00:00-03:30"},
		{"Pacific/Apia", "2011-12-30", 17, "2011-12-31T00:00:00+14:00"},
		{"Asia/Kolkata", "2024-02-07", 9, "2024-02-07T09:00:00+05:30"},
	} {
		day := summarizeDay(date(t, tc.date), midnights(t, tc.zone), nil)
		if got := day.Hours[tc.hour].Start; got != at(t, tc.want) {
			t.Errorf("%s %s hour %d starts at %v, want %s", tc.zone, tc.date, tc.hour, got.Time(), tc.want)
		}
	}
}
