package report_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

var badDates = []string{
	"", " ", "today", "2024", "2024-02", "2024-2-7", "2024-02-7", "2024-2-07", "24-02-07",
	"2024-02-30", "2023-02-29", "2024-00-10", "2024-13-01", "2024-02-00", "2024/02/07",
	"2024-02-07 ", " 2024-02-07", "2024-02-07T00:00:00Z", "02024-02-07", "+2024-02-07",
	"1998-12-31", "9999-01-01", "-2024-02-07", "2024-02-07\n", "２０２４-02-07", "2024-02-0x",
}

func TestParseDate(t *testing.T) {
	for _, tc := range []struct {
		text string
		want report.Date
	}{
		{"2024-02-07", report.Date{Year: 2024, Month: time.February, Day: 7}},
		{"2024-02-29", report.Date{Year: 2024, Month: time.February, Day: 29}},
		{"2000-01-01", report.Date{Year: 2000, Month: time.January, Day: 1}},
		{"9998-12-31", report.Date{Year: 9998, Month: time.December, Day: 31}},
	} {
		if got, err := report.ParseDate(tc.text); err != nil || got != tc.want {
			t.Errorf("ParseDate(%q) = %v, %v, want %v", tc.text, got, err, tc.want)
		}
	}
	for _, text := range badDates {
		if got, err := report.ParseDate(text); !errors.Is(err, report.ErrBadDate) {
			t.Errorf("ParseDate(%q) = %v, %v, want ErrBadDate", text, got, err)
		}
	}
}

func TestParseMonth(t *testing.T) {
	for _, tc := range []struct {
		text, first, last string
	}{
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"2023-02", "2023-02-01", "2023-02-28"},
		{"2000-01", "2000-01-01", "2000-01-31"},
		{"9998-12", "9998-12-01", "9998-12-31"},
		{"2024-11", "2024-11-01", "2024-11-30"},
	} {
		got, err := report.ParseMonth(tc.text)
		if err != nil || got.From.String() != tc.first || got.Last().String() != tc.last {
			t.Errorf("ParseMonth(%q) = %v to %v, %v, want %s to %s", tc.text, got.From, got.Last(), err, tc.first, tc.last)
		}
	}
	for _, text := range []string{"", "2024", "2024-2", "2024-00", "2024-13", "2024-02-07", "1998-12", "9999-01", "2024-02 "} {
		if got, err := report.ParseMonth(text); !errors.Is(err, report.ErrBadDate) {
			t.Errorf("ParseMonth(%q) = %v, %v, want ErrBadDate", text, got, err)
		}
	}
}

// FuzzParseDate checks that an accepted text names a day that exists and is written back
// unchanged, and that any other text returns ErrBadDate.
func FuzzParseDate(f *testing.F) {
	for _, text := range badDates {
		f.Add(text)
	}
	f.Add("2024-02-07")
	f.Add("2000-01-01")
	f.Add("9998-12-31")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := report.ParseDate(text)
		if err != nil {
			if !errors.Is(err, report.ErrBadDate) || d != (report.Date{}) {
				t.Fatalf("ParseDate(%q) = %v, %v, want no date and ErrBadDate", text, d, err)
			}
			return
		}
		if d.String() != text {
			t.Errorf("ParseDate(%q).String() = %q", text, d)
		}
		if d.Year < 1999 || d.Year > 9998 {
			t.Errorf("ParseDate(%q) accepts the year %d", text, d.Year)
		}
		if back := d.AddDays(1).AddDays(-1); back != d {
			t.Errorf("the day before the day after %v is %v", d, back)
		}
	})
}

func TestDateArithmetic(t *testing.T) {
	for _, tc := range []struct {
		from string
		days int
		want string
	}{
		{"2024-02-28", 1, "2024-02-29"},
		{"2023-02-28", 1, "2023-03-01"},
		{"2024-01-01", -1, "2023-12-31"},
		{"2024-03-10", 0, "2024-03-10"},
		{"2000-01-01", -1, "1999-12-31"},
		{"2000-01-01", 2_921_574, "9998-12-31"},
	} {
		from := date(t, tc.from)
		got := from.AddDays(tc.days)
		if got.String() != tc.want {
			t.Errorf("%v.AddDays(%d) = %v, want %s", from, tc.days, got, tc.want)
		}
		if since := got.DaysSince(from); since != tc.days {
			t.Errorf("%v.DaysSince(%v) = %d, want %d", got, from, since, tc.days)
		}
	}
}

func TestDatesReadCompareAndAddAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := report.Date{Year: 2000, Month: time.January, Day: 1}
		a := rapid.IntRange(0, 2_921_574).Draw(t, "a")
		b := rapid.IntRange(0, 2_921_574).Draw(t, "b")
		dateA, dateB := first.AddDays(a), first.AddDays(b)
		if got, err := report.ParseDate(dateA.String()); err != nil || got != dateA {
			t.Errorf("ParseDate(%q) = %v, %v", dateA, got, err)
		}
		if got := dateB.DaysSince(dateA); got != b-a {
			t.Errorf("%v.DaysSince(%v) = %d, want %d", dateB, dateA, got, b-a)
		}
		if got := dateB.Compare(dateA); sign(got) != sign(b-a) {
			t.Errorf("%v.Compare(%v) = %d", dateB, dateA, got)
		}
		// 2000-01-01 was a Saturday.
		if got, want := dateA.Weekday(), time.Weekday((int(time.Saturday)+a)%7); got != want {
			t.Errorf("%v is a %v, want %v", dateA, got, want)
		}
	})
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestWeekOf(t *testing.T) {
	for _, tc := range []struct {
		day   string
		start time.Weekday
		want  string
	}{
		{"2024-02-07", time.Monday, "2024-02-05"}, // a Wednesday
		{"2024-02-05", time.Monday, "2024-02-05"},
		{"2024-02-11", time.Monday, "2024-02-05"},
		{"2024-02-12", time.Monday, "2024-02-12"},
		{"2024-02-07", time.Sunday, "2024-02-04"},
		{"2024-02-10", time.Sunday, "2024-02-04"},
		{"2024-02-07", time.Saturday, "2024-02-03"},
		{"2024-01-01", time.Sunday, "2023-12-31"},
	} {
		got := report.WeekOf(date(t, tc.day), tc.start)
		if got.From.String() != tc.want || got.Days != 7 {
			t.Errorf("WeekOf(%s, %v) = %v, want 7 days from %s", tc.day, tc.start, got, tc.want)
		}
	}
}

func TestWeekOfHoldsItsDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := report.Date{Year: 2000, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 100_000).Draw(t, "day"))
		start := time.Weekday(rapid.IntRange(0, 6).Draw(t, "start"))
		week := report.WeekOf(d, start)
		if week.From.Weekday() != start || week.From.Compare(d) > 0 || week.Last().Compare(d) < 0 {
			t.Errorf("WeekOf(%v, %v) = %v to %v", d, start, week.From, week.Last())
		}
	})
}
