package chart_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// overBorder returns a session with one question, of which the last minutes were a pause.
func overBorder(t *testing.T, from, to string, pause timeline.Micros) report.Session {
	t.Helper()
	start, end := at(t, from), at(t, to)
	return report.SummarizeSession(report.SessionLog{
		SessionInfo: report.SessionInfo{ID: "s", StartedAt: start, EndedAt: end, Target: 10 * timeline.Minute},
		Questions:   []timeline.Question{{ID: "q", StartedAt: start, EndedAt: end, Paused: pause}},
	})
}

// marksOf returns what the line of a day draws for questions: the class, and by the hours of
// its axis from when to when.
func marksOf(t *testing.T, work chart.DayWork) []string {
	t.Helper()
	root := parse(t, chart.DayLine("d", chart.Wide, work).SVG)
	grid, labels := root.find("line", "grid"), root.find("text", "tick")
	if len(grid) == 0 {
		return nil
	}
	first, err := time.Parse("15:04", labels[0].Text)
	if err != nil {
		t.Fatal(err)
	}
	left := grid[0].number(t, "x1")
	perHour := (grid[len(grid)-1].number(t, "x1") - left) / float64(len(grid)-1)
	clock := func(x float64) string {
		minutes := 60*first.Hour() + int((x-left)/perHour*60+0.6) // a mark ends a pixel before the next
		return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
	}
	var marks []string
	for _, class := range []string{"q over", "q over before", "pause"} {
		for _, rect := range root.find("rect", class) {
			x := rect.number(t, "x")
			marks = append(marks, fmt.Sprintf("%s %s-%s", rect.attr("class"), clock(x), clock(x+rect.number(t, "width")+0.8)))
		}
	}
	return marks
}

