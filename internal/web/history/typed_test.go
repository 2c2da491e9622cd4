package history

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestReadTime(t *testing.T) {
	zone := zoneOf(t, "Europe/Berlin")
	at := func(text string) timeline.Instant {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return timeline.InstantOf(parsed)
	}
	shown := at("2026-01-31T09:42:10.5Z")
	early, late := at("2025-10-26T00:30:00.25Z"), at("2025-10-26T01:30:00.25Z")
	for _, test := range []struct {
		name, text, which string
		shown             []timeline.Instant
		want              timeline.Instant
		problem           string
		twice             bool
	}{
		{name: "to the second", text: "2026-01-31T10:42:10", want: at("2026-01-31T09:42:10Z")},
		{name: "to the minute", text: "2026-01-31T10:42", want: at("2026-01-31T09:42:00Z")},
		{name: "with spaces", text: " 2026-01-31 10:42:10 ", want: at("2026-01-31T09:42:10Z")},
		{name: "as shown", text: "2026-01-31T10:42:10", shown: []timeline.Instant{shown}, want: shown},
		{name: "another than shown", text: "2026-01-31T10:42:11", shown: []timeline.Instant{shown}, want: at("2026-01-31T09:42:11Z")},
		{name: "two are shown", text: "2026-01-31T10:42:10", shown: []timeline.Instant{shown, shown + 1}, want: shown},
		{name: "nothing", text: "", problem: isUnreadable},
		{name: "no date", text: "10:42:10", problem: isUnreadable},
		{name: "no such date", text: "2026-02-29T10:42:10", problem: isUnreadable},
		{name: "skipped", text: "2025-03-30T02:30:00", problem: wasSkipped},
		{name: "twice", text: "2025-10-26T02:30:00", problem: cameTwice, twice: true},
		{name: "neither of the two", text: "2025-10-26T02:30:00", which: "third", problem: cameTwice, twice: true},
		{name: "the first of two", text: "2025-10-26T02:30:00", which: theFirst, want: at("2025-10-26T00:30:00Z"), twice: true},
		{name: "the second of two", text: "2025-10-26T02:30:00", which: theSecond, want: at("2025-10-26T01:30:00Z"), twice: true},
		{name: "the first, as shown", text: "2025-10-26T02:30:00", shown: []timeline.Instant{early}, want: early, twice: true},
		{name: "the second, as shown", text: "2025-10-26T02:30:00", shown: []timeline.Instant{late}, want: late, twice: true},
		{name: "not the one that is shown", text: "2025-10-26T02:30:00", which: theFirst, shown: []timeline.Instant{late}, want: at("2025-10-26T00:30:00Z"), twice: true},
		{name: "the one that is shown", text: "2025-10-26T02:30:00", which: theSecond, shown: []timeline.Instant{late}, want: late, twice: true},
	} {
		got := readTime(test.text, test.which, zone, test.shown...)
		if got.at != test.want || got.problem != test.problem || (len(got.twice.Options) > 0) != test.twice {
			t.Errorf("%s: %+v, want %d %q", test.name, got, test.want, test.problem)
		}
	}
}

// A field that is sent back as it was shown means the exact time, in every zone.
func TestShownTimesAreExact(t *testing.T) {
	zones := []*time.Location{zoneOf(t, "Europe/Berlin"), zoneOf(t, "Australia/Lord_Howe"), zoneOf(t, "America/St_Johns"), zoneOf(t, "Pacific/Apia")}
	rapid.Check(t, func(t *rapid.T) {
		at := timeline.Instant(rapid.Int64Range(946684800e6, 4102444800e6).Draw(t, "at"))
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		if got := readTime(wallOf(at, zone), "", zone, at); got.at != at || got.problem != "" {
			t.Errorf("%s is read as %+v", wallOf(at, zone), got)
		}
	})
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
