package words

import (
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestSeconds(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) timeline.Instant {
		parsed, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return timeline.InstantOf(parsed)
	}
	for _, test := range []struct{ name, from, to, at, want string }{
		{"on one day", "2026-01-31 09:00:00", "2026-01-31 11:00:00", "2026-01-31 10:42:10", "11:42:10"},
		{"a correction of another day", "2026-01-31 09:00:00", "2026-01-31 11:00:00", "2026-02-01 10:42:10", "1 Feb 11:42:10"},
		{"the same day of another year", "2026-01-31 09:00:00", "2026-01-31 11:00:00", "2027-01-31 10:42:10", "31 Jan 11:42:10"},
		{"over midnight, before it", "2026-01-31 22:00:00", "2026-02-01 01:00:00", "2026-01-31 22:42:10", "31 Jan 23:42:10"},
		{"over midnight, after it", "2026-01-31 22:00:00", "2026-02-01 01:00:00", "2026-01-31 23:42:10", "1 Feb 00:42:10"},
		{"the clocks go back", "2025-10-25 23:00:00", "2025-10-26 02:00:00", "2025-10-26 00:30:00", "02:30:00 CEST"},
		{"the clocks have gone back", "2025-10-25 23:00:00", "2025-10-26 02:00:00", "2025-10-26 01:30:00", "02:30:00 CET"},
	} {
		if got := SecondsOf(at(test.from), at(test.to), berlin).At(at(test.at)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
