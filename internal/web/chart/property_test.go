package chart_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// anyCalendar draws a time zone, most often one with difficult clock changes, and an hour
// at which its days begin.
func anyCalendar() *rapid.Generator[report.Calendar] {
	return rapid.Custom(func(t *rapid.T) report.Calendar {
		name := rapid.SampledFrom([]string{
			"UTC", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Asia/Kathmandu",
			"Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll",
		}).Draw(t, "zone")
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return report.Calendar{Zone: z, DayStart: rapid.IntRange(0, 6).Draw(t, "day start")}
	})
}

// anyInstant draws an instant, half of the time near a clock change.
func anyInstant(calendar report.Calendar) *rapid.Generator[timeline.Instant] {
	const from, to = 946_684_800, 2_208_988_800 // 2000 to 2039
	return rapid.Custom(func(t *rapid.T) timeline.Instant {
		i := time.Unix(rapid.Int64Range(from, to).Draw(t, "seconds"), 0)
		if _, change := i.In(calendar.Zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near a change") {
			i = change.Add(time.Duration(rapid.IntRange(-20*3600, 20*3600).Draw(t, "seconds from it")) * time.Second)
		}
		return timeline.InstantOf(i)
	})
}

// anyLength draws realistic and absurd lengths of a question.
func anyLength() *rapid.Generator[timeline.Micros] {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(0, 15*60), func(s int) timeline.Micros { return timeline.Micros(s) * timeline.Second }),
		rapid.Map(rapid.Int64Range(0, int64(3*24*60*timeline.Minute)), func(d int64) timeline.Micros { return timeline.Micros(d) }),
		rapid.Just(timeline.Micros(0)), rapid.Just(timeline.Micros(1)),
	)
}

// anyLog draws a session whose questions follow one another.
func anyLog(around timeline.Instant, number int) *rapid.Generator[report.SessionLog] {
	return rapid.Custom(func(t *rapid.T) report.SessionLog {
		at := around.Add(timeline.Micros(rapid.IntRange(-30*60, 30*60).Draw(t, "minutes")) * timeline.Minute)
		log := report.SessionLog{SessionInfo: report.SessionInfo{
			ID: fmt.Sprint("session-", number), StartedAt: at, IsActive: rapid.Bool().Draw(t, "active"),
			Target: timeline.Micros(rapid.IntRange(0, 20).Draw(t, "target")) * timeline.Minute,
		}}
		for i := range rapid.SampledFrom([]int{0, 1, 2, 7, 30, 120}).Draw(t, "questions") {
			q := timeline.Question{ID: fmt.Sprint(number, "-", i), Seq: int64(i), StartedAt: at}
			q.Paused = anyLength().Draw(t, "paused") / 5
			q.EndedAt = at.Add(anyLength().Draw(t, "active") + q.Paused)
			if rapid.IntRange(0, 4).Draw(t, "AET") == 0 {
				q.Task = timeline.Task{AETHigh: timeline.Micros(rapid.IntRange(1, 30).Draw(t, "high")) * timeline.Minute, Type: hostile}
			}
			at = q.EndedAt
			log.Questions = append(log.Questions, q)
		}
		log.QuestionCount = len(log.Questions)
		if !log.IsActive {
			log.EndedAt = at
		}
		return log
	})
}

const hostile = `</title><script>alert("1")</script>&amp;'` + "\x00\xff"

// anyModel draws a model that a page could show.
func anyModel() *rapid.Generator[model] {
	return rapid.Custom(func(t *rapid.T) model {
		calendar := anyCalendar().Draw(t, "calendar")
		around := anyInstant(calendar).Draw(t, "around")
		var logs []report.SessionLog
		for i := range rapid.IntRange(0, 4).Draw(t, "sessions") {
			logs = append(logs, anyLog(around, i).Draw(t, "log"))
		}
		d := calendar.DateOf(around)
		m := model{
			day:       summarizeDay(d, calendar, logs),
			work:      chart.DayWork{Date: d, Calendar: calendar, Sessions: summaries(logs), Now: around},
			weekStart: time.Weekday(rapid.IntRange(0, 6).Draw(t, "week start")),
			goalTime:  rapid.SampledFrom([]timeline.Micros{0, 1, 90 * timeline.Minute, 30 * 60 * timeline.Minute}).Draw(t, "goal"),
		}
		m.week = report.SummarizePeriod(report.WeekOf(d, m.weekStart), calendar, logs)
		m.month = report.SummarizePeriod(report.MonthOf(d), calendar, logs)
		if len(logs) > 0 {
			m.session = m.work.Sessions[0]
			m.questions = questions(logs[:rapid.IntRange(1, len(logs)).Draw(t, "compared")])
		}
		return m
	})
}

