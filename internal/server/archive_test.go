package server

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// archive is what a reader of the JSON sees.
type archive struct {
	Format   string
	Version  int
	Profile  map[string]any
	Sessions []struct {
		ID        string         `json:"session_id"`
		Entries   []archiveEntry `json:"entries"`
		Questions []struct {
			ID        string    `json:"id"`
			StartedAt time.Time `json:"started_at"`
			EndedAt   time.Time `json:"ended_at"`
			Active    float64   `json:"active_seconds"`
			Target    float64   `json:"target_seconds"`
		} `json:"questions"`
	}
}

type archiveEntry struct {
	ID       string    `json:"id"`
	Seq      int64     `json:"seq"`
	Type     string    `json:"type"`
	At       time.Time `json:"timestamp"`
	Paused   *bool     `json:"paused"`
	TaskID   string    `json:"task_id"`
	High     float64   `json:"aet_high_seconds"`
	Target   float64   `json:"target_seconds"`
	Question string    `json:"question_id"`
	Press    string    `json:"press_id"`
	MovedTo  time.Time `json:"moved_to"`
	Adjusted *float64  `json:"adjusted_active_seconds"`
}

func micros(seconds float64) timeline.Micros { return timeline.Micros(math.Round(seconds * 1e6)) }

func (e archiveEntry) event() timeline.Event {
	event := timeline.Event{
		ID: e.ID, Seq: e.Seq, Type: timeline.Type(e.Type), At: timeline.InstantOf(e.At), WantPaused: e.Paused,
		Task: timeline.Task{ID: e.TaskID, AETHigh: micros(e.High)}, Target: micros(e.Target), QuestionID: e.Question,
		PressID: e.Press,
	}
	if !e.MovedTo.IsZero() {
		event.MovedTo = timeline.InstantOf(e.MovedTo)
	}
	if e.Adjusted != nil {
		event.Adjustment = timeline.Adjustment{Set: true, Active: micros(*e.Adjusted)}
	}
	return event
}

// The events of an archive fold to the same questions as the archive itself and the summary
// have, so the data can be used elsewhere. An archive has nothing that logs anybody in, and
// nothing of other users.
func TestArchive(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	other := c.newPerson(t)
	b := workedPerson(t, c)
	session := b.json(t, "/dashboard/today/json")["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	questions := b.questions(t, session)
	press := "/sessions/" + session + "/presses/" + questions[len(questions)-2]["id"].(string)
	c.must(t, http.StatusOK, ask{method: "DELETE", path: press, bearer: b.token()})
	w := c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", cookie: b.token()})
	for name, secret := range map[string]string{
		"another's session": other.ids["session_id"], "another's question": other.ids["question_id"], "another's address": other.email,
		"a hash": "$argon2id$", "a token": b.token(), "a password": "password",
	} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("it has %s", name)
		}
	}
	a := decoded[archive](t, w)
	if a.Format != "raterhub-tracker-export" || a.Version != 1 || a.Profile["email"] != "ann@example.org" || len(a.Sessions) != 1 {
		t.Fatalf("%s", w.Body)
	}
	for _, session := range a.Sessions {
		var log []timeline.Event
		for _, e := range session.Entries {
			log = append(log, e.event())
		}
		folded := timeline.Fold(log)
		summary := b.json(t, "/summary/"+session.ID)["questions"].([]any)
		if len(folded.Visible()) != len(session.Questions) || len(summary) != len(session.Questions) || len(summary) < 2 {
			t.Fatalf("%d questions folded, %d in the file, %d in the summary", len(folded.Visible()), len(session.Questions), len(summary))
		}
		for i, q := range folded.Visible() {
			file, shown := session.Questions[i], summary[i].(map[string]any)
			if q.ID != file.ID || q.StartedAt != timeline.InstantOf(file.StartedAt) || q.EndedAt != timeline.InstantOf(file.EndedAt) ||
				q.Active() != micros(file.Active) || q.Target(folded.Target) != micros(file.Target) {
				t.Errorf("question %d is %+v in the file and folds to %+v", i+1, file, q)
			}
			if shown["id"] != file.ID || shown["active_seconds"] != file.Active {
				t.Errorf("question %d is %+v in the file and %v in the summary", i+1, file, shown)
			}
		}
	}
}

// An archive has deleted sessions too, marked as deleted.
func TestArchiveOfDeletions(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	c.must(t, http.StatusOK, ask{method: "DELETE", path: "/sessions/" + p.ids["session_id"], bearer: p.token})
	a := decoded[struct {
		Sessions []struct {
			ID        string `json:"session_id"`
			IsDeleted bool   `json:"is_deleted"`
			Questions []any
		}
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: p.token}))
	if len(a.Sessions) != 1 || !a.Sessions[0].IsDeleted || len(a.Sessions[0].Questions) != 0 {
		t.Errorf("%+v", a)
	}
}

// An archive has all times of an event: the server's two, and the two by the client's
// clock.
func TestArchiveKeepsTimes(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	c.clock.advance(time.Hour)
	c.must(t, http.StatusOK, ask{
		method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT","timestamp":"2026-01-31T13:09:00Z","sent_at":"2026-01-31T13:10:00Z"}`,
	})
	a := decoded[struct {
		Sessions []struct {
			Entries []map[string]any `json:"entries"`
		} `json:"sessions"`
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: p.token}))
	entries := a.Sessions[0].Entries
	newest := entries[len(entries)-1]
	for name, want := range map[string]string{
		"timestamp": "2026-01-31T12:59:00Z", "received_at": "2026-01-31T13:00:00Z",
		"client_timestamp": "2026-01-31T13:09:00Z", "sent_at": "2026-01-31T13:10:00Z",
	} {
		if newest[name] != want {
			t.Errorf("%s is %v, want %s", name, newest[name], want)
		}
	}
}
