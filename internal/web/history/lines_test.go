package history

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// historyOf returns the history of a log, as the tracker does. Times are in minutes after
// 09:00; IDs are given by the order of arrival: a, b, c, …
func historyOf(log ...timeline.Event) tracker.History {
	start := timeline.InstantOf(time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC))
	for i := range log {
		log[i].ID, log[i].Seq = string(rune('a'+i)), int64(i+1)
		log[i].At = start.Add(timeline.Micros(log[i].At) * timeline.Minute)
		if log[i].Type == timeline.MovePress {
			log[i].MovedTo = start.Add(timeline.Micros(log[i].MovedTo) * timeline.Minute)
		}
	}
	folded := timeline.Fold(log)
	info := report.SessionInfo{ID: "s", StartedAt: folded.StartedAt, EndedAt: folded.EndedAt, IsActive: folded.Active()}
	return tracker.History{
		Session: report.SummarizeSession(report.SessionLog{SessionInfo: info, Questions: folded.Visible()}),
		Steps:   timeline.Steps(log),
	}
}

func TestLines(t *testing.T) {
	paused, running := true, false
	press := func(kind timeline.Type, minute timeline.Instant) timeline.Event {
		return timeline.Event{Type: kind, At: minute}
	}
	correction := func(kind timeline.Type, minute timeline.Instant, press string) timeline.Event {
		return timeline.Event{Type: kind, At: minute, PressID: press}
	}
	for _, test := range []struct {
		name string
		log  []timeline.Event
		want []string
	}{
		{
			"a pause that is asked for twice",
			[]timeline.Event{
				press(timeline.Next, 0),
				{Type: timeline.Pause, At: 1, WantPaused: &paused},
				{Type: timeline.Pause, At: 2, WantPaused: &paused},
				{Type: timeline.Pause, At: 3, WantPaused: &running},
				{Type: timeline.Pause, At: 4, WantPaused: &running},
				press(timeline.Exit, 5),
			},
			[]string{
				"09:00:00 Start", "09:01:00 Pause", "09:02:00 Pause: no effect", "09:03:00 Resume after 02:00", "09:04:00 Resume: no effect",
				"09:05:00 End: question 1, 03:00",
			},
		},
		{
			"presses without effect",
			[]timeline.Event{press(timeline.Next, 0), press(timeline.Undo, 1), press(timeline.Undo, 2), press(timeline.Exit, 3), press(timeline.Exit, 4)},
			[]string{"09:00:00 Start", "09:01:00 Undo: question 1 runs again", "09:02:00 Undo: no effect", "09:03:00 End: question 1, 03:00", "09:04:00 End: no effect"},
		},
		{
			"an undo, and what became of tasks",
			[]timeline.Event{
				press(timeline.Next, 0),
				{Type: timeline.Next, At: 1, Outcome: timeline.Released},
				{Type: timeline.Next, At: 2, Outcome: timeline.Submitted},
				press(timeline.Undo, 3),
				{Type: timeline.Exit, At: 4, Outcome: timeline.Expired},
			},
			[]string{
				"09:00:00 Start", "09:01:00 Next: question 1, 01:00, released", "09:02:00 Next: a question, 01:00, which Undo takes back",
				"09:03:00 Undo: question 2 runs again", "09:04:00 End: question 2, 03:00, expired",
			},
		},
		{
			"an undo while the question runs",
			[]timeline.Event{press(timeline.Next, 0), press(timeline.Next, 1), press(timeline.Undo, 2)},
			[]string{"09:00:00 Start", "09:01:00 Next: a question, 01:00, which Undo takes back", "09:02:00 Undo: question 1 runs again"},
		},
		{
			"an end that came late, before a press",
			[]timeline.Event{press(timeline.Next, 0), press(timeline.Next, 5), press(timeline.Exit, 3)},
			[]string{"09:00:00 Start", "09:03:00 End: question 1, 03:00", "09:05:00 Start again"},
		},
		{
			"presses that were corrected",
			[]timeline.Event{
				press(timeline.Next, 0),
				{Type: timeline.Next, At: 2, ByHand: true},
				press(timeline.Exit, 4),
				{Type: timeline.MovePress, At: 10, PressID: "b", MovedTo: 3},
				correction(timeline.RemovePress, 11, "c"), correction(timeline.RestorePress, 12, "c"),
				correction(timeline.RemovePress, 13, "b"),
			},
			[]string{
				"09:00:00 Start", "09:03:00 Next (added by hand, moved from 09:02:00, removed) [09:10:00 moved to 09:03:00, 09:13:00 removed]",
				"09:04:00 End: question 1, 04:00 [09:11:00 removed, 09:12:00 restored]",
			},
		},
		{
			"corrections of questions and of the session",
			[]timeline.Event{
				press(timeline.Next, 0), press(timeline.Next, 2), press(timeline.Exit, 4),
				{Type: timeline.DeleteQuestion, At: 5, QuestionID: "b"},
				{Type: timeline.RestoreQuestion, At: 6, QuestionID: "b"},
				{Type: timeline.DeleteQuestion, At: 7, QuestionID: "b"},
				{Type: timeline.AdjustQuestion, At: 8, QuestionID: "c", Adjustment: timeline.Adjustment{Set: true, Active: timeline.Minute}},
				{Type: timeline.AdjustQuestion, At: 9, QuestionID: "c"},
				press(timeline.DeleteSession, 10), press(timeline.RestoreSession, 11),
				{Type: timeline.SetTarget, At: 12, Target: 4 * timeline.Minute},
			},
			[]string{
				"09:00:00 Start", "09:02:00 Next: a question, 02:00, deleted [09:05:00 question deleted, 09:06:00 question restored, 09:07:00 question deleted]",
				"09:04:00 End: question 1, 02:00 [09:08:00 active time set to 01:00, 09:09:00 active time set back]",
				"09:10:00 Session deleted", "09:11:00 Session restored", "09:12:00 Target set to 04:00",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, l := range linesOf(historyOf(test.log...), time.UTC) {
				text := l.Time + " " + l.Text
				if len(l.Marks) > 0 {
					text += " (" + strings.Join(l.Marks, ", ") + ")"
				}
				if len(l.Notes) > 0 {
					text += " [" + strings.Join(l.Notes, ", ") + "]"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
