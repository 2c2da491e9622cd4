package report_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// anyCalendar draws a zone, mostly one with difficult clock changes, and an hour at which
// its days begin.
func anyCalendar() *rapid.Generator[report.Calendar] {
	return rapid.Custom(func(t *rapid.T) report.Calendar {
		name := rapid.SampledFrom([]string{
			"UTC", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns",
			"Asia/Beirut", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney",
			"Europe/Berlin", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Casablanca", "Antarctica/Troll",
		}).Draw(t, "name")
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return report.Calendar{Zone: zone, DayStart: rapid.IntRange(0, 6).Draw(t, "day start")}
	})
}

// anyInstant draws an instant of the years 2000 to 2039, half of them within a
// day and a half of a change of clocks.
func anyInstant(calendar report.Calendar) *rapid.Generator[timeline.Instant] {
	const from, to = 946_684_800, 2_208_988_800
	return rapid.Custom(func(t *rapid.T) timeline.Instant {
		i := time.Unix(rapid.Int64Range(from, to).Draw(t, "seconds"), 0)
		if _, change := i.In(calendar.Zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near a change") {
			i = change.Add(time.Duration(rapid.IntRange(-36*3600, 36*3600).Draw(t, "seconds from it")) * time.Second)
		}
		return timeline.InstantOf(i).Add(timeline.Micros(rapid.SampledFrom([]int{0, 0, 1, 999_999}).Draw(t, "microseconds")))
	})
}

// anyLogs draws sessions with questions that start within two days of around. Unlike in a
// real log, questions may overlap.
func anyLogs(around timeline.Instant) *rapid.Generator[[]report.SessionLog] {
	near := rapid.Custom(func(t *rapid.T) timeline.Instant {
		const twoDays = 48 * 60
		minutes := rapid.IntRange(-twoDays, twoDays).Draw(t, "minutes")
		return around.Add(timeline.Micros(minutes) * timeline.Minute)
	})
	return rapid.Custom(func(t *rapid.T) []report.SessionLog {
		logs := make([]report.SessionLog, rapid.IntRange(0, 5).Draw(t, "sessions"))
		for i := range logs {
			log := &logs[i]
			log.ID = fmt.Sprintf("session-%d", i)
			log.StartedAt = near.Draw(t, "start")
			log.Target = timeline.Micros(rapid.IntRange(1, 20).Draw(t, "target")) * timeline.Minute
			log.Questions = rapid.SliceOfN(anyQuestion(near), 0, 12).Draw(t, "questions")
			for _, q := range log.Questions {
				if q.Counts() {
					log.QuestionCount++
				}
			}
		}
		return logs
	})
}

func anyQuestion(start *rapid.Generator[timeline.Instant]) *rapid.Generator[timeline.Question] {
	return rapid.Custom(func(t *rapid.T) timeline.Question {
		q := timeline.Question{
			StartedAt: start.Draw(t, "start"),
			Paused:    timeline.Micros(rapid.Int64Range(0, int64(5*timeline.Minute)).Draw(t, "paused")),
			Outcome:   rapid.SampledFrom(append(timeline.Outcomes(), "")).Draw(t, "outcome"),
			Task:      timeline.Task{Count: rapid.IntRange(0, 3).Draw(t, "tasks")},
			Opening:   rapid.IntRange(0, 9).Draw(t, "opening") == 9,
			Deleted:   rapid.IntRange(0, 9).Draw(t, "deleted") == 9,
		}
		q.EndedAt = q.StartedAt.Add(timeline.Micros(rapid.Int64Range(0, int64(20*timeline.Minute)).Draw(t, "raw")))
		if rapid.IntRange(0, 3).Draw(t, "adjusted") == 0 {
			active := rapid.Int64Range(0, int64(q.Raw())).Draw(t, "adjusted active")
			q.Adjustment = timeline.Adjustment{Set: true, Active: timeline.Micros(active)}
		}
		if rapid.Bool().Draw(t, "has AET") {
			q.Task.AETHigh = timeline.Micros(rapid.IntRange(1, 15).Draw(t, "AET")) * timeline.Minute
		}
		return q
	})
}
