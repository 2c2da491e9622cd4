package report

import (
	"errors"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the zones, wherever the test runs

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// oddZones are zones whose clocks did something unusual since 2000, or are far from UTC.
var oddZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", // 26 hours apart
	"Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", // half hours and quarters
	"Pacific/Apia", "Pacific/Fakaofo", // a day that never was
	"Asia/Gaza", "America/Havana", "America/Asuncion", "Africa/Cairo", // clocks that change at midnight
	"Africa/Casablanca", "Antarctica/Troll", "Antarctica/Casey", "America/Caracas", "Asia/Pyongyang", "Europe/Dublin",
}

// FuzzZone cuts days at any instant. Each instant is on one day; the days are in order, and what
// a day covers begins and ends on it.
func FuzzZone(f *testing.F) {
	zones := make([]*time.Location, len(oddZones))
	for i, name := range oddZones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			f.Fatal(err)
		}
		zones[i] = zone
	}
	for zone := range zones {
		for _, text := range []string{
			"1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "2024-02-29T12:00:00Z", "2011-12-30T10:00:00Z",
			"2026-03-29T01:00:00Z", "2026-10-25T00:59:59.999999Z", "2026-04-04T15:00:00Z", "2023-10-27T21:30:00Z", "9998-12-31T11:00:00Z",
		} {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint(zone), uint(zone), at.UnixMicro())
		}
	}
	f.Fuzz(func(t *testing.T, zone, dayStart uint, micros int64) {
		location := zones[zone%uint(len(zones))]
		at, c := timeline.Instant(micros), Calendar{Zone: location, DayStart: int(dayStart % 7)}
		if date := c.DateOf(at); !date.IsAskable() || !date.AddDays(-1).IsAskable() || !date.AddDays(1).IsAskable() {
			return
		}
		checkDay(t, c, at)
		checkWall(t, location, at)
	})
}

func checkDay(t *testing.T, c Calendar, at timeline.Instant) {
	t.Helper()
	date := c.DateOf(at)
	from, to := date.Cover(c)
	if at < from || at >= to {
		t.Errorf("%d is on %v, which is from %d to %d", at, date, from, to)
	}
	if c.DateOf(from) != date || c.DateOf(to-1) != date {
		t.Errorf("%v is from %d, which is on %v, to %d, which is on %v", date, from, c.DateOf(from), to-1, c.DateOf(to-1))
	}
	before, _ := date.AddDays(-1).Cover(c)
	_, after := date.AddDays(1).Cover(c)
	if first, last := (DateRange{From: date.AddDays(-1), Days: 3}).Cover(c); first != before || last != after || before > from || to > after {
		t.Errorf("the days around %v are from %d to %d, one by one from %d to %d, and it is from %d to %d", date, first, last, before, after, from, to)
	}
	day := newDay(date, c)
	inOrder := slices.IsSortedFunc(day.Hours[:], func(a, b Hour) int { return int(a.Start - b.Start) })
	if !inOrder || day.Hours[0].Start != from || day.Hours[HoursInDay-1].Start > to {
		t.Errorf("the hours of %v, from %d to %d, are %+v", date, from, to, day.Hours)
	}
	if _, place := c.locate(at); place < 0 || place >= HoursInDay || day.Hours[place].Hour != at.Time().In(c.Zone).Hour() || day.Hours[place].Start > at {
		t.Errorf("%v is in hour %d of %v", at.Time().In(c.Zone), place, date)
	}
}

// checkWall checks that the clocks show a time when they are said to show it.
func checkWall(t *testing.T, zone *time.Location, at timeline.Instant) {
	t.Helper()
	shown := func(at timeline.Instant) time.Time {
		local := at.Time().In(zone)
		_, offset := local.Zone()
		return at.Time().Add(time.Duration(offset) * time.Second)
	}
	instants := InstantsOf(shown(at), zone)
	if !slices.Contains(instants, at) || !slices.IsSorted(instants) || len(instants) > 2 {
		t.Errorf("%v is shown at %v, and not at %d", shown(at), instants, at)
	}
	for _, other := range instants {
		if !shown(other).Equal(shown(at)) {
			t.Errorf("%v is shown at %d, when the clocks show %v", shown(at), other, shown(other))
		}
	}
}

// FuzzParseMonth reads any text as a month, which must be its one spelling and have the days of
// its weeks.
func FuzzParseMonth(f *testing.F) {
	for _, seed := range []string{"", "2024", "2024-2", "2024-02", "2023-02", "2024-00", "2024-13", "2024-02-07", "1998-12", "1999-01", "9998-12", "9999-01", "2024-02 ", "+024-02", "２０２４-02"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		month, err := ParseMonth(text)
		if err != nil {
			if !errors.Is(err, ErrBadDate) || month != (DateRange{}) {
				t.Errorf("ParseMonth(%q) = %v, %v", text, month, err)
			}
			return
		}
		if first := month.From.String(); first != text+"-01" || month.Last().AddDays(1).Day != 1 || month.Days < 28 || month.Days > 31 {
			t.Errorf("ParseMonth(%q) = %v to %v", text, month.From, month.Last())
		}
		for _, day := range []Date{month.From, month.Last()} {
			if again, err := ParseDate(day.String()); err != nil || again != day || MonthOf(day) != month {
				t.Errorf("%v is read as %v, %v, in the month %v", day, again, err, MonthOf(day))
			}
			for start := time.Sunday; start <= time.Saturday; start++ {
				if week := WeekOf(day, start); !week.Contains(day) || week.From.Weekday() != start || week.Last().DaysSince(week.From) != 6 {
					t.Errorf("%v is in the week %v from %v on", day, week, start)
				}
			}
		}
	})
}
