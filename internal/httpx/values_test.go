package httpx

import (
	"errors"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

func TestID(t *testing.T) {
	unknown := errors.New("no such thing")
	const id = "0190b5a0-7c3e-7d4a-9f00-00000000000a"
	for text, want := range map[string]string{
		id: id, "0190B5A0-7C3E-7D4A-9F00-00000000000A": id,
		"": "", "1": "", id[1:]: "", "{" + id + "}": "", "urn:uuid:" + id: "", "0190b5a07c3e7d4a9f0000000000000a": "",
		"0190b5a0-7c3e-7d4a-9f00-00000000000g": "",
	} {
		got, err := ID(text, unknown)
		if got != want || (want == "") != errors.Is(err, unknown) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestDates(t *testing.T) {
	today := report.Date{Year: 2026, Month: time.March, Day: 5}
	if date, err := DateOr("", today); err != nil || date != today {
		t.Errorf("no date: %v, %v", date, err)
	}
	if date, err := DateOr("2026-02-07", today); err != nil || date.String() != "2026-02-07" {
		t.Errorf("a date: %v, %v", date, err)
	}
	if month, err := MonthOr("", today); err != nil || month != report.MonthOf(today) {
		t.Errorf("no month: %v, %v", month, err)
	}
	if month, err := MonthOr("2024-02", today); err != nil || month.Days != 29 {
		t.Errorf("a month: %v, %v", month, err)
	}
	for _, text := range []string{"today", "2026-2-7", "1998-12-31"} {
		_, err := DateOr(text, today)
		_, errOfMonth := MonthOr(text, today)
		for _, err := range []error{err, errOfMonth} {
			if declared, ok := errors.AsType[*fault.Error](err); !ok || declared.Kind != fault.Malformed {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

func TestHours(t *testing.T) {
	for hour := range 24 {
		if got := HourIn(HourText(hour)); got != hour {
			t.Errorf("%q is the hour %d, want %d", HourText(hour), got, hour)
		}
	}
	for _, text := range []string{"", "5", "5:00", "05", "05:30", "05:00:00", "24:00", "-1:00", "aa:00"} {
		if hour := HourIn(text); hour != -1 {
			t.Errorf("%q is the hour %d", text, hour)
		}
	}
}

func TestWeekday(t *testing.T) {
	for name, want := range map[string]time.Weekday{"Sunday": time.Sunday, "monday": time.Monday, "SATURDAY": time.Saturday} {
		if day, ok := Weekday(name); !ok || day != want {
			t.Errorf("%s: %v, %t", name, day, ok)
		}
	}
	for _, name := range []string{"", "mon", "Montag"} {
		if day, ok := Weekday(name); ok {
			t.Errorf("%q is %v", name, day)
		}
	}
}
