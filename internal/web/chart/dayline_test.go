package chart_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// TestDayLineClock checks that a day that was worked from end to end has the hours that its
// clocks showed, each at the right distance from the start.
func TestDayLineClock(t *testing.T) {
	tests := []struct {
		name, zone, date string
		dayStart         int
		want             string // labels, of a day worked from end to end
		hours            float64
	}{
		{
			"an hour is skipped", "America/New_York", "2026-03-08", 0,
			"00 01 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", 23,
		},
		{
			"an hour comes twice", "America/New_York", "2026-11-01", 0,
			"00 01 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", 25,
		},
		{
			"half an hour comes twice", "Australia/Lord_Howe", "2026-04-05", 0,
			"00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", 24.5,
		},
		{
			"midnight is skipped", "America/Sao_Paulo", "2018-11-04", 0,
			"01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", 23,
		},
		{
			"half an hour is skipped up to a full one", "America/Caracas", "2016-05-01", 0,
			"00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", 23.5,
		},
		{
			"an offset of three quarters", "Asia/Kathmandu", "2026-11-24", 0,
			"00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", 24,
		},
		{
			"a day from 05:00", "Asia/Manila", "2026-11-24", 5,
			"05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 00 01 02 03 04 05", 24,
		},
		{
			"a day from 02:00, which is skipped at its end", "America/New_York", "2026-03-07", 2,
			"02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 00 01 03", 24,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			z, d := midnights(t, test.zone), date(t, test.date)
			z.DayStart = test.dayStart
			from, to := d.Cover(z)
			if got := float64(to.Since(from)) / float64(60*timeline.Minute); got != test.hours {
				t.Fatalf("the day has %v hours", got)
			}
			log := report.SessionLog{
				SessionInfo: report.SessionInfo{StartedAt: from, EndedAt: to, Target: timeline.Minute},
				Questions:   []timeline.Question{{StartedAt: from, EndedAt: to}},
			}
			work := chart.DayWork{Date: d, Calendar: z, Sessions: summaries([]report.SessionLog{log})}
			all := strings.Fields(test.want)
			checkClock(t, chart.DayLine("d", chart.Narrow, work), "y1", all, from, to, work)
			// From left to right, every second hour has room for its label.
			even := slices.DeleteFunc(all, func(hour string) bool { return strings.ContainsAny(hour[1:], "13579") })
			checkClock(t, chart.DayLine("d", chart.Wide, work), "x1", even, from, to, work)
		})
	}
}

// checkClock reads the labels, and where the grid lines stand along the line.
func checkClock(t *testing.T, c chart.Chart, along string, want []string, from, to timeline.Instant, work chart.DayWork) {
	t.Helper()
	root := parse(t, c.SVG)
	var got []string
	for _, label := range root.find("text", "tick") {
		if clock, ok := strings.CutSuffix(label.Text, ":00"); ok && len(clock) == 2 {
			got = append(got, clock)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("hours\n%v, want\n%v", got, want)
	}
	lines := root.find("line", "grid")
	start, end := lines[0].number(t, along), lines[len(lines)-1].number(t, along)
	first := from
	for clock := first.Time().In(work.Zone); clock.Minute() != 0; clock = first.Time().In(work.Zone) {
		first = first.Add(timeline.Minute)
	}
	perMinute := (end - start) / to.Since(first).Minutes()
	at := first
	for i, line := range lines {
		for at.Time().In(work.Zone).Minute() != 0 {
			at = at.Add(timeline.Minute)
		}
		if got, want := line.number(t, along), start+perMinute*at.Since(first).Minutes(); math.Abs(got-want) > 0.11 {
			t.Errorf("line %d at %v, want %v", i, got, want)
		}
		at = at.Add(timeline.Minute)
	}
}

// TestDayLineShowsWork checks that hours before and after the work are cut off.
func TestDayLineShowsWork(t *testing.T) {
	tests := []struct {
		name, start string
		seconds     []int
		want        string
	}{
		{"in the middle", "2026-11-24T10:20:00Z", []int{3000, 7000, 3000}, "10:00 11:00 12:00 13:00 14:00"},
		{"short", "2026-11-24T10:20:00Z", []int{60}, "09:00 10:00 11:00 12:00"},
		{"on the hour", "2026-11-24T10:00:00Z", []int{3600, 3600, 3600}, "10:00 11:00 12:00 13:00"},
		{"at the start", "2026-11-24T00:00:00Z", []int{60}, "00:00 01:00 02:00 03:00"},
		{"over midnight", "2026-11-24T23:50:00Z", []int{300, 900, 900}, "21:00 22:00 23:00 24:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			work := chart.DayWork{
				Date: date(t, "2026-11-24"), Calendar: midnights(t, "UTC"),
				Sessions: summaries([]report.SessionLog{session("s", at(t, test.start), test.seconds...)}),
			}
			var got []string
			for _, label := range parse(t, chart.DayLine("d", chart.Wide, work).SVG).find("text", "tick") {
				got = append(got, label.Text)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("ticks %v, want %s", got, test.want)
			}
		})
	}
}

// TestDayLineOverMidnight checks that a session over midnight shows on each day the
// questions of that day, and the one that ran into it.
func TestDayLineOverMidnight(t *testing.T) {
	sessions := summaries([]report.SessionLog{session("s", at(t, "2026-11-24T23:50:00Z"), 300, 900, 900)})
	for day, want := range map[string][][]string{
		"2026-11-24": {{"23:50", "23:55"}, {"23:55", "00:10 the day after"}},
		"2026-11-25": {{"23:55 the day before", "00:10"}, {"00:10", "00:25"}},
		"2026-11-26": nil,
	} {
		c := chart.DayLine("d", chart.Wide, chart.DayWork{Date: date(t, day), Calendar: midnights(t, "UTC"), Sessions: sessions})
		var got [][]string
		for _, row := range c.Table.Rows {
			got = append(got, row[:2])
		}
		if !slices.EqualFunc(got, want, slices.Equal) || c.Empty != (want == nil) {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}

// TestDayLineRunning checks that a running session reaches to now, even before its first
// question.
func TestDayLineRunning(t *testing.T) {
	start := at(t, "2026-11-24T10:00:00Z")
	work := chart.DayWork{
		Date: date(t, "2026-11-24"), Calendar: midnights(t, "UTC"), Now: start.Add(90 * timeline.Minute),
		Sessions: []report.Session{{SessionInfo: report.SessionInfo{StartedAt: start, IsActive: true}}},
	}
	c := chart.DayLine("d", chart.Wide, work)
	const want = "1 session with 0 questions between 10:00 and now: 00:00 active."
	if c.Empty || c.Summary != want {
		t.Errorf("empty %v, %q, want %q", c.Empty, c.Summary, want)
	}
	root := parse(t, c.SVG)
	band, grid := root.find("rect", "sess")[0], root.find("line", "grid")
	if perHour := grid[1].number(t, "x1") - grid[0].number(t, "x1"); math.Abs(band.number(t, "width")-1.5*perHour) > 0.2 {
		t.Errorf("the band is %v wide, an hour %v", band.number(t, "width"), perHour)
	}
}
