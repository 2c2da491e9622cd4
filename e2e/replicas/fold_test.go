package replicas

import (
	"cmp"
	"slices"
)

// entry is one entry of a session's log. Times are microseconds since 1970, lengths are
// microseconds.
type entry struct {
	id, kind  string
	seq       int   // arrival number in the session, from 1
	at        int64 // when it happened
	clientAt  int64 // what the client called its time; 0 if it gave none
	wants     int   // of a PAUSE: wantsRun, wantsPause, or 0 for the other state
	target    int64 // per question; of the NEXT that starts a session, and of SET_TARGET
	estimate  int64 // of a NEXT: the target of the question that it opens
	outcome   string
	byHand    bool
	question  string // that a correction is about
	press     string // that a correction is about
	movedTo   int64
	adjusted  bool
	activeFor int64 // of ADJUST_QUESTION
}

const (
	wantsRun   = 1
	wantsPause = 2
)

func isPress(kind string) bool {
	return slices.Contains([]string{"NEXT", "PAUSE", "UNDO", "EXIT"}, kind)
}

// counted is an entry as the corrections of presses leave it.
type counted struct {
	entry
	when    int64 // when it counts
	removed bool
}

func byTime(a, b counted) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.seq, b.seq)) }

// countedOf returns a log in the order in which it counts. A correction of a question counts no
// earlier than the press that closed the question.
func countedOf(log []entry) []counted {
	all := make([]counted, len(log))
	for i, e := range log {
		all[i] = counted{entry: e, when: e.at}
	}
	slices.SortFunc(all, byTime)
	presses := map[string]*counted{}
	for i := range all {
		if isPress(all[i].kind) {
			presses[all[i].id] = &all[i]
		}
	}
	for _, by := range all {
		if p := presses[by.press]; p != nil && by.press != "" {
			p.correctBy(by.entry)
		}
	}
	for i := range all {
		if p := presses[all[i].question]; p != nil && all[i].question != "" {
			all[i].when = max(all[i].when, p.when)
		}
	}
	slices.SortFunc(all, byTime)
	return all
}

func (c *counted) correctBy(by entry) {
	switch {
	case by.kind == "MOVE_PRESS":
		c.when = by.movedTo
	case by.kind == "REMOVE_PRESS":
		c.removed = true
	case by.kind == "RESTORE_PRESS" && c.removed:
		c.removed = false
	case by.kind == "RESTORE_PRESS":
		c.when = c.at
	}
}

type phase int

const (
	notStarted phase = iota
	running
	paused
	ended
)

// stretch is a piece of time that was work or not.
type stretch struct {
	from, to int64
	work     bool
}

type question struct {
	id               string
	start, end       int64
	spent            []stretch // from start to end
	outside          []stretch // before its start, after an EXIT
	estimate         int64
	outcome          string
	adjusted         bool
	activeFor        int64
	opening, deleted bool
}

func (q question) counts() bool { return !q.opening && !q.deleted }
func (q question) raw() int64   { return q.end - q.start }

// original returns the active time that follows from the presses.
func (q question) original() (sum int64) {
	for _, s := range q.spent {
		if s.work {
			sum += s.to - s.from
		}
	}
	return sum
}

func (q question) active() int64 {
	if q.adjusted {
		return min(q.activeFor, q.raw())
	}
	return q.original()
}

// folded is what a log says of its session. It keeps each stretch of time, and adds up only
// at the end.
type folded struct {
	phase     phase
	deleted   bool
	target    int64
	startedAt int64
	endedAt   int64 // of the EXIT, while it is ended
	pressedAt int64 // of the newest press that did something
	pausedAt  int64
	last      int64 // of the newest entry
	closed    []question
	current   question
	outside   []stretch // since the EXIT
	now       int64
}

func fold(log []entry) *folded {
	f := &folded{}
	for _, e := range countedOf(log) {
		if e.removed {
			f.aim(e.entry)
			f.last = max(f.last, e.at)
			continue
		}
		f.pass(e.when)
		f.step(e)
		f.last = max(f.last, e.when)
	}
	return f
}

func (f *folded) active() bool { return f.phase == running || f.phase == paused }

// pass lets the time go on to an instant.
func (f *folded) pass(to int64) {
	s := stretch{f.now, to, f.phase == running}
	f.now = to
	switch {
	case f.active():
		f.current.spent = append(f.current.spent, s)
	case f.phase == ended:
		f.outside = append(f.outside, s)
	}
}

// aim sets the target of a session that has none yet.
func (f *folded) aim(e entry) {
	if f.target == 0 && e.kind == "NEXT" {
		f.target = e.target
	}
}

func (f *folded) step(e counted) {
	switch e.kind {
	case "NEXT":
		f.aim(e.entry)
		f.next(e)
	case "PAUSE":
		f.pause(e)
	case "UNDO":
		f.undo(e.when)
	case "EXIT":
		if f.active() {
			f.close(e, false)
			f.phase, f.endedAt, f.current = ended, e.when, question{}
		}
	case "SET_TARGET":
		f.target = e.target
	case "DELETE_SESSION", "RESTORE_SESSION":
		f.deleted = e.kind == "DELETE_SESSION"
	default:
		f.correctQuestion(e)
	}
}

func (f *folded) next(e counted) {
	if f.phase == notStarted {
		f.startedAt = e.when
	}
	if f.active() {
		f.close(e, false)
	} else {
		f.current = question{start: e.when, outside: f.outside}
		f.outside = nil
		f.close(e, true)
	}
	f.phase, f.pressedAt = running, e.when
	f.current = question{start: e.when, estimate: e.estimate}
}

func (f *folded) close(e counted, opening bool) {
	q := f.current
	q.id, q.end, q.opening = e.id, e.when, opening
	if !opening {
		q.outcome = e.outcome
	}
	f.closed = append(f.closed, q)
}

func (f *folded) pause(e counted) {
	if !f.active() {
		return
	}
	f.pressedAt = e.when
	wanted := running
	if e.wants == wantsPause || e.wants == 0 && f.phase == running {
		wanted = paused
	}
	if wanted == paused && f.phase == running {
		f.pausedAt = e.when
	}
	f.phase = wanted
}

func (f *folded) undo(at int64) {
	if !f.active() {
		return
	}
	f.pressedAt = at
	for i, q := range slices.Backward(f.closed) {
		if q.deleted {
			continue
		}
		for _, d := range f.closed[i+1:] {
			q.spent = slices.Concat(q.spent, idle(d.outside), idle(d.spent))
		}
		q.spent = slices.Concat(q.spent, idle(f.current.outside), f.current.spent)
		q.opening, q.adjusted, q.outcome = false, false, ""
		f.closed, f.current, f.phase = f.closed[:i:i], q, running
		return
	}
}

// idle returns stretches as if nobody had worked.
func idle(of []stretch) []stretch {
	all := slices.Clone(of)
	for i := range all {
		all[i].work = false
	}
	return all
}

func (f *folded) correctQuestion(e counted) {
	for i := range f.closed {
		q := &f.closed[i]
		switch {
		case q.id != e.question || q.opening:
		case e.kind == "DELETE_QUESTION":
			q.deleted = true
		case e.kind == "RESTORE_QUESTION":
			q.deleted = false
		case e.kind == "ADJUST_QUESTION" && !q.deleted:
			q.adjusted, q.activeFor = e.adjusted, e.activeFor
		}
	}
}
