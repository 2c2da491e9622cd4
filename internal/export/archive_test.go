package export_test

import (
	"io"
	"iter"
	"strconv"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/export"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func none(func(export.Log, error) bool) {}

func profile(t testing.TB) export.Profile {
	t.Helper()
	return export.Profile{
		Email: "ann@example.org", FirstName: `=1+1`, LastName: `</script>"`, Timezone: "Europe/Berlin", DayStart: "05:00", ReportingTimezone: "America/Los_Angeles",
		WeekStart: "monday", Target: export.SecondsIf(330*timeline.Second, true), ForgottenAfter: export.SecondsIf(90*timeline.Minute, true), WantsReportEmails: true,
		CreatedAt: export.TimeIf(at(t, "2026-01-01T00:00:00.000001Z")),
	}
}

// logs yields an event of every type, with every field that an event can have.
func logs(t testing.TB) iter.Seq2[export.Log, error] {
	t.Helper()
	start, no := at(t, "2026-01-31T12:00:00Z"), false
	log := export.Log{SessionID: "11111111-1111-4111-8111-111111111111"}
	add := func(minute timeline.Micros, e timeline.Event) {
		e.Seq = int64(len(log.Events) + 1)
		e.ID, e.At = "e"+strconv.FormatInt(e.Seq, 10), start.Add(minute*timeline.Minute)
		log.Events = append(log.Events, export.Event{Event: e, ReceivedAt: e.At.Add(timeline.Second), ClientAt: e.At, SentAt: e.At.Add(1)})
	}
	add(0, timeline.Event{Type: timeline.Next, Target: 330 * timeline.Second})
	add(5, timeline.Event{Type: timeline.Next, Task: hostileTasks[4]})
	add(6, timeline.Event{Type: timeline.Pause})
	add(8, timeline.Event{Type: timeline.Pause, WantPaused: &no})
	add(12, timeline.Event{Type: timeline.Next, Outcome: timeline.Submitted, Task: timeline.Task{Count: 3}})
	add(13, timeline.Event{Type: timeline.Next})
	add(14, timeline.Event{Type: timeline.Undo})
	add(20, timeline.Event{Type: timeline.Exit, Outcome: timeline.Released})
	add(21, timeline.Event{Type: timeline.AdjustQuestion, QuestionID: "e5", Adjustment: timeline.Adjustment{Set: true, Active: 90_500_000}})
	add(22, timeline.Event{Type: timeline.DeleteQuestion, QuestionID: "e2"})
	add(23, timeline.Event{Type: timeline.SetTarget, Target: 4 * timeline.Minute})
	add(24, timeline.Event{Type: timeline.Pause, ByHand: true})
	add(25, timeline.Event{Type: timeline.MovePress, PressID: "e6", MovedTo: start.Add(12*timeline.Minute + timeline.Second)})
	add(26, timeline.Event{Type: timeline.RemovePress, PressID: "e3"})
	deleted := export.Log{SessionID: "22222222-2222-4222-8222-222222222222"}
	deleted.Events = []export.Event{
		{Event: timeline.Event{ID: "d1", Seq: 1, Type: timeline.Next, At: start, Target: timeline.Minute}, ReceivedAt: start},
		{Event: timeline.Event{ID: "d2", Seq: 2, Type: timeline.DeleteSession, At: start.Add(1)}, ReceivedAt: start},
	}
	return func(yield func(export.Log, error) bool) {
		_ = yield(log, nil) && yield(deleted, nil)
	}
}

// An archive is written while it is read: it takes the memory of one session, whatever
// the number of them.
func TestArchiveIsAStream(t *testing.T) {
	written, read := 0, 0
	counting := writerFunc(func(p []byte) (int, error) { written += len(p); return len(p), nil })
	err := export.Archive(counting, 1, export.Profile{}, func(yield func(export.Log, error) bool) {
		for range 100 {
			before := written
			if !yield(export.Log{SessionID: "x", Events: make([]export.Event, 10)}, nil) {
				return
			}
			if read++; written == before {
				t.Fatal("a session was kept")
			}
		}
	})
	if err != nil || read != 100 {
		t.Errorf("%d sessions: %v", read, err)
	}
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

var _ io.Writer = writerFunc(nil)
