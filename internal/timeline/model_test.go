package timeline_test

import (
	"slices"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// model is a second, naive reading of docs/contract.md#events. It keeps every stretch of
// time between two events with what it was spent on, moves whole stretches when questions
// close and reopen, and adds them up at the end. Unlike package timeline it subtracts no
// times.
type model struct {
	now     tl.Instant
	phase   tl.Phase
	deleted bool
	closed  []modelQuestion
	current modelQuestion
	outside []stretch // since the EXIT
}

type modelQuestion struct {
	id               string
	start            tl.Instant
	outside          []stretch // between an EXIT and the start
	spent            []stretch
	task             tl.Task
	adjusted         *tl.Micros
	opening, deleted bool
}

type stretch struct {
	length tl.Micros
	work   bool
}

// modelOf returns the model after a log, given in any order.
func modelOf(log []tl.Event) model {
	byArrival := slices.Clone(log)
	slices.SortFunc(byArrival, func(a, b tl.Event) int { return int(a.Seq - b.Seq) })
	slices.SortStableFunc(byArrival, func(a, b tl.Event) int {
		if a.At < b.At {
			return -1
		}
		return int(min(1, a.At-b.At))
	})
	var m model
	for _, e := range byArrival {
		m.step(e)
	}
	return m
}

func (m *model) active() bool { return m.phase == tl.Running || m.phase == tl.Paused }

func (m *model) step(e tl.Event) {
	m.pass(e.At)
	switch e.Type {
	case tl.Next:
		if !m.active() {
			m.current = modelQuestion{start: e.At, outside: m.outside}
			m.outside = nil
			m.close(e.ID, true)
		} else {
			m.close(e.ID, false)
		}
		m.current = modelQuestion{start: e.At, task: e.Task}
		m.phase = tl.Running
	case tl.Pause:
		m.pause(e.WantPaused)
	case tl.Exit:
		if m.active() {
			m.close(e.ID, false)
			m.current = modelQuestion{}
			m.phase = tl.Ended
		}
	case tl.Undo:
		m.undo()
	case tl.DeleteQuestion, tl.RestoreQuestion:
		for i, q := range m.closed {
			if q.id == e.QuestionID && !q.opening {
				m.closed[i].deleted = e.Type == tl.DeleteQuestion
			}
		}
	case tl.AdjustQuestion:
		m.adjust(e.QuestionID, e.Adjustment)
	case tl.DeleteSession, tl.RestoreSession:
		m.deleted = e.Type == tl.DeleteSession
	}
}

func (m *model) adjust(id string, to tl.Adjustment) {
	for i, q := range m.closed {
		switch {
		case q.id != id || q.opening || q.deleted:
		case to.Set:
			m.closed[i].adjusted = &to.Active
		default:
			m.closed[i].adjusted = nil
		}
	}
}

// pass advances the model to an instant.
func (m *model) pass(at tl.Instant) {
	s := stretch{length: tl.Micros(at - m.now), work: m.phase == tl.Running}
	m.now = at
	switch {
	case m.active():
		m.current.spent = append(m.current.spent, s)
	case m.phase == tl.Ended:
		m.outside = append(m.outside, s)
	}
}

func (m *model) close(id string, opening bool) {
	m.current.id, m.current.opening = id, opening
	m.closed = append(m.closed, m.current)
}

func (m *model) pause(want *bool) {
	switch {
	case !m.active():
	case want != nil && *want:
		m.phase = tl.Paused
	case want != nil:
		m.phase = tl.Running
	case m.phase == tl.Running:
		m.phase = tl.Paused
	default:
		m.phase = tl.Running
	}
}

func (m *model) undo() {
	if !m.active() {
		return
	}
	for i := len(m.closed) - 1; i >= 0; i-- {
		if m.closed[i].deleted {
			continue
		}
		reopened := m.closed[i]
		for _, deleted := range m.closed[i+1:] {
			reopened.spent = slices.Concat(reopened.spent, asPause(deleted.outside), asPause(deleted.spent))
		}
		reopened.spent = slices.Concat(reopened.spent, asPause(m.current.outside), m.current.spent)
		reopened.opening, reopened.adjusted = false, nil
		m.closed, m.current, m.phase = m.closed[:i], reopened, tl.Running
		return
	}
}

func asPause(stretches []stretch) []stretch {
	pauses := slices.Clone(stretches)
	for i := range pauses {
		pauses[i].work = false
	}
	return pauses
}

// questions returns the closed questions of the model.
func (m *model) questions() []span {
	var spans []span
	for _, q := range m.closed {
		spans = append(spans, spanOf(q))
	}
	return spans
}

// idle returns the time that belongs to no question.
func (m *model) idle() tl.Micros {
	all := spanOf(modelQuestion{spent: m.outside}).Raw + spanOf(modelQuestion{spent: m.current.outside}).Raw
	for _, q := range m.closed {
		all += spanOf(modelQuestion{spent: q.outside}).Raw
	}
	return all
}

// span is what the model and package timeline must agree on for a question.
type span struct {
	ID               string
	StartedAt        tl.Instant
	Raw, Active      tl.Micros
	OriginalActive   tl.Micros // without an adjustment
	Task             tl.Task
	Opening, Deleted bool
}

func spanOf(q modelQuestion) span {
	s := span{ID: q.id, StartedAt: q.start, Task: q.task, Opening: q.opening, Deleted: q.deleted}
	for _, stretch := range q.spent {
		s.Raw += stretch.length
		if stretch.work {
			s.Active += stretch.length
		}
	}
	s.OriginalActive = s.Active
	if q.adjusted != nil {
		s.Active = min(*q.adjusted, s.Raw)
	}
	return s
}

// spansOf returns the spans of questions that package timeline derived.
func spansOf(questions []tl.Question) []span {
	var spans []span
	for _, q := range questions {
		spans = append(spans, span{
			ID: q.ID, StartedAt: q.StartedAt, Raw: q.Raw(), Active: q.Active(), OriginalActive: q.OriginalActive(),
			Task: q.Task, Opening: q.Opening, Deleted: q.Deleted,
		})
	}
	return spans
}

// runningSpan returns the question that runs as if it closed at LastAt.
func runningSpan(s tl.State) span {
	paused := s.Current.Paused
	if s.Phase == tl.Paused {
		paused += tl.Micros(s.LastAt - s.Current.PausedAt)
	}
	raw := tl.Micros(s.LastAt - s.Current.StartedAt)
	return span{StartedAt: s.Current.StartedAt, Raw: raw, Active: raw - paused, OriginalActive: raw - paused, Task: s.Current.Task}
}
