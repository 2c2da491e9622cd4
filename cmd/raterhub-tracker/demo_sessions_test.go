package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// moments draws times at which somebody may start the demo, in zones with and without
// daylight-saving time.
func moments(t *testing.T) *rapid.Generator[time.Time] {
	t.Helper()
	var zones []*time.Location
	for _, name := range []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	return rapid.Custom(func(t *rapid.T) time.Time {
		year := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		after := rapid.Int64Range(0, 366*24*3600).Draw(t, "second of the year")
		return year.Add(time.Duration(after) * time.Second).In(rapid.SampledFrom(zones).Draw(t, "zone"))
	})
}

// The demo's sessions are plausible whenever it starts.
func TestDemoSessionsAreBelievable(t *testing.T) {
	t.Parallel()
	at := moments(t)
	rapid.Check(t, func(t *rapid.T) {
		now := at.Draw(t, "now")
		sessions := demoSessions(now)
		checkDemoSpan(t, sessions, now)
		newest := timeline.Instant(0)
		for i, presses := range sessions {
			if len(presses) == 0 || presses[0].Type != timeline.Next {
				t.Fatalf("session %d does not start with NEXT", i)
			}
			for _, press := range presses {
				if press.At < newest {
					t.Fatalf("session %d has a press at %s, after one at %s", i, press.At.Time(), newest.Time())
				}
				newest = press.At
			}
			session := timeline.Fold(logOf(presses))
			last := i == len(sessions)-1
			if running := session.Phase == timeline.Running; running != last {
				t.Errorf("session %d of %d runs: %t", i, len(sessions), running)
			}
			checkDemoQuestions(t, session, last)
		}
		if newest > timeline.InstantOf(now) {
			t.Errorf("a press lies in the future: %s", newest.Time())
		}
	})
}

// Two demos that start at the same time are equal, so a screenshot can be repeated.
func TestDemoSessionsAreAlike(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 17, 5, 0, 0, time.UTC)
	if diff := cmp.Diff(demoSessions(now), demoSessions(now)); diff != "" {
		t.Errorf("two demos differ:\n%s", diff)
	}
}

func checkDemoSpan(t *rapid.T, sessions [][]tracker.Press, now time.Time) {
	t.Helper()
	first, last := sessions[0][0].At.Time(), sessions[len(sessions)-1][0].At.Time()
	// Weekends are off, so the first session may be some days after the first day.
	if days := now.Sub(first).Hours() / 24; days < 18 || days > 22 {
		t.Errorf("the first session is %.1f days ago", days)
	}
	if minutes := now.Sub(last).Minutes(); minutes < 30 || minutes > 60 {
		t.Errorf("the running session started %.1f minutes ago", minutes)
	}
	if len(sessions) < 16 {
		t.Errorf("%d sessions in three weeks", len(sessions))
	}
}

// checkDemoQuestions checks that a rater takes minutes for a question, not seconds or
// hours.
func checkDemoQuestions(t *rapid.T, s timeline.Session, running bool) {
	t.Helper()
	if !running && s.Counted < 6 {
		t.Errorf("%d questions in a session that is over", s.Counted)
	}
	for _, q := range s.Questions {
		if !q.Counts() {
			continue
		}
		if q.Active() < timeline.Minute || q.Active() > 15*timeline.Minute || q.Paused > 15*timeline.Minute {
			t.Errorf("a question took %.1f s, %.1f s of pause", q.Active().Seconds(), q.Paused.Seconds())
		}
		if q.Task.AETHigh == 0 || q.Task.AETLow > q.Task.AETHigh || q.Task.AETText == "" || q.Task.ID == "" || q.Task.Type == "" {
			t.Errorf("a question is of the task %+v", q.Task)
		}
	}
}

func logOf(presses []tracker.Press) []timeline.Event {
	log := make([]timeline.Event, len(presses))
	for i, p := range presses {
		log[i] = timeline.Event{
			ID: string(rune('a' + i)), Seq: int64(i + 1),
			Type: p.Type, At: p.At, WantPaused: p.WantPaused, Task: p.Task, Target: 330 * timeline.Second,
		}
	}
	return log
}
