package timeline_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestInstantOf(t *testing.T) {
	kathmandu := time.FixedZone("+05:45", 5*3600+45*60)
	tests := []struct {
		name string
		time time.Time
		want tl.Instant
	}{
		{"the epoch", time.Unix(0, 0), 0},
		{"nanoseconds are cut, not rounded", time.Unix(1, 999_999_999), 1_999_999},
		{"the zone does not matter", time.Date(2024, 2, 29, 5, 45, 0, 1000, kathmandu), 1_709_164_800_000_001},
		{"the first allowed", time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), 946_684_800_000_000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := tl.InstantOf(test.time); got != test.want {
				t.Errorf("InstantOf(%s) = %d, want %d", test.time, got, test.want)
			}
		})
	}
}

// An Instant survives the way to a time.Time, which is in UTC, and back.
func TestInstantTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := instants().Draw(t, "instant")
		asTime := i.Time()
		if back := tl.InstantOf(asTime); back != i {
			t.Errorf("%d became %d", i, back)
		}
		if asTime.Location() != time.UTC {
			t.Errorf("in zone %s", asTime.Location())
		}
	})
}

// Since returns what Add has added, and never a negative length.
func TestAddAndSince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, d := instants().Draw(t, "instant"), steps().Draw(t, "length")
		later := i.Add(d)
		if got := later.Since(i); got != d {
			t.Errorf("%d after %d: Since says %d", d, i, got)
		}
		if got := i.Since(later); got != 0 {
			t.Errorf("%d before %d: Since says %d", d, later, got)
		}
	})
}

// Seconds loses no microsecond of any time between two allowed instants.
func TestSecondsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := tl.Micros(rapid.Int64Range(0, int64(latest-earliest)).Draw(t, "micros"))
		if back := tl.Micros(math.Round(m.Seconds() * 1e6)); back != m {
			t.Errorf("%d µs are %v s, and these %d µs", m, m.Seconds(), back)
		}
	})
}

func TestMinutes(t *testing.T) {
	if got := (5*tl.Minute + 30*tl.Second).Minutes(); got != 5.5 {
		t.Errorf("5:30 is %v minutes", got)
	}
}