// TestOverTheBorder checks that a question over the border of a day is drawn on both sides,
// cut at the border, with the row that says where it counts, and changes no number.
func TestOverTheBorder(t *testing.T) {
	type want struct {
		date  string
		marks []string
		row   string // of the question
		total string // questions of the day
	}
	for _, test := range []struct {
		name     string
		from, to string
		pause    timeline.Micros
		dayStart int
		days     []want
	}{
		{"midnight", "2026-11-24T23:30:00Z", "2026-11-25T00:30:00Z", 0, 0, []want{
			{"2026-11-23", nil, "", ""},
			{"2026-11-24", []string{"q over 23:30-24:00"}, "23:30|00:30 the day after|60:00|00:00|50:00 over|slow", "1 question"},
			{"2026-11-25", []string{"q over before 00:00-00:30"}, "23:30 the day before|00:30|–|–|–|counts on the day before", "0 questions"},
			{"2026-11-26", nil, "", ""},
		}},
		{"two midnights", "2026-11-24T23:00:00Z", "2026-11-26T01:00:00Z", 0, 0, []want{
			{"2026-11-25", []string{"q over before 00:00-24:00"}, "23:00 the day before|01:00 the day after|–|–|–|counts on the day before", "0 questions"},
			{"2026-11-26", []string{"q over before 00:00-01:00"}, "23:00 on Tue 24|01:00|–|–|–|counts on Tue 24", "0 questions"},
		}},
		{"a pause on the far side", "2026-11-24T23:30:00Z", "2026-11-25T01:00:00Z", 30 * timeline.Minute, 0, []want{
			{"2026-11-24", []string{"q over 23:30-24:00"}, "23:30|01:00 the day after|60:00|30:00|50:00 over|slow", "1 question"},
			{"2026-11-25", []string{"q over before 00:00-00:30", "pause 00:30-01:00"}, "23:30 the day before|01:00|–|–|–|counts on the day before", "0 questions"},
		}},
		{"a day that begins at 04:00", "2026-11-25T03:30:00Z", "2026-11-25T04:30:00Z", 0, 4, []want{
			{"2026-11-24", []string{"q over 03:30-04:00"}, "03:30|04:30 the day after|60:00|00:00|50:00 over|slow", "1 question"},
			{"2026-11-25", []string{"q over before 04:00-04:30"}, "03:30 the day before|04:30|–|–|–|counts on the day before", "0 questions"},
		}},
		{"up to the border", "2026-11-24T23:00:00Z", "2026-11-25T00:00:00Z", 0, 0, []want{{"2026-11-25", nil, "", ""}}},
		{"from the border on", "2026-11-25T00:00:00Z", "2026-11-25T01:00:00Z", 0, 0, []want{
			{"2026-11-24", nil, "", ""},
			{"2026-11-25", []string{"q over 00:00-01:00"}, "00:00|01:00|60:00|00:00|50:00 over|slow", "1 question"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, day := range test.days {
				work := chart.DayWork{
					Calendar: report.Calendar{Zone: time.UTC, DayStart: test.dayStart}, Date: date(t, day.date),
					Sessions: []report.Session{overBorder(t, test.from, test.to, test.pause)},
				}
				if diff := cmp.Diff(day.marks, marksOf(t, work)); diff != "" {
					t.Errorf("%s: drawn (-want +got):\n%s", day.date, diff)
				}
				c := chart.DayLine("d", chart.Wide, work)
				row, total := "", ""
				if len(c.Table.Rows) > 0 {
					row, total = strings.Join(c.Table.Rows[0], "|"), c.Table.Total[0]
				}
				if row != day.row || total != day.total || c.Empty != (day.marks == nil) {
					t.Errorf("%s: row %q of %q, want %q of %q", day.date, row, total, day.row, day.total)
				}
			}
		})
	}
}

// TestWordsOfACarriedQuestion checks what a person who cannot see the line, or points at it,
// is told of a question that ran into the day.
func TestWordsOfACarriedQuestion(t *testing.T) {
	carried := overBorder(t, "2026-11-24T23:30:00Z", "2026-11-25T00:30:00Z", 0)
	work := chart.DayWork{Calendar: midnights(t, "UTC"), Date: date(t, "2026-11-25"), Sessions: []report.Session{carried}}
	const says = "A question that began at 23:30 the day before ran until 00:30; it counts on the day before."
	if got := chart.DayLine("d", chart.Wide, work).Summary; got != "No question began on this day. "+says {
		t.Errorf("alone: %q", got)
	}
	own := summaries([]report.SessionLog{session("own", at(t, "2026-11-25T09:00:00Z"), 300, 360)})
	work.Sessions = append(work.Sessions, own...)
	c := chart.DayLine("d", chart.Narrow, work)
	if want := "1 session with 2 questions between 09:00 and 09:11: 11:00 active. " + says; c.Summary != want {
		t.Errorf("with work of the day: %q, want %q", c.Summary, want)
	}
	for _, words := range []string{
		"23:30 the day before to 00:30: 60:00, slow; counts on the day before",
		"Session until 00:30: its question counts on the day before",
		">counts on the day before</text>",
	} {
		if !strings.Contains(c.SVG, words) {
			t.Errorf("the drawing does not say %q", words)
		}
	}
	if legend := chart.LegendOf(work); len(legend) != len(chart.Legend())+1 || legend[len(legend)-1].Class != "before" {
		t.Errorf("legend %v", legend)
	}
	work.Sessions = own
	if legend := chart.LegendOf(work); len(legend) != len(chart.Legend()) {
		t.Errorf("legend without such a question: %v", legend)
	}
}

// TestOverTheHour checks that a question over a full hour is one mark on both sides of it.
func TestOverTheHour(t *testing.T) {
	work := chart.DayWork{
		Calendar: midnights(t, "UTC"), Date: date(t, "2026-11-25"),
		Sessions: []report.Session{overBorder(t, "2026-11-25T09:40:00Z", "2026-11-25T11:20:00Z", 0)},
	}
	if got := marksOf(t, work); len(got) != 1 || got[0] != "q over 09:40-11:20" {
		t.Errorf("drawn %q", got)
	}
}
