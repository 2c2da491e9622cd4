package history

import (
	"fmt"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// reader says what the steps of a log did, with the numbers that questions have now.
type reader struct {
	steps     []timeline.Step
	seconds   words.Seconds
	questions map[string]report.Question // that people see, by ID
	deleted   map[string]bool            // IDs of questions
	runs      []int                      // for each step: number of the next question that a later one closes; 0: none
}

func newReader(h tracker.History, zone *time.Location) *reader {
	r := &reader{
		steps: h.Steps, seconds: secondsOf(h.Session, h.Steps, zone),
		questions: map[string]report.Question{}, deleted: map[string]bool{}, runs: make([]int, len(h.Steps)),
	}
	for _, q := range h.Session.Questions {
		r.questions[q.ID] = q
	}
	for _, s := range h.Steps {
		if s.Type == timeline.DeleteQuestion || s.Type == timeline.RestoreQuestion {
			r.deleted[s.QuestionID] = s.Type == timeline.DeleteQuestion
		}
	}
	number := 0
	if h.Session.IsActive {
		number = len(h.Session.Questions) + 1
	}
	for i := len(h.Steps) - 1; i >= 0; i-- {
		r.runs[i] = number
		if q, ok := r.questions[h.Steps[i].ID]; ok {
			number = q.Index
		}
	}
	return r
}

// secondsOf returns how to write the instants of a session. They have a date if its presses
// are of more than one.
func secondsOf(s report.Session, steps []timeline.Step, zone *time.Location) words.Seconds {
	from, to := s.StartedAt, s.StartedAt
	for _, step := range steps {
		if step.Type.IsPress() {
			from, to = min(from, step.CountsAt), max(to, step.CountsAt)
		}
	}
	return words.SecondsOf(from, to, zone)
}

// press returns the line of a step that is a press.
func (r *reader) press(i int) view.LogLine {
	s := r.steps[i]
	l := view.LogLine{Time: r.seconds.At(s.CountsAt), Text: r.said(i), IsRemoved: s.Removed}
	if s.ByHand {
		l.Marks = append(l.Marks, "added by hand")
	}
	if s.IsMoved() {
		l.Marks = append(l.Marks, "moved from "+r.seconds.At(s.At))
	}
	if s.Removed {
		l.Marks = append(l.Marks, "removed")
	}
	return l
}

// said returns what a press did: "Next: question 7, 03:10".
func (r *reader) said(i int) string {
	s := r.steps[i]
	if s.Removed {
		return nameOf(s.Event)
	}
	switch before := s.Before.Phase; {
	case s.Type == timeline.Pause:
		return pauseSaid(s)
	case s.Type == timeline.Undo:
		return r.undoSaid(i)
	case s.Type == timeline.Next && before == timeline.NotStarted:
		return "Start"
	case s.Type == timeline.Next && before == timeline.Ended:
		return "Start again"
	case s.Closed == nil:
		return nameOf(s.Event) + ": no effect"
	}
	return nameOf(s.Event) + ": " + r.closed(*s.Closed)
}

// closed names a question as it is now, or says why it is none.
func (r *reader) closed(q timeline.Question) string {
	parts := []string{"a question"}
	active := q.Active()
	now, ok := r.questions[q.ID]
	if ok {
		parts[0], active = fmt.Sprintf("question %d", now.Index), now.Active
	}
	parts = append(parts, report.MMSS(active))
	if outcome := words.Outcome(q.Outcome); outcome != "" {
		parts = append(parts, strings.ToLower(outcome))
	}
	switch {
	case ok:
	case r.deleted[q.ID]:
		parts = append(parts, "deleted")
	default:
		parts = append(parts, "which Undo takes back")
	}
	return strings.Join(parts, ", ")
}

func (r *reader) undoSaid(i int) string {
	s := r.steps[i]
	switch {
	case s.Before.Closed == s.After.Closed:
		return "Undo: no effect"
	case r.runs[i] == 0:
		return "Undo: the question before runs again"
	}
	return fmt.Sprintf("Undo: question %d runs again", r.runs[i])
}

func pauseSaid(s timeline.Step) string {
	switch {
	case s.Before.Phase == s.After.Phase:
		return nameOf(s.Event) + ": no effect"
	case s.After.Phase == timeline.Paused:
		return "Pause"
	}
	return "Resume after " + report.MMSS(s.CountsAt.Since(s.Before.Current.PausedAt))
}

// nameOf returns the name of a press, as the buttons have it.
func nameOf(e timeline.Event) string {
	switch {
	case e.Type == timeline.Next:
		return "Next"
	case e.Type == timeline.Undo:
		return "Undo"
	case e.Type == timeline.Exit:
		return "End"
	case e.WantPaused == nil:
		return "Pause or Resume"
	case *e.WantPaused:
		return "Pause"
	}
	return "Resume"
}

// correction says what a correction did, without the time at which it was made.
func (r *reader) correction(e timeline.Event) string {
	switch e.Type {
	case timeline.DeleteQuestion:
		return "question deleted"
	case timeline.RestoreQuestion:
		return "question restored"
	case timeline.AdjustQuestion:
		if !e.Adjustment.Set {
			return "active time set back"
		}
		return "active time set to " + report.MMSS(e.Adjustment.Active)
	case timeline.MovePress:
		return "moved to " + r.seconds.At(e.MovedTo)
	case timeline.RemovePress:
		return "removed"
	case timeline.RestorePress:
		return "restored"
	case timeline.SetTarget:
		return "target set to " + report.MMSS(e.Target)
	case timeline.DeleteSession:
		return "session deleted"
	case timeline.RestoreSession:
		return "session restored"
	default:
		return string(e.Type)
	}
}
