package chart_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// Hours come in the order of the day: a night is not torn apart.
func TestHoursOfANight(t *testing.T) {
	nights := midnights(t, "Asia/Manila")
	nights.DayStart = 5
	log := report.SessionLog{SessionInfo: report.SessionInfo{StartedAt: at(t, "2026-11-24T22:10:00+08:00"), Target: timeline.Minute}}
	for hour := range 5 { // 22:10 to 02:10
		start := log.StartedAt.Add(timeline.Micros(hour) * 60 * timeline.Minute)
		log.Questions = append(log.Questions, timeline.Question{StartedAt: start, EndedAt: start.Add(timeline.Minute)})
	}
	log.QuestionCount = len(log.Questions)
	table := chart.Hours("h", chart.Wide, summarizeDay(date(t, "2026-11-24"), nights, []report.SessionLog{log})).Table
	var got []string
	for _, row := range table.Rows {
		got = append(got, row[0][:2]+" "+row[1])
	}
	want := []string{"20 0", "21 0", "22 1", "23 1", "00 1", "01 1", "02 1", "03 0", "04 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestClassOf uses the labels that report returns, so that a label that is renamed there
// does not lose its colour here.
func TestClassOf(t *testing.T) {
	tests := []struct {
		percent timeline.Micros // percent of the expected time
		want    string
	}{
		{0, "fast"},
		{49, "fast"},
		{50, "fast"},
		{69, "fast"},
		{70, "good"},
		{89, "good"},
		{90, "good"},
		{109, "good"},
		{110, "slow"},
		{129, "slow"},
		{130, "over"},
		{1000, "over"},
	}
	for _, test := range tests {
		pace := report.PaceOf(test.percent, 100)
		if got := chart.ClassOf(pace); got != test.want {
			t.Errorf("%d %% (%s): %q, want %q", test.percent, pace.Label, got, test.want)
		}
	}
	if got := chart.ClassOf(report.PaceOf(0, 0)); got != "none" {
		t.Errorf("no questions: %q", got)
	}
}

// TestHostileText checks that the text of a task stays text, and that characters that XML does
// not allow are replaced.
func TestHostileText(t *testing.T) {
	session := report.Session{Questions: []report.Question{{
		Index: 1, Active: timeline.Minute, Target: timeline.Minute, Task: timeline.Task{Type: hostile},
	}}}
	bar := parse(t, chart.QuestionBars("q", chart.Wide, session).SVG).find("rect", "q good")[0]
	const want = `Question 1: 01:00, target 01:00, on the target (on target), </title><script>alert("1")</script>&amp;'` + "\ufffd\ufffd"
	if got := bar.Children[0].Text; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

// TestHeatSteps checks that the legend's words for a day's colour are true of the day.
func TestHeatSteps(t *testing.T) {
	tests := []struct {
		minutes [5]int // of work on five days
		legend  string
	}{
		{[5]int{0, 14, 29, 44, 45}, "none, under 15 min, 15 to 30 min, 30 to 45 min, 45 min or more"},
		{[5]int{0, 29, 30, 60, 90}, "none, under 30 min, 30 to 60 min, 60 to 90 min, 90 min or more"},
		{[5]int{0, 59, 119, 179, 180}, "none, under 1 h, 1 to 2 h, 2 to 3 h, 3 h or more"},
		{[5]int{0, 1, 120, 240, 360}, "none, under 2 h, 2 to 4 h, 4 to 6 h, 6 h or more"},
		{[5]int{0, 179, 180, 539, 900}, "none, under 3 h, 3 to 6 h, 6 to 9 h, 9 h or more"},
	}
	for _, test := range tests {
		t.Run(test.legend, func(t *testing.T) {
			month := report.SummarizePeriod(report.DateRange{From: date(t, "2026-11-01"), Days: 5}, midnights(t, "UTC"), nil)
			for i, minutes := range test.minutes {
				if minutes > 0 {
					month.Days[i].Totals = report.Totals{Questions: 1, Active: timeline.Micros(minutes) * timeline.Minute}
					month.Totals = month.Totals.Plus(month.Days[i].Totals)
				}
			}
			root := parse(t, chart.MonthHeat("m", chart.Wide, month, time.Sunday).SVG)
			for i := range test.minutes {
				fields := root.find("rect", fmt.Sprint("heat", i)) // the day, and the legend's sample
				if len(fields) != 2 || !strings.HasPrefix(fields[0].Children[0].Text, dateWords(month.Days[i].Date)) {
					t.Errorf("step %d is %v, want day %d", i, fields, i+1)
				}
			}
			ticks := root.find("text", "tick")
			var legend []string
			for _, words := range ticks[len(ticks)-5:] {
				legend = append(legend, words.Text)
			}
			if got := strings.Join(legend, ", "); got != test.legend {
				t.Errorf("legend %q", got)
			}
		})
	}
}

// dateWords returns a date of November 2026 as the charts write it.
func dateWords(d report.Date) string { return fmt.Sprintf("%s, %d November 2026", d.Weekday(), d.Day) }

// TestMonthBeginsOnWeekStart checks that every day stands below its weekday.
func TestMonthBeginsOnWeekStart(t *testing.T) {
	m := full(t)
	for weekStart := range time.Saturday + 1 {
		ticks := parse(t, chart.MonthHeat("m", chart.Wide, m.month, weekStart).SVG).find("text", "tick")
		headings, days := ticks[:7], ticks[7:37]
		if headings[0].Text != weekStart.String()[:3] {
			t.Errorf("a week that starts on %s begins with %s", weekStart, headings[0].Text)
		}
		for i, day := range days {
			column := (int(m.month.Days[i].Date.Weekday()) - int(weekStart) + 7) % 7
			if day.attr("x") != headings[column].attr("x") {
				t.Errorf("start %s: day %s is not below %s", weekStart, day.Text, headings[column].Text)
			}
		}
	}
}

// TestCutBar checks that one question that nobody paused does not flatten the others, and a
// cut shows that its bar continues.
func TestCutBar(t *testing.T) {
	log := session("s", at(t, "2026-11-24T10:00:00Z"), 300, 320, 310, 36000, 330, 290, 300, 310, 330, 300, 290, 320)
	s := report.SummarizeSession(log)
	root := parse(t, chart.QuestionBars("q", chart.Wide, s).SVG)
	if n := len(root.find("rect", "cut")); n != 1 {
		t.Errorf("%d bars are cut, want 1", n)
	}
	if height := root.find("rect", "q good")[0].number(t, "height"); height < 40 {
		t.Errorf("an ordinary question is %v high", height)
	}
	c := chart.Distribution("d", chart.Wide, report.TimingsOf(s.Questions))
	const want = "1 question longer than 20:00, at the right edge."
	if !strings.HasSuffix(c.Summary, want) {
		t.Errorf("summary %q, want the end %q", c.Summary, want)
	}
}

// TestManyQuestions checks that too many questions for dots are counted by bars.
func TestManyQuestions(t *testing.T) {
	for n, dots := range map[int]int{1: 1, 40: 40, 400: 0} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			seconds := make([]int, n)
			for i := range seconds {
				seconds[i] = 200 + i*37%300
			}
			all := questions([]report.SessionLog{session("s", at(t, "2026-11-24T00:00:00Z"), seconds...)})
			c := chart.Distribution("d", chart.Wide, report.TimingsOf(all))
			drawn, counted := 0, 0
			for _, e := range checkDrawing(t, "d", c).Children {
				switch e.XMLName.Local {
				case "circle":
					drawn++
				case "rect": // "04:30 to 04:53: 21 questions, on target"
					_, after, _ := strings.Cut(e.Children[0].Text, ": ")
					number, _, _ := strings.Cut(after, " ")
					in, err := strconv.Atoi(number)
					if err != nil {
						t.Error(err)
					}
					counted += in
				}
			}
			if drawn != dots || drawn+counted != n {
				t.Errorf("%d dots and %d counted, want %d dots of %d", drawn, counted, dots, n)
			}
		})
	}
}

// TestLegend checks that the legend has every colour of a pace, once.
func TestLegend(t *testing.T) {
	var got []string
	for _, key := range chart.Legend() {
		got = append(got, key.Class+": "+key.Words)
	}
	const want = "fast: fast, good: on target, slow: a bit slow, over: slow"
	if strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