// TestEveryDrawing checks that every drawing is well-formed, stays within its viewBox,
// keeps its texts apart, and contains nothing but shapes and words.
func TestEveryDrawing(t *testing.T) {
	for _, kind := range kinds {
		for _, l := range layouts {
			t.Run(kind.name+" "+l.name, rapid.MakeCheck(func(t *rapid.T) {
				m := anyModel().Draw(t, "model")
				id := rapid.SampledFrom([]string{"chart", hostile[:20], "a&b"}).Draw(t, "id")
				c := kind.draw(id, l.layout, m)
				root := checkDrawing(t, id, c)
				if !strings.Contains(root.attr("class"), l.name) {
					t.Errorf("class %q in layout %s", root.attr("class"), l.name)
				}
			}))
		}
	}
}

// TestTablesAddUp checks that the tables have the totals of the models, and their rows add
// up to them.
func TestTablesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel().Draw(t, "model")
		checkSum(t, chart.Hours("h", chart.Wide, m.day), m.day.Totals.Questions)
		checkSum(t, chart.WeekActive("w", chart.Wide, m.week, m.goalTime), m.week.Totals.Questions)
		checkSum(t, chart.MonthHeat("m", chart.Narrow, m.month, m.weekStart), m.month.Totals.Questions)
		checkSum(t, chart.Distribution("d", chart.Wide, report.TimingsOf(m.questions)), len(m.questions))
		checkActive(t, chart.Hours("h", chart.Wide, m.day), 2, m.day.Totals)
		checkActive(t, chart.WeekActive("w", chart.Wide, m.week, m.goalTime), 2, m.week.Totals)
		checkActive(t, chart.MonthHeat("m", chart.Wide, m.month, m.weekStart), 2, m.month.Totals)
		checkActive(t, chart.QuestionBars("q", chart.Wide, m.session), 1, m.session.Totals)

		line := chart.DayLine("l", chart.Wide, m.work)
		checkActive(t, line, 2, m.day.Totals)
		carried, otherSessions := carriedInto(m)
		if len(line.Table.Rows) != m.day.Totals.Questions+carried {
			t.Errorf("the day line has %d rows, the day %d questions, and %d ran into it", len(line.Table.Rows), m.day.Totals.Questions, carried)
		}
		if drawn := len(parse(t, line.SVG).find("rect", "sess")); drawn != len(m.day.Sessions)+otherSessions {
			t.Errorf("the day line has %d sessions, the day %d, and %d others ran into it", drawn, len(m.day.Sessions), otherSessions)
		}
	})
}

// carriedInto counts the questions that ran into the day of a model from before it, and the
// sessions that have nothing else there.
func carriedInto(m model) (questions, otherSessions int) {
	start, _ := m.work.Date.Cover(m.work.Calendar)
	for _, s := range m.work.Sessions {
		before := questions
		for _, q := range s.Questions {
			if q.EndedAt > start && m.work.DateOf(q.StartedAt).DaysSince(m.work.Date) < 0 {
				questions++
			}
		}
		if questions > before && !slices.ContainsFunc(m.day.Sessions, func(d report.SessionDay) bool { return d.ID == s.ID }) {
			otherSessions++
		}
	}
	return questions, otherSessions
}

// checkSum adds up the second column, which counts questions.
func checkSum(t *rapid.T, c chart.Chart, want int) {
	t.Helper()
	sum := 0
	for _, row := range c.Table.Rows {
		n, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if sum != want || !c.Empty && c.Table.Total[1] != strconv.Itoa(want) {
		t.Errorf("%s: rows add up to %d below total %q, want %d", c.Title, sum, c.Table.Total, want)
	}
}

func checkActive(t *rapid.T, c chart.Chart, column int, want report.Totals) {
	t.Helper()
	if want.Questions > 0 && strings.TrimSuffix(c.Table.Total[column], " h") != report.Total(want.Active) {
		t.Errorf("%s: total %q, want %s", c.Title, c.Table.Total, report.Total(want.Active))
	}
}

// TestNamesAndLines checks that in a distribution no line crosses the name of another.
func TestNamesAndLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel().Draw(t, "model")
		l := rapid.SampledFrom(layouts).Draw(t, "layout").layout
		root := parse(t, chart.Distribution("d", l, report.TimingsOf(m.questions)).SVG)
		for _, name := range []string{"tname", "mname", "pname"} {
			for _, text := range root.find("text", name) {
				for _, line := range []string{"tline", "mline", "pline"} {
					for _, e := range root.find("line", line) {
						if areaOf(t, text).meets(areaOf(t, e)) {
							t.Errorf("%q at %v meets the line %s at %v", text.Text, areaOf(t, text), line, areaOf(t, e))
						}
					}
				}
			}
		}
	})
}
