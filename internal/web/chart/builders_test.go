package chart_test

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // the zones must not depend on the machine

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// midnights returns the days of a zone that begin at midnight.
func midnights(t testing.TB, zone string) report.Calendar {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return report.Calendar{Zone: z}
}

func date(t testing.TB, text string) report.Date {
	t.Helper()
	d, err := report.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// at parses an instant with its offset, "2024-03-10T01:30:00-05:00".
func at(t testing.TB, text string) timeline.Instant {
	t.Helper()
	i, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return timeline.InstantOf(i)
}

// session returns a session whose questions took these seconds, one after another. After
// every fifth question there is a pause of two minutes, which belongs to the next one.
func session(id string, start timeline.Instant, seconds ...int) report.SessionLog {
	log := report.SessionLog{SessionInfo: report.SessionInfo{
		ID: id, StartedAt: start, Target: 330 * timeline.Second, QuestionCount: len(seconds),
	}}
	for i, active := range seconds {
		q := timeline.Question{ID: fmt.Sprintf("%s-%d", id, i), Seq: int64(i), StartedAt: start}
		if i%5 == 4 {
			q.Paused = 2 * timeline.Minute
		}
		q.EndedAt = start.Add(timeline.Micros(active)*timeline.Second + q.Paused)
		log.Questions = append(log.Questions, q)
		start = q.EndedAt
	}
	log.EndedAt = start
	return log
}

// workday returns a day with three sessions, the last of which is still running.
func workday(t testing.TB) []report.SessionLog {
	t.Helper()
	logs := []report.SessionLog{
		session("a", at(t, "2026-11-24T09:12:00-05:00"),
			323, 364, 407, 359, 310, 377, 401, 168, 272, 505, 266, 220, 507, 438),
		session("b", at(t, "2026-11-24T13:05:00-05:00"),
			143, 233, 237, 261, 330, 293, 183, 303, 512, 405, 222, 443, 399, 193, 392, 288, 507),
		session("c", at(t, "2026-11-24T16:40:00-05:00"),
			176, 260, 559, 303, 379, 141, 484, 233, 345),
	}
	logs[2].EndedAt, logs[2].IsActive = 0, true
	logs[0].Questions[3].Task = timeline.Task{AETHigh: 8 * timeline.Minute, Type: "Needs <Met> & \"Page\""}
	return logs
}

// month returns four weeks of work, with two sessions on most days.
func month(t testing.TB) []report.SessionLog {
	t.Helper()
	var logs []report.SessionLog
	for day := 1; day <= 26; day++ {
		if day%7 == 1 || day == 12 {
			continue
		}
		start := timeline.InstantOf(time.Date(2026, 11, day, 15, 0, 0, 0, time.UTC))
		n := 4 + day*day%23
		seconds := make([]int, n)
		for i := range seconds {
			seconds[i] = 180 + (i*97+day*61)%330
		}
		logs = append(logs, session(fmt.Sprint("m", day), start, seconds...))
	}
	return logs
}

func summaries(logs []report.SessionLog) []report.Session {
	sessions := make([]report.Session, len(logs))
	for i, log := range logs {
		sessions[i] = report.SummarizeSession(log)
	}
	return sessions
}

func questions(logs []report.SessionLog) []report.Question {
	var all []report.Question
	for _, s := range summaries(logs) {
		all = append(all, s.Questions...)
	}
	return all
}

// model is the data of all charts.
type model struct {
	day       report.Day
	work      chart.DayWork
	session   report.Session
	week      report.Period
	month     report.Period
	questions []report.Question
	weekStart time.Weekday
	goalTime  timeline.Micros
}

// full returns the example of the golden files.
func full(t testing.TB) model {
	t.Helper()
	newYork, today := midnights(t, "America/New_York"), date(t, "2026-11-24")
	logs := workday(t)
	return model{
		day: summarizeDay(today, newYork, logs),
		work: chart.DayWork{
			Date: today, Calendar: newYork, Sessions: summaries(logs), Now: at(t, "2026-11-24T17:35:42-05:00"),
		},
		session:   report.SummarizeSession(logs[0]),
		week:      report.SummarizePeriod(report.WeekOf(today, time.Monday), newYork, month(t)),
		month:     report.SummarizePeriod(report.MonthOf(today), newYork, month(t)),
		questions: questions(logs[1:]), // they have one target
		weekStart: time.Monday,
		goalTime:  2 * 60 * timeline.Minute,
	}
}

// empty returns the model of a user without any work.
func empty(t testing.TB) model {
	t.Helper()
	utc, today := midnights(t, "UTC"), date(t, "2026-11-24")
	return model{
		day:   summarizeDay(today, utc, nil),
		work:  chart.DayWork{Date: today, Calendar: utc},
		week:  report.SummarizePeriod(report.WeekOf(today, time.Sunday), utc, nil),
		month: report.SummarizePeriod(report.MonthOf(today), utc, nil),
	}
}

// kinds are all charts, each drawn from a model.
var kinds = []struct {
	name string
	draw func(id string, layout chart.Layout, m model) chart.Chart
}{
	{"hours", func(id string, layout chart.Layout, m model) chart.Chart { return chart.Hours(id, layout, m.day) }},
	{"dayline", func(id string, layout chart.Layout, m model) chart.Chart { return chart.DayLine(id, layout, m.work) }},
	{"questionbars", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.QuestionBars(id, layout, m.session)
	}},
	{"weekactive", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.WeekActive(id, layout, m.week, m.goalTime)
	}},
	{"monthheat", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.MonthHeat(id, layout, m.month, m.weekStart)
	}},
	{"dayaverages", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.DayAverages(id, layout, m.month)
	}},
	{"weekaverages", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.WeekAverages(id, layout, m.month, m.weekStart)
	}},
	{"distributionpage", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.Distribution(id, asWideAsThePage(layout), report.TimingsOf(m.questions))
	}},
	{"dayaveragespage", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.DayAverages(id, asWideAsThePage(layout), m.week)
	}},
	{"distribution", func(id string, layout chart.Layout, m model) chart.Chart {
		return chart.Distribution(id, layout, report.TimingsOf(m.questions))
	}},
}

// asWideAsThePage turns Wide into Page.
func asWideAsThePage(layout chart.Layout) chart.Layout {
	if layout == chart.Wide {
		return chart.Page
	}
	return layout
}

var layouts = []struct {
	name   string
	layout chart.Layout
}{{"wide", chart.Wide}, {"narrow", chart.Narrow}}

// summarizeDay returns the summary of one day.
func summarizeDay(date report.Date, calendar report.Calendar, logs []report.SessionLog) report.Day {
	return report.SummarizePeriod(report.DateRange{From: date, Days: 1}, calendar, logs).Days[0]
}
