package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const target = 5 * timeline.Minute

// sessionLine is what a test wants to see of a SessionDay.
type sessionLine struct {
	ID        string
	Questions int
	Active    timeline.Micros
}

func lines(day report.Day) []sessionLine {
	var all []sessionLine
	for _, s := range day.Sessions {
		all = append(all, sessionLine{s.ID, s.Totals.Questions, s.Totals.Active})
	}
	return all
}

// hourCounts returns how many questions each hour has, without empty hours.
func hourCounts(day report.Day) map[int]int {
	counts := map[int]int{}
	for _, h := range day.Hours {
		if h.Totals.Questions > 0 {
			counts[h.Hour] = h.Totals.Questions
		}
	}
	return counts
}

// logOf returns a session that began with its first question.
func logOf(id string, questions ...timeline.Question) report.SessionLog {
	return report.SessionLog{
		SessionInfo: report.SessionInfo{ID: id, StartedAt: questions[0].StartedAt, Target: target, QuestionCount: len(questions)},
		Questions:   questions,
	}
}

func TestASessionAcrossMidnightIsOnBothDays(t *testing.T) {
	for _, tc := range []struct {
		zone, offset string
	}{
		{"America/New_York", "-05:00"}, {"Australia/Sydney", "+11:00"},
	} {
		t.Run(tc.zone, func(t *testing.T) {
			calendar := midnights(t, tc.zone)
			logs := []report.SessionLog{logOf(
				"night",
				question(t, "a", "2024-02-07T23:40:00"+tc.offset, 10*timeline.Minute),
				question(t, "b", "2024-02-07T23:59:59.999999"+tc.offset, 7*timeline.Minute), // ends on the next day
				question(t, "c", "2024-02-08T00:00:00"+tc.offset, 4*timeline.Minute),
			)}
			for _, want := range []struct {
				date  string
				lines []sessionLine
				hours map[int]int
			}{
				{"2024-02-06", nil, map[int]int{}},
				{"2024-02-07", []sessionLine{{"night", 2, 17 * timeline.Minute}}, map[int]int{23: 2}},
				{"2024-02-08", []sessionLine{{"night", 1, 4 * timeline.Minute}}, map[int]int{0: 1}},
				{"2024-02-09", nil, map[int]int{}},
			} {
				day := summarizeDay(date(t, want.date), calendar, logs)
				if diff := cmp.Diff(want.lines, lines(day)); diff != "" {
					t.Errorf("sessions of %s (-want +got):\n%s", want.date, diff)
				}
				if diff := cmp.Diff(want.hours, hourCounts(day)); diff != "" {
					t.Errorf("hours of %s (-want +got):\n%s", want.date, diff)
				}
			}
		})
	}
}

