package report

import (
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// A time of the clock is at one instant, at none where clocks skip it, and at two where they
// fall back across it.
func TestInstantsOf(t *testing.T) {
	for _, test := range []struct {
		zone, wall string
		want       []string
	}{
		{"UTC", "2026-01-31T14:32:00Z", []string{"2026-01-31T14:32:00Z"}},
		{"America/New_York", "2026-01-31T14:32:00Z", []string{"2026-01-31T19:32:00Z"}},
		{"Pacific/Kiritimati", "2026-01-31T00:00:00Z", []string{"2026-01-30T10:00:00Z"}},
		{"Europe/Berlin", "2026-03-29T01:59:59Z", []string{"2026-03-29T00:59:59Z"}},
		{"Europe/Berlin", "2026-03-29T02:00:00Z", nil},
		{"Europe/Berlin", "2026-03-29T02:59:59Z", nil},
		{"Europe/Berlin", "2026-03-29T03:00:00Z", []string{"2026-03-29T01:00:00Z"}},
		{"Europe/Berlin", "2026-10-25T01:59:59Z", []string{"2026-10-24T23:59:59Z"}},
		{"Europe/Berlin", "2026-10-25T02:00:00Z", []string{"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"}},
		{"Europe/Berlin", "2026-10-25T02:59:59Z", []string{"2026-10-25T00:59:59Z", "2026-10-25T01:59:59Z"}},
		{"Europe/Berlin", "2026-10-25T03:00:00Z", []string{"2026-10-25T02:00:00Z"}},
		{"Australia/Lord_Howe", "2026-04-05T01:45:00Z", []string{"2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"}},
		{"Australia/Lord_Howe", "2026-10-04T02:15:00Z", nil},
		{"Pacific/Apia", "2011-12-30T12:00:00Z", nil}, // a day that never was
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		wall, err := time.Parse(time.RFC3339, test.wall)
		if err != nil {
			t.Fatal(err)
		}
		var want []timeline.Instant
		for _, text := range test.want {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, timeline.InstantOf(at))
		}
		if got := InstantsOf(wall, zone); !slices.Equal(got, want) {
			t.Errorf("%s in %s: %v, want %v", test.wall, test.zone, got, want)
		}
	}
}
