package replicas

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const forever = math.MaxInt64

// session is the log of a session as the database has it. The model has come as far as its
// first n entries.
type session struct {
	id    string
	log   []entry
	n     int
	folds map[int]*folded // by how many entries are folded
}

// after returns the session after its first n entries.
func (s *session) after(n int) *folded {
	if s.folds[n] == nil {
		s.folds[n] = fold(s.log[:n])
	}
	return s.folds[n]
}

func (s *session) state() *folded { return s.after(s.n) }

// with returns the session as it would be with one more entry.
func (s *session) with(e entry) *folded {
	e.seq = s.n + 1
	return fold(append(slices.Clip(s.log[:s.n]), e))
}

// place is where an entry lies.
type place struct {
	session *session
	at      int // index in the log
}

// model is one user's sessions. It moves along the logs that the database has.
type model struct {
	target   int64 // of the user
	sessions []*session
	places   map[string]place // of all entries of the logs, by id
	claimed  map[string]bool  // entries of which an answer tells whose they are
	trail    []*session       // whose n was raised, in order
}

// newModel returns the model of a user without sessions.
func newModel(target int64) *model {
	return &model{target: target, places: map[string]place{}}
}

// learn takes over what the database has by now.
func (m *model) learn(logs map[string][]entry) error {
	known := map[string]*session{}
	for _, s := range m.sessions {
		known[s.id] = s
		if len(logs[s.id]) < len(s.log) || !slices.Equal(logs[s.id][:len(s.log)], s.log) {
			return fmt.Errorf("the log of session %s was %v and is %v: what is recorded must not change", s.id, s.log, logs[s.id])
		}
	}
	for id, log := range logs {
		s := known[id]
		if s == nil {
			s = &session{id: id, folds: map[int]*folded{}}
			m.sessions = append(m.sessions, s)
		}
		for i, e := range log[len(s.log):] {
			if _, twice := m.places[e.id]; twice {
				return fmt.Errorf("event %s is recorded twice", e.id)
			}
			m.places[e.id] = place{s, len(s.log) + i}
		}
		s.log = log
	}
	slices.SortFunc(m.sessions, func(a, b *session) int { return cmp.Compare(a.id, b.id) })
	return nil
}

// recorded returns where an event is recorded, if the model has come so far.
func (m *model) recorded(id string) (place, bool) {
	p, ok := m.places[id]
	return p, ok && p.at < p.session.n
}

// find returns the session with an id, if the model has begun it.
func (m *model) find(id string) *session {
	for _, s := range m.sessions {
		if s.id == id && s.n > 0 {
			return s
		}
	}
	return nil
}

// shape is a session that is not deleted, or would be in a state.
type shape struct {
	*session
	state *folded
}

// end returns when the EXIT ended it, or forever.
func (s shape) end() int64 {
	if s.state.phase == ended {
		return s.state.endedAt
	}
	return forever
}

// line returns the sessions in their order: by start; of two that start at one instant, the one
// with a length comes last. If changed is not nil, it is in the state as.
func (m *model) line(changed *session, as *folded) []shape {
	var all []shape
	for _, s := range m.sessions {
		if s.n > 0 && s != changed && !s.state().deleted {
			all = append(all, shape{s, s.state()})
		}
	}
	if changed != nil && !as.deleted {
		all = append(all, shape{changed, as})
	}
	slices.SortFunc(all, func(a, b shape) int {
		return cmp.Or(cmp.Compare(a.state.startedAt, b.state.startedAt), cmp.Compare(a.end(), b.end()), cmp.Compare(a.id, b.id))
	})
	return all
}

// newest returns the last of a line, or nil.
func newest(line []shape) *session {
	if len(line) == 0 {
		return nil
	}
	return line[len(line)-1].session
}

// home returns the session to which a press at an instant belongs, or nil.
func (m *model) home(at int64) *session {
	for _, s := range slices.Backward(m.line(nil, nil)) {
		switch {
		case s.state.startedAt > at:
		case at < s.end():
			return s.session
		default:
			return nil
		}
	}
	return nil
}

// seen returns what people see of a session: only the newest one is active, any other without
// an EXIT counts as ended at its newest press.
func seen(f *folded, isNewest bool) folded {
	view := *f
	switch {
	case f.deleted:
		view.phase, view.current = ended, question{}
	case f.active() && !isNewest:
		view.phase, view.endedAt, view.current = ended, f.pressedAt, question{}
	case f.active():
		view.endedAt = 0
	}
	return view
}

// seen returns what people see of a session now.
func (m *model) seen(s *session) folded { return seen(s.state(), newest(m.line(nil, nil)) == s) }

// span is the time in which a session leaves no room for others.
type span struct{ from, to int64 }

func (a span) overlaps(b span) bool { return a.from < b.to && b.from < a.to }

// taken returns the span of a session. An active one takes all time from its start on. Any other
// without an EXIT takes the least length there is, because of two that start at one instant only
// one could take the presses that follow.
func taken(f *folded, isActive bool) span {
	switch {
	case f.phase == ended:
		return span{f.startedAt, f.endedAt}
	case isActive:
		return span{f.startedAt, forever}
	}
	return span{f.startedAt, max(f.pressedAt, f.startedAt+1)}
}

// overlaps reports whether a session that became as would lie in the time of another one and did
// not before. Sessions may always become shorter.
func (m *model) overlaps(s *session, as *folded) bool {
	if as.deleted {
		return false
	}
	before, line := m.line(nil, nil), m.line(s, as)
	now := taken(as, newest(line) == s)
	if s.n > 0 && !s.state().deleted {
		then := taken(s.state(), newest(before) == s)
		if now.from >= then.from && now.to <= then.to {
			return false
		}
	}
	for _, o := range line {
		if o.session == s {
			continue
		}
		// An entered session must not lie after the start of the one that is active.
		runs := s.n == 0 && o.session == newest(before) && o.state.active()
		if taken(o.state, runs).overlaps(now) {
			return true
		}
	}
	return false
}

// serverTime returns the earliest time that a press without a time may get.
func (m *model) serverTime() int64 {
	line := m.line(nil, nil)
	if len(line) == 0 {
		return 0
	}
	last := line[len(line)-1].state
	if last.active() {
		return last.last
	}
	return last.endedAt
}

// mark and rewind let a try be taken back.
func (m *model) mark() int { return len(m.trail) }

func (m *model) rewind(to int) {
	for len(m.trail) > to {
		m.trail[len(m.trail)-1].n--
		m.trail = m.trail[:len(m.trail)-1]
	}
}

// knows reports whether an op can have no effect any more, because its press is recorded.
func (m *model) knows(o *op) bool {
	p, ok := o.does.(press)
	_, isRecorded := m.recorded(p.id)
	return ok && isRecorded
}

// forget drops what was derived from parts of logs.
func (m *model) forget() {
	for _, s := range m.sessions {
		s.folds = map[int]*folded{}
	}
}
