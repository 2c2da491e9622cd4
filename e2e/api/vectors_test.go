package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// vector is one recorded case; see testdata/vectors/README.md.
type vector struct {
	Name   string   `json:"name"`
	Script script   `json:"script"`
	Expect observed `json:"expect"`
}

type script struct {
	Timezone string            `json:"timezone"`
	Date     string            `json:"date"`
	Steps    []json.RawMessage `json:"steps"`
	Delete   bool              `json:"delete"`
}

// observed is everything that a case compares. Sessions are numbered in the order in which
// they first appeared.
type observed struct {
	Answers   []observedAnswer  `json:"answers"`
	Summaries []observedSummary `json:"summaries"`
	Today     observedDay       `json:"today"`
	Recent    []tuple           `json:"recent"`

	DeleteQuestion      []int            `json:"delete_question"`
	AfterDeleteQuestion *observedSummary `json:"after_delete_question"`
	DeleteSession       []int            `json:"delete_session"`
	TodayAfterDelete    *observedDay     `json:"today_after_delete"`
}

type observedAnswer struct {
	Status            int      `json:"status"`
	Session           int      `json:"session"`
	TotalQuestions    int      `json:"total_questions"`
	LastEventType     string   `json:"last_event_type"`
	LastQuestionIndex int      `json:"last_question_index"`
	Active            *float64 `json:"active"`
	Raw               *float64 `json:"raw"`
	MMSS              *string  `json:"mmss"`
}

type observedSummary struct {
	IsActive       bool               `json:"is_active"`
	Target         float64            `json:"target"`
	TotalQuestions int                `json:"total_questions"`
	Raw            float64            `json:"raw"`
	Active         float64            `json:"active"`
	Average        float64            `json:"avg"`
	AverageMMSS    string             `json:"avg_mmss"`
	Score          int                `json:"score"`
	PaceEmoji      string             `json:"pace_emoji"`
	Questions      []observedQuestion `json:"questions"`
}

type observedQuestion struct {
	Index  int     `json:"index"`
	Raw    float64 `json:"raw"`
	Active float64 `json:"active"`
	Over   float64 `json:"over"`
}

type observedDay struct {
	Sessions  int     `json:"sessions"`
	Questions int     `json:"questions"`
	Active    float64 `json:"active"`
	Average   float64 `json:"avg"`
	Emoji     string  `json:"emoji"`
	Hours     []tuple `json:"hours"` // questions, active seconds
	Items     []tuple `json:"items"` // questions, active seconds, score, is active
}

// tuple is a JSON list of numbers and booleans.
type tuple []any

func TestVectors(t *testing.T) {
	t.Parallel()
	vectors := readVectors(t)
	if got, want := len(vectors), 120; got != want {
		t.Fatalf("%d recorded cases, want %d", got, want)
	}
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		for _, v := range vectors {
			t.Run(v.Name, func(t *testing.T) {
				t.Parallel()
				got := v.Script.play(t, program.NewUser(t, s.URL))
				for _, difference := range differences(v.Expect, got) {
					t.Errorf("%s: %s", v.Name, difference)
				}
			})
		}
	})
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	file, err := os.ReadFile("testdata/vectors/events.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(file, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

// play sends the script as a fresh user and returns what the server shows.
func (s script) play(t *testing.T, user *program.Client) observed {
	t.Helper()
	user.SetZone(t, s.Timezone)
	var got observed
	var sessions []string // IDs in the order in which they first appeared
	for i, step := range s.Steps {
		answer, reply, err := user.TryPress(t.Context(), step)
		if err != nil {
			t.Fatalf("step %d, %s: %v", i, step, err)
		}
		if reply.Status != http.StatusOK {
			got.Answers = append(got.Answers, observedAnswer{Status: reply.Status})
			continue
		}
		if !slices.Contains(sessions, answer.SessionID) {
			sessions = append(sessions, answer.SessionID)
		}
		got.Answers = append(got.Answers, observeAnswer(answer, slices.Index(sessions, answer.SessionID)))
	}
	for _, id := range sessions {
		got.Summaries = append(got.Summaries, observeSummary(user.Summary(t, id)))
	}
	got.Today = observeDay(user.Day(t, s.Date))
	for _, recent := range user.Recent(t) {
		got.Recent = append(got.Recent, tuple{
			float64(slices.Index(sessions, recent.SessionID)), recent.IsActive, float64(recent.CurrentQuestionIndex),
		})
	}
	if s.Delete {
		s.playDeletions(t, user, sessions, &got)
	}
	return got
}

// playDeletions deletes the middle question of the first session twice, if that session has
// ended and has more than one question, and then the last session.
func (s script) playDeletions(t *testing.T, user *program.Client, sessions []string, got *observed) {
	t.Helper()
	status := func(method, path string) int {
		reply, err := user.Do(t.Context(), method, path, nil)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		return reply.Status
	}
	first := user.Summary(t, sessions[0])
	if n := len(first.Questions); !first.IsActive && n > 1 {
		path := fmt.Sprintf("/sessions/%s/questions/%s", first.SessionID, first.Questions[n/2].ID)
		got.DeleteQuestion = []int{status(http.MethodDelete, path), status(http.MethodDelete, path)}
		after := observeSummary(user.Summary(t, first.SessionID))
		got.AfterDeleteQuestion = &after
	}
	last := sessions[len(sessions)-1]
	got.DeleteSession = []int{
		status(http.MethodDelete, "/sessions/"+last),
		status(http.MethodGet, "/summary/"+last),
	}
	after := observeDay(user.Day(t, s.Date))
	got.TodayAfterDelete = &after
}

func observeAnswer(a program.EventAnswer, session int) observedAnswer {
	return observedAnswer{
		Status: http.StatusOK, Session: session,
		TotalQuestions: a.TotalQuestions, LastEventType: a.LastEventType, LastQuestionIndex: a.LastQuestionIndex,
		Active: a.LastQuestionActiveSeconds, Raw: a.LastQuestionRawSeconds, MMSS: a.LastQuestionActiveMMSS,
	}
}

func observeSummary(s program.SessionSummary) observedSummary {
	got := observedSummary{
		IsActive: s.IsActive, Target: s.TargetMinutes, TotalQuestions: s.TotalQuestions,
		Raw: s.TotalRawSeconds, Active: s.TotalActiveSeconds,
		Average: s.AverageActive, AverageMMSS: s.AverageActiveMMSS,
		Score: s.Score, PaceEmoji: s.PaceEmoji,
	}
	for _, q := range s.Questions {
		got.Questions = append(got.Questions, observedQuestion{q.Index, q.RawSeconds, q.ActiveSeconds, q.OverUnder})
	}
	return got
}

func observeDay(d program.DaySummary) observedDay {
	got := observedDay{
		Sessions: d.TotalSessions, Questions: d.TotalQuestions,
		Active: d.ActiveSeconds, Average: d.AverageActive, Emoji: d.PaceEmoji,
	}
	for _, h := range d.Hours {
		got.Hours = append(got.Hours, tuple{float64(h.TotalQuestions), h.ActiveSeconds})
	}
	for _, s := range d.Sessions {
		got.Items = append(got.Items, tuple{
			float64(s.TotalQuestions), s.ActiveSeconds, float64(s.Score), s.IsActive,
		})
	}
	return got
}
