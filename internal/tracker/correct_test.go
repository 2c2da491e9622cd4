package tracker_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// corrected is a session of three questions, of 60, 30 and 10 s, that runs.
type corrected struct {
	*fixture
	rater     tracker.Rater
	sessionID string
	questions []string // IDs: the opening one, then the three
}

func newCorrected(t *testing.T) corrected {
	t.Helper()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	c := corrected{fixture: f, rater: rater}
	for _, a := range f.record(t, rater, next(0), next(60), next(90), next(100)) {
		c.sessionID = a.SessionID
		c.questions = append(c.questions, a.EventID)
	}
	return c
}

// active returns the active seconds of each question that people see.
func (c corrected) active(t *testing.T) []float64 {
	t.Helper()
	summary, err := c.Summary(t.Context(), c.rater, c.sessionID)
	if err != nil {
		t.Fatal(err)
	}
	var seconds []float64
	for i, q := range summary.Questions {
		if q.Index != i+1 {
			t.Errorf("question %d has index %d", i+1, q.Index)
		}
		seconds = append(seconds, q.Active.Seconds())
	}
	return seconds
}

func (c corrected) requireActive(t *testing.T, want ...float64) {
	t.Helper()
	if diff := cmp.Diff(want, c.active(t)); diff != "" {
		t.Errorf("active seconds (-want +got):\n%s", diff)
	}
	c.requireSound(t)
}

func TestDeleteQuestion(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.requireActive(t, 60, 30, 10)
	if err := c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[2]); err != nil {
		t.Fatal(err)
	}
	c.requireActive(t, 60, 10)
	if err := c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[2]); !errors.Is(err, tracker.ErrUnknownQuestion) {
		t.Errorf("again: got %v, want ErrUnknownQuestion", err)
	}
	// The session goes on, and its totals leave the deleted one out.
	if got := c.record(t, c.rater, next(3700))[0].Answered.Index; got != 4 {
		t.Errorf("total_questions %d, want 4", got)
	}
	c.requireActive(t, 60, 10, 3600)
}

func TestDeleteQuestionOfAnEndedSession(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	c.record(t, c.rater, exit(120), next(130))
	if err := c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[1]); err != nil {
		t.Fatal(err)
	}
	c.requireActive(t, 30, 10, 20)
}

func TestSetTarget(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	withAET := next(110)
	withAET.Task = timeline.Task{AETLow: 4, AETHigh: 5}
	c.record(t, c.rater, withAET, next(120))
	const target = 42 * timeline.Second
	if err := c.SetTarget(t.Context(), c.rater, c.sessionID, target); err != nil {
		t.Fatal(err)
	}
	summary, err := c.Summary(t.Context(), c.rater, c.sessionID)
	if err != nil {
		t.Fatal(err)
	}
	var got []timeline.Micros
	for _, q := range summary.Questions {
		got = append(got, q.Target)
	}
	if diff := cmp.Diff([]timeline.Micros{target, target, target, target, 5}, got); diff != "" || summary.Target != target {
		t.Errorf("session %v, questions (-want +got):\n%s", summary.Target, diff)
	}
	c.requireSound(t)
}

func TestDeleteSession(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	if err := c.DeleteSession(t.Context(), c.rater, c.sessionID); err != nil {
		t.Fatal(err)
	}
	_, summary := c.Summary(t.Context(), c.rater, c.sessionID)
	_, log := c.Log(t.Context(), c.rater, c.sessionID)
	for operation, err := range map[string]error{
		"Summary": summary, "Log": log,
		"DeleteSession":  c.DeleteSession(t.Context(), c.rater, c.sessionID),
		"DeleteQuestion": c.DeleteQuestion(t.Context(), c.rater, c.sessionID, c.questions[1]),
		"AdjustQuestion": c.AdjustQuestion(t.Context(), c.rater, c.sessionID, c.questions[1], timeline.Adjustment{Set: true}),
		"RestoreQuestion": func() error {
			_, err := c.RestoreQuestion(t.Context(), c.rater, c.sessionID, c.questions[1])
			return err
		}(),
		"SetTarget": c.SetTarget(t.Context(), c.rater, c.sessionID, timeline.Minute),
	} {
		if !errors.Is(err, tracker.ErrUnknownSession) {
			t.Errorf("%s of a deleted session: got %v, want ErrUnknownSession", operation, err)
		}
	}
	if recent, err := c.Recent(t.Context(), c.rater, 10); err != nil || len(recent) != 0 {
		t.Errorf("recent: got %+v, %v; want none", recent, err)
	}
	// It takes no more presses: the next NEXT starts another.
	if fresh := c.record(t, c.rater, next(200))[0]; fresh.SessionID == c.sessionID || fresh.Answered.Index != 1 {
		t.Errorf("the next NEXT got %+v, want a new session", fresh)
	}
	c.requireSound(t)
}

func TestCorrectingWhatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCorrected(t)
	stranger := c.newRater(t)
	strangers := c.record(t, stranger, next(0), next(60))[1]
	for _, test := range []struct {
		name              string
		session, question string
		want              error
	}{
		{"no such session", idOf("none"), c.questions[1], tracker.ErrUnknownSession},
		{"another user's session", strangers.SessionID, strangers.EventID, tracker.ErrUnknownSession},
		{"no such question", c.sessionID, idOf("none"), tracker.ErrUnknownQuestion},
		{"another session's question", c.sessionID, strangers.EventID, tracker.ErrUnknownQuestion},
		{"the opening question", c.sessionID, c.questions[0], tracker.ErrUnknownQuestion},
		{"no ID", c.sessionID, "", tracker.ErrUnknownQuestion},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := c.DeleteQuestion(t.Context(), c.rater, test.session, test.question)
			if !errors.Is(err, test.want) {
				t.Errorf("DeleteQuestion: got %v, want %v", err, test.want)
			}
			if _, err := c.RestoreQuestion(t.Context(), c.rater, test.session, test.question); !errors.Is(err, test.want) {
				t.Errorf("RestoreQuestion: got %v, want %v", err, test.want)
			}
			for _, a := range []timeline.Adjustment{{}, {Set: true}, {Set: true, Active: 1e15}} {
				if err := c.AdjustQuestion(t.Context(), c.rater, test.session, test.question, a); !errors.Is(err, test.want) {
					t.Errorf("AdjustQuestion: got %v, want %v", err, test.want)
				}
			}
			if errors.Is(test.want, tracker.ErrUnknownQuestion) {
				return
			}
			if err := c.DeleteSession(t.Context(), c.rater, test.session); !errors.Is(err, test.want) {
				t.Errorf("DeleteSession: got %v, want %v", err, test.want)
			}
			if _, err := c.RestoreSession(t.Context(), c.rater, test.session); !errors.Is(err, test.want) {
				t.Errorf("RestoreSession: got %v, want %v", err, test.want)
			}
			if err := c.SetTarget(t.Context(), c.rater, test.session, timeline.Minute); !errors.Is(err, test.want) {
				t.Errorf("SetTarget: got %v, want %v", err, test.want)
			}
		})
	}
	if events := len(c.logOf(t, c.rater, c.sessionID)); events != 4 {
		t.Errorf("%d events are recorded, want 4: a refused correction is none", events)
	}
	c.requireActive(t, 60, 30, 10)
}

// A correction is placed after everything that it corrects, even after presses of a client
// whose clock runs ahead.
func TestCorrectionIsTheNewestEntry(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.clock.set(at(0))
	rater := f.newRater(t)
	a := f.record(t, rater, next(0), next(100))[1]
	if err := f.DeleteQuestion(t.Context(), rater, a.SessionID, a.EventID); err != nil {
		t.Fatal(err)
	}
	log := f.logOf(t, rater, a.SessionID)
	newest := log[len(log)-1]
	if newest.Type != timeline.DeleteQuestion || newest.At != at(100) || newest.ReceivedAt != at(0) || newest.Seq != 3 {
		t.Errorf("the newest event is %+v, want the correction at 100, received at 0", newest)
	}
	f.requireSound(t)
}