func TestDaysThatChangeClocksKeepWallClockHours(t *testing.T) {
	for _, tc := range []struct {
		zone, date string
		starts     []string
		want       map[int]int
	}{
		{"America/New_York", "2024-03-10", []string{
			"2024-03-10T01:59:00-05:00", "2024-03-10T03:00:00-04:00",
		}, map[int]int{1: 1, 3: 1}},
		{"America/New_York", "2024-11-03", []string{
			"2024-11-03T01:30:00-04:00", "2024-11-03T01:30:00-05:00", "2024-11-03T02:00:00-05:00",
		}, map[int]int{1: 2, 2: 1}},
		{"Australia/Sydney", "2024-04-07", []string{
			"2024-04-07T02:30:00+11:00", "2024-04-07T02:30:00+10:00",
		}, map[int]int{2: 2}},
		{"Australia/Sydney", "2024-10-06", []string{
			"2024-10-06T01:59:59+10:00", "2024-10-06T03:00:00+11:00",
		}, map[int]int{1: 1, 3: 1}},
		{"Australia/Lord_Howe", "2024-04-07", []string{
			"2024-04-07T01:45:00+11:00", "2024-04-07T01:45:00+10:30", "2024-04-07T02:00:00+10:30",
		}, map[int]int{1: 2, 2: 1}},
		{"America/St_Johns", "2006-10-28", []string{
			"2006-10-28T23:30:00-02:30", "2006-10-29T00:00:30-02:30", // the second is of the next day
			"2006-10-28T23:30:00-03:30", "2006-10-29T00:00:30-03:30", // and so is the last
		}, map[int]int{23: 2}},
		{"America/St_Johns", "2006-10-29", []string{
			"2006-10-28T23:30:00-02:30", "2006-10-29T00:00:30-02:30",
			"2006-10-28T23:30:00-03:30", "2006-10-29T00:00:30-03:30",
		}, map[int]int{0: 2}},
		{"Pacific/Apia", "2011-12-30", []string{
			"2011-12-29T23:59:59-10:00", "2011-12-31T00:00:00+14:00",
		}, map[int]int{}},
		{"Asia/Kolkata", "2024-02-07", []string{
			"2024-02-06T18:29:59Z", "2024-02-06T18:30:00Z", "2024-02-07T18:29:59Z", "2024-02-07T18:30:00Z",
		}, map[int]int{0: 1, 23: 1}},
	} {
		t.Run(tc.zone+" "+tc.date, func(t *testing.T) {
			var questions []timeline.Question
			for _, start := range tc.starts {
				questions = append(questions, question(t, start, start, timeline.Minute))
			}
			day := summarizeDay(date(t, tc.date), midnights(t, tc.zone), []report.SessionLog{logOf("s", questions...)})
			if diff := cmp.Diff(tc.want, hourCounts(day)); diff != "" {
				t.Errorf("hours (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhichSessionsAreOnADay(t *testing.T) {
	start := at(t, "2024-02-07T09:00:00Z")
	opening := timeline.Question{ID: "o", StartedAt: start, EndedAt: start, Opening: true}
	deleted := timeline.Question{ID: "d", StartedAt: start, EndedAt: start.Add(target), Deleted: true}
	work := timeline.Question{ID: "w", StartedAt: start, EndedAt: start.Add(target)}
	info := func(id string, startedAt timeline.Instant, count int) report.SessionInfo {
		return report.SessionInfo{ID: id, StartedAt: startedAt, QuestionCount: count, Target: target}
	}
	aDay := 24 * 60 * timeline.Minute

	logs := []report.SessionLog{
		{info("later", start.Add(1), 1), []timeline.Question{opening, work}},
		{info("b", start, 1), []timeline.Question{work}},
		{info("a", start, 0), []timeline.Question{opening}},
		{info("bare", start.Add(2), 0), nil},
		{info("all deleted", start.Add(3), 0), []timeline.Question{opening, deleted}},
		{info("from yesterday", start.Add(-aDay), 1), []timeline.Question{work}},
		{info("idle since yesterday", start.Add(-aDay), 0), []timeline.Question{opening}},
		{info("uncounted", start.Add(-aDay+5), 0), []timeline.Question{work}}, // its question counts, although QuestionCount is 0
		{info("questions tomorrow", start.Add(4), 5), []timeline.Question{opening}},
	}
	want := []sessionLine{
		{"from yesterday", 1, target},
		{"uncounted", 1, target},
		{"a", 0, 0},
		{"b", 1, target},
		{"later", 1, target},
		{"bare", 0, 0},
		{"all deleted", 0, 0},
	}
	day := summarizeDay(date(t, "2024-02-07"), midnights(t, "UTC"), logs)
	if diff := cmp.Diff(want, lines(day)); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
	if want := (report.Totals{Questions: 4, Raw: 4 * target, Active: 4 * target, Expected: 4 * target, Tasks: 4, Outcomes: report.Outcomes{Untold: 4}}); day.Totals != want {
		t.Errorf("totals = %+v, want %+v", day.Totals, want)
	}
}

// Hours, sessions and totals of a day are three ways to add up the same questions.
func TestDayAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		noon := anyInstant(calendar).Draw(t, "instant")
		logs := anyLogs(noon).Draw(t, "logs")
		d := calendar.DateOf(noon)
		day := summarizeDay(d, calendar, logs)

		var hours, sessions report.Totals
		for _, h := range day.Hours {
			hours = hours.Plus(h.Totals)
		}
		for _, s := range day.Sessions {
			sessions = sessions.Plus(s.Totals)
		}
		if want := sumOf(logs, func(q timeline.Question) bool { return calendar.DateOf(q.StartedAt) == d }); day.Totals != want {
			t.Errorf("totals = %+v, want %+v", day.Totals, want)
		}
		if hours != day.Totals || sessions != day.Totals {
			t.Errorf("hours %+v, sessions %+v, totals %+v", hours, sessions, day.Totals)
		}
	})
}

// sumOf adds up the questions that count and that are wanted.
func sumOf(logs []report.SessionLog, wanted func(timeline.Question) bool) report.Totals {
	var sum report.Totals
	for _, log := range logs {
		for _, q := range log.Questions {
			if q.Opening || q.Deleted || !wanted(q) {
				continue
			}
			sum.Questions++
			sum.Raw += q.Raw()
			sum.Active += q.Active()
			sum.Expected += q.Target(log.Target)
			sum.Tasks += max(1, q.Task.Count)
			countOutcome(&sum.Outcomes, q.Outcome)
		}
	}
	return sum
}

func countOutcome(to *report.Outcomes, o timeline.Outcome) {
	counts := map[timeline.Outcome]*int{
		timeline.Submitted: &to.Submitted, timeline.Released: &to.Released,
		timeline.Expired: &to.Expired, timeline.Skipped: &to.Skipped, "": &to.Untold,
	}
	*counts[o]++
}
