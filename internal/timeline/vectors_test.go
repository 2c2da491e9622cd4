package timeline_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// vectorsFile has the recorded scripts; the README beside it explains them.
const vectorsFile = "../../e2e/api/testdata/vectors/events.json"

// defaultTarget is the target of a user who chose none: 5.5 minutes.
const defaultTarget = 330 * tl.Second

// vector is a recorded script with the part of the answers that follows from the log.
type vector struct {
	Name   string
	Script struct {
		Steps []struct {
			Type      tl.Type
			Timestamp time.Time
		}
	}
	Expect struct {
		Answers             []vectorAnswer
		Summaries           []vectorSummary
		Recent              []vectorRecent
		DeleteQuestion      []int          `json:"delete_question"`
		AfterDeleteQuestion *vectorSummary `json:"after_delete_question"`
	}
}

type vectorAnswer struct {
	Status         int
	Session        int
	TotalQuestions int     `json:"total_questions"`
	LastIndex      int     `json:"last_question_index"`
	LastType       tl.Type `json:"last_event_type"`
	Active, Raw    *millis // of the closed question
}

type vectorSummary struct {
	IsActive       bool `json:"is_active"`
	Target         float64
	TotalQuestions int `json:"total_questions"`
	Raw, Active    millis
	Questions      []vectorQuestion
}

type vectorQuestion struct {
	Index             int
	Raw, Active, Over millis
}

// vectorRecent is [session, is_active, current_question_index].
type vectorRecent struct {
	session  int
	isActive bool
	index    int
}

func (r *vectorRecent) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&r.session, &r.isActive, &r.index})
}

// millis is a length of time in milliseconds: the scripts have no finer times.
type millis int64

func (m *millis) UnmarshalJSON(data []byte) error {
	var seconds float64
	if err := json.Unmarshal(data, &seconds); err != nil {
		return fmt.Errorf("seconds: %w", err)
	}
	*m = millis(math.Round(seconds * 1000))
	return nil
}

func millisOf(m tl.Micros) millis { return millis(m / 1000) }

// TestVectors replays the recorded scripts without a server.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatalf("%s: %v", vectorsFile, err)
	}
	if len(vectors) != 120 {
		t.Errorf("%d scripts, want 120", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			var r replay
			var answers []vectorAnswer
			for i, step := range v.Script.Steps {
				answers = append(answers, r.press(tl.Event{
					ID: fmt.Sprintf("step %d", i), Type: step.Type, At: tl.InstantOf(step.Timestamp), Target: defaultTarget,
				}))
			}
			diff(t, "answers", v.Expect.Answers, answers)
			diff(t, "summaries", v.Expect.Summaries, r.summaries())
			diff(t, "recent", v.Expect.Recent, r.recent())
			if v.Expect.AfterDeleteQuestion != nil {
				r.checkDeleteQuestion(t, v)
			}
		})
	}
}

func diff[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(vectorRecent{})); diff != "" {
		t.Errorf("%s (-recorded +got):\n%s", what, diff)
	}
}

// replay is one user's sessions, oldest first.
type replay struct{ sessions []tl.Session }

func (r *replay) press(e tl.Event) vectorAnswer {
	last := len(r.sessions) - 1
	if last < 0 || !r.sessions[last].Active() {
		if e.Type != tl.Next {
			return vectorAnswer{Status: 400}
		}
		r.sessions = append(r.sessions, tl.Session{})
		last++
	}
	s := &r.sessions[last]
	closed := s.Apply(e)
	answer := vectorAnswer{
		Status: 200, Session: last, LastType: e.Type, TotalQuestions: s.Closed, LastIndex: s.Closed,
	}
	if closed != nil {
		answer.Active, answer.Raw = new(millisOf(closed.Active())), new(millisOf(closed.Raw()))
	}
	return answer
}

func (r *replay) summaries() []vectorSummary {
	var all []vectorSummary
	for _, s := range r.sessions {
		all = append(all, summarise(s))
	}
	return all
}

func summarise(s tl.Session) vectorSummary {
	sum := vectorSummary{IsActive: s.Active(), Target: s.Target.Minutes(), TotalQuestions: s.Counted, Questions: []vectorQuestion{}}
	for i, q := range s.Visible() {
		sum.Raw += millisOf(q.Raw())
		sum.Active += millisOf(q.Active())
		sum.Questions = append(sum.Questions, vectorQuestion{
			Index: i + 1, Raw: millisOf(q.Raw()), Active: millisOf(q.Active()),
			Over: millisOf(q.Active() - q.Target(s.Target)),
		})
	}
	return sum
}

func (r *replay) recent() []vectorRecent {
	recent := []vectorRecent{}
	for i, s := range slices.Backward(r.sessions) {
		recent = append(recent, vectorRecent{session: i, isActive: s.Active(), index: s.CurrentIndex()})
	}
	return recent
}

// checkDeleteQuestion deletes the middle question of the first session twice.
func (r *replay) checkDeleteQuestion(t *testing.T, v vector) {
	t.Helper()
	s := &r.sessions[0]
	middle := s.Visible()[s.Counted/2]
	deletion := tl.Event{ID: "deletion", Type: tl.DeleteQuestion, At: s.LastAt, QuestionID: middle.ID}
	var statuses []int
	for range 2 {
		status := 404
		if _, found := s.Find(middle.ID); found {
			status = 200
		}
		s.Apply(deletion)
		statuses = append(statuses, status)
	}
	diff(t, "deleting a question twice", v.Expect.DeleteQuestion, statuses)
	diff(t, "summary after the deletion", *v.Expect.AfterDeleteQuestion, summarise(*s))
}
