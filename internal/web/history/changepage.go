package history

import (
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// pressChoice is a press that can be added.
type pressChoice struct {
	value, label string
	event        timeline.Event
}

func pressChoices() []pressChoice {
	paused, running := true, false
	return []pressChoice{
		{"next", "Next: a question was done", timeline.Event{Type: timeline.Next}},
		{"pause", "Pause", timeline.Event{Type: timeline.Pause, WantPaused: &paused}},
		{"resume", "Resume after a pause", timeline.Event{Type: timeline.Pause, WantPaused: &running}},
		{"undo", "Undo: the question before runs again", timeline.Event{Type: timeline.Undo}},
		{"end", "End of the session", timeline.Event{Type: timeline.Exit}},
	}
}

// pressTypes are the presses that can be added, with one chosen.
func pressTypes(chosen string) view.Choice {
	types := view.Choice{Value: chosen}
	for _, c := range pressChoices() {
		types.Options = append(types.Options, view.Option{Value: c.value, Label: c.label})
	}
	return types
}

// typeOfPress returns a press without its time.
func typeOfPress(value string) (_ timeline.Event, ok bool) {
	for _, c := range pressChoices() {
		if c.value == value {
			return c.event, true
		}
	}
	return timeline.Event{}, false
}

// page returns the page of the change, before it is known what would change.
func (c change) page(asked site.Submission) view.PressChange {
	s := c.history.Session
	m := view.PressChange{
		Session: view.Link{Label: "Session of " + s.StartedAt.Time().In(c.zone).Format("2 Jan 2006, ") + words.SessionSpan(s.SessionInfo, c.zone), Address: sessionAddress(s.ID)},
		Zone:    c.zone.String(), Next: asked.Next(LogAddress(s.ID)),
	}
	switch c.kind {
	case adding:
		m.Heading, m.Action = "Add a press", sessionAddress(s.ID)+"/presses/new"
		m.Fields.Types = pressTypes(c.form.Get(pressType))
	case moving:
		m.Heading, m.Action = "Move a press", pressAddress(c.of, "move")
	case removing:
		m.Heading, m.Action = "Remove a press", pressAddress(c.of, "remove")
	}
	if c.kind != removing {
		m.Fields.Time = c.timeField()
	}
	if c.kind != adding {
		m.Press = c.described()
	}
	return m
}

// described returns the line of the log about the press.
func (c change) described() string {
	r := newReader(c.history, c.zone)
	for i, s := range r.steps {
		if s.ID == c.press.ID {
			l := r.press(i)
			return l.Time + " " + l.Text
		}
	}
	return ""
}

// timeField shows what was typed or, before that, when the press counts.
func (c change) timeField() *view.TimeField {
	m := &view.TimeField{}
	switch {
	case c.form.Has(timestamp):
		m.Value = c.form.Get(timestamp)
		m.Twice = readTime(m.Value, c.form.Get(whichTime), c.zone, c.shown()...).twice
	case c.form.Has(exactTime):
		if exact, err := strconv.ParseInt(c.form.Get(exactTime), 10, 64); err == nil {
			m.Value = wallOf(timeline.Instant(exact), c.zone)
		}
	case c.kind == moving:
		m.Value = wallOf(c.press.CountsAt, c.zone)
	default:
		m.Value = wallOf(lastPress(c.history.Steps), c.zone)
	}
	return m
}

func (p *Pages) showChange(asked site.Submission, status int, m view.PressChange) error {
	frame := p.Frame(asked.W, asked.R, m.Heading, "", asked.User)
	return site.Show(asked.W, asked.R, status, frame, view.PressChangePage(frame, m))
}
