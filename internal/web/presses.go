package web

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// pressesToday returns the clock and the buttons of the page of today.
func (f *face) pressesToday(r *http.Request, v site.Visitor, zone *time.Location) (*view.Presses, error) {
	running, ok, err := f.Tracker.Running(r.Context(), f.Rater(v.User))
	if err != nil {
		return nil, err
	}
	if !ok {
		p := &view.Presses{Buttons: []view.Press{startButton()}}
		return p, f.say(r, v, zone, p)
	}
	return f.presses(r, v, zone, running, site.Home)
}

// pressesOf returns the clock and the buttons of the page of a session, or nil if that session
// does not run.
func (f *face) pressesOf(r *http.Request, v site.Visitor, zone *time.Location, s report.SessionInfo) (*view.Presses, error) {
	if !s.IsActive {
		return nil, nil //nolint:nilnil // most sessions do not run
	}
	running, ok, err := f.Tracker.Running(r.Context(), f.Rater(v.User))
	if err != nil || !ok || running.SessionID != s.ID {
		return nil, err
	}
	p, err := f.presses(r, v, zone, running, sessionAddress(s.ID))
	if err != nil {
		return nil, err
	}
	p.Running.Session = ""
	return p, nil
}

// presses returns the clock and the buttons for a question that runs.
func (f *face) presses(r *http.Request, v site.Visitor, zone *time.Location, q report.Running, next string) (*view.Presses, error) {
	p := &view.Presses{Running: runningOf(q, zone), Buttons: buttonsOf(q, next)}
	forgotten, err := f.Tracker.IsForgotten(r.Context(), f.Rater(v.User), q.PressedAt)
	if err != nil {
		return nil, err
	}
	if forgotten {
		p.Forgotten = f.forgotten(r, zone, q, next)
	}
	return p, f.say(r, v, zone, p)
}

// say fills in what became of the last press.
func (f *face) say(r *http.Request, v site.Visitor, zone *time.Location, p *view.Presses) (err error) {
	text, _, isTime := refusedIn(r)
	if isTime && p.Forgotten != nil {
		p.Forgotten.Time.Problem = text
	} else {
		p.Problem = text
	}
	p.Said, err = f.pressedText(r, v, zone, r.URL.Query().Get(pressedParameter))
	return err
}

// newPress returns the form for a press.
func newPress(id string, kind timeline.Type, label, about, next string) view.Press {
	return view.Press{
		ID: id, EventID: uuid.Must(uuid.NewV7()).String(), Type: string(kind), Label: label, About: about, Next: next,
	}
}

// startButton has the place of Next, so that the focus stays when the page is updated.
func startButton() view.Press {
	start := newPress("next", timeline.Next, "Start", "Start a session", site.Home)
	start.Starts, start.Main = true, true
	return start
}

func buttonsOf(q report.Running, next string) []view.Press {
	done := newPress("next", timeline.Next, "Next", "Next: this question is done", next)
	done.Main = true
	buttons := []view.Press{done, pauseButton(q, next)}
	if q.CanUndo {
		buttons = append(buttons, newPress("undo", timeline.Undo, "Undo", "Undo: the question before runs again", next))
	}
	return append(buttons, newPress("end", timeline.Exit, "End", "End the session: this question is done", next))
}

func pauseButton(q report.Running, next string) view.Press {
	if q.IsPaused {
		resume := newPress("pause", timeline.Pause, "Resume", "Resume the question", next)
		resume.Paused = "false"
		return resume
	}
	pause := newPress("pause", timeline.Pause, "Pause", "Pause the question", next)
	pause.Paused = "true"
	return pause
}
