package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// offlineDay is when the two computers of TestOfflineComputer work.
var offlineDay = time.Date(2024, 5, 1, 6, 0, 0, 0, time.UTC)

// A computer that was offline for a day delivers 200 presses into a history that went on.
// Everything is accepted, and the day is the one that would have been recorded online.
func TestOfflineComputer(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		one, two := tracker.Start(t, databaseURL), tracker.Start(t, databaseURL)
		t.Cleanup(func() { t.Log(tracker.Verify(t, databaseURL)) })
		online, offline := twoComputers()
		if len(offline) != 200 {
			t.Fatalf("the offline computer has %d presses, want 200", len(offline))
		}

		always := program.NewUser(t, one.URL)
		everything := slices.Concat(online, offline)
		slices.SortStableFunc(everything, func(a, b program.Event) int { return strings.Compare(a.Timestamp, b.Timestamp) })
		sendAll(t, always, everything)

		late := program.NewUser(t, one.URL)
		sendAll(t, late, online)
		for chunk := range slices.Chunk(offline, 70) {
			sendAll(t, late.At(t, two.URL), chunk)
			for _, r := range late.SendBatch(t, program.EventBatch{Events: chunk}).Results { // the answer was lost
				if r.Result != "duplicate" {
					t.Errorf("repeated: %v", r)
				}
			}
		}
		if diff := cmp.Diff(describeDay(t, always), describeDay(t, late)); diff != "" {
			t.Errorf("the day (-online +late):\n%s", diff)
		}
	})
}

// Presses of two computers whose times interleave go where their times fall: everything is
// accepted, whichever computer was heard first, and no instant counts twice.
func TestInterleavedComputers(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		t.Cleanup(func() { t.Log(tracker.Verify(t, databaseURL)) })
		next := func(minute int) program.Event {
			return program.Event{ID: uuid.NewString(), Type: "NEXT", Timestamp: offlineDay.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)}
		}
		var first, second []program.Event
		for i := range 20 {
			first, second = append(first, next(10+3*i)), append(second, next(11+3*i))
		}
		user := program.NewUser(t, s.URL)
		sendAll(t, user, first)
		sendAll(t, user, second)
		day := user.Day(t, "2024-05-01")
		if day.TotalSessions != 1 || day.TotalQuestions != 39 || day.ActiveSeconds != 58*60 {
			t.Errorf("got %d sessions, %d questions, %v s; want 1, 39, 3480", day.TotalSessions, day.TotalQuestions, day.ActiveSeconds)
		}
	})
}

// twoComputers returns the presses of two computers on which a person works in turns, from
// one session to the next: 10 sessions on each, with pauses and an undo.
func twoComputers() (online, offline []program.Event) {
	at := offlineDay
	work := func(kinds ...string) []program.Event {
		var presses []program.Event
		for i, kind := range kinds {
			at = at.Add(time.Duration(20+7*i) * time.Second)
			presses = append(presses, program.Event{ID: uuid.NewString(), Type: kind, Timestamp: at.Format(time.RFC3339)})
		}
		at = at.Add(3 * time.Minute)
		return presses
	}
	for range 10 {
		online = append(online, work("NEXT", "NEXT", "PAUSE", "PAUSE", "NEXT", "EXIT")...)
		session := slices.Concat([]string{"NEXT", "NEXT", "PAUSE", "NEXT", "UNDO", "PAUSE", "PAUSE"}, slices.Repeat([]string{"NEXT"}, 12), []string{"EXIT"})
		offline = append(offline, work(session...)...)
	}
	return online, offline
}

// sendAll sends presses in batches, of which every one must be accepted.
func sendAll(t *testing.T, c *program.Client, presses []program.Event) {
	t.Helper()
	for _, r := range c.SendBatch(t, program.EventBatch{Events: presses}).Results {
		if r.Result != "accepted" {
			t.Errorf("%v", r)
		}
	}
}

// describeDay returns the day of a user, and each of its sessions, without the ids that the
// server gave.
func describeDay(t *testing.T, c *program.Client) []string {
	t.Helper()
	day := c.Day(t, offlineDay.Format(time.DateOnly))
	lines := []string{fmt.Sprintf("%d sessions, %d questions, %v s, %v", day.TotalSessions, day.TotalQuestions, day.ActiveSeconds, day.Hours)}
	for _, s := range day.Sessions {
		var summary struct {
			StartedAt string `json:"started_at"`
			EndedAt   string `json:"ended_at"`
			Questions []struct {
				Index     int     `json:"index"`
				StartedAt string  `json:"started_at"`
				EndedAt   string  `json:"ended_at"`
				Raw       float64 `json:"raw_seconds"`
				Active    float64 `json:"active_seconds"`
			} `json:"questions"`
		}
		c.Must(t, http.StatusOK, http.MethodGet, "/summary/"+s.SessionID, nil).Decode(t, &summary)
		lines = append(lines, fmt.Sprintf("%+v", summary))
	}
	return lines
}
