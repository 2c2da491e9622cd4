package replicas

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// correction is a change of what is recorded. Its kind is that of the entry that it makes.
type correction struct {
	session   string
	kind      string
	preview   bool
	question  string
	press     string
	movedTo   int64
	adjusted  bool
	activeFor int64
	target    int64
	added     press // if kind is that of a press
}

func (c correction) request() (method, path string, body any) {
	path = "/sessions/" + c.session
	switch {
	case c.question != "":
		path += "/questions/" + c.question
	case c.press != "":
		path += "/presses/" + c.press
	case isPress(c.kind):
		path += "/presses"
	}
	switch c.kind {
	case "DELETE_SESSION", "DELETE_QUESTION", "REMOVE_PRESS":
		method = http.MethodDelete
	case "RESTORE_SESSION", "RESTORE_QUESTION", "RESTORE_PRESS":
		method, path = http.MethodPost, path+"/restore"
	case "SET_TARGET":
		method, body = http.MethodPatch, map[string]any{"target_minutes_per_question": time.Duration(c.target * 1000).Minutes()}
	case "ADJUST_QUESTION":
		method, body = http.MethodPatch, map[string]any{"active_seconds": c.activeSeconds()}
	case "MOVE_PRESS":
		method, body = http.MethodPatch, map[string]any{"timestamp": time.UnixMicro(c.movedTo).UTC().Format(time.RFC3339Nano)}
	default:
		method, body = http.MethodPost, c.added.body()
	}
	if c.preview {
		path += "?preview=true"
	}
	return method, path, body
}

func (c correction) activeSeconds() *float64 {
	if !c.adjusted {
		return nil
	}
	active := time.Duration(c.activeFor * 1000).Seconds()
	return &active
}

func (c correction) owns(o *op) []string {
	got, err := decoded[correctionAnswer](o)
	switch {
	case c.preview:
		return nil
	case c.added.id != "":
		return []string{c.added.id}
	case err != nil || got.EventID == "":
		return nil
	}
	return []string{got.EventID}
}

func (c correction) try(m *model, o *op) error {
	got, err := decoded[correctionAnswer](o)
	if err != nil {
		return err
	}
	status, want, err := c.record(m, o, cmp.Or(c.added.id, got.EventID))
	switch {
	case err != nil:
		return err
	case o.answered():
		return o.compare(status, got, want)
	case want == nil || !want.Changed || c.preview:
		return errNoEffect
	}
	return nil
}

// record lets the model make the correction. id is what the server called its entry, "" if
// nobody knows.
func (c correction) record(m *model, o *op, id string) (status int, _ *correctionAnswer, _ error) {
	s := m.find(c.session)
	if s == nil || s.state().deleted && c.kind != "RESTORE_SESSION" {
		return http.StatusNotFound, nil, nil
	}
	isNeeded, status := c.isNeeded(m, o, s)
	switch {
	case status != 0:
		return status, nil, nil
	case !isNeeded:
		return http.StatusOK, &correctionAnswer{Session: summaryOf(s.id, m.seen(s))}, nil
	}
	e := c.entry(id)
	as := s.with(c.estimated(e, o, s))
	switch {
	case as.phase == notStarted:
		return http.StatusConflict, nil, nil
	case c.reshapes() && m.overlaps(s, as):
		return http.StatusConflict, nil, nil
	case c.preview:
		return http.StatusOK, changed("", s.id, seen(as, newest(m.line(s, as)) == s)), nil
	}
	if _, err := m.write(o, s, e, s.state().last); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, changed(s.log[s.n-1].id, s.id, m.seen(s)), nil
}

// changed returns the answer to a correction that changed a session.
func changed(eventID, sessionID string, to folded) *correctionAnswer {
	a := &correctionAnswer{Changed: true, EventID: eventID}
	if !to.deleted {
		a.Session = summaryOf(sessionID, to)
	}
	return a
}

// reshapes reports whether the correction may change where sessions begin and end.
func (c correction) reshapes() bool {
	return isPress(c.kind) || c.press != "" || c.kind == "DELETE_SESSION" || c.kind == "RESTORE_SESSION"
}

// entry returns the entry that the correction makes. Its time is the server's, unless it is a
// press.
func (c correction) entry(id string) entry {
	e := entry{
		id: id, kind: c.kind, question: c.question, press: c.press, movedTo: c.movedTo,
		adjusted: c.adjusted, activeFor: c.activeFor, target: c.target,
	}
	if isPress(c.kind) {
		e.at, e.byHand = c.added.at, true
		e.wants, e.estimate, e.outcome = c.added.wants, c.added.estimate, c.added.outcome
	}
	return e
}

// estimated returns an entry with a time that it may get.
func (c correction) estimated(e entry, o *op, s *session) entry {
	if e.at == 0 {
		e.at = max(o.call.UnixMicro(), s.state().last)
	}
	return e
}

// isNeeded reports whether the correction changes anything, or the status of its refusal.
func (c correction) isNeeded(m *model, o *op, s *session) (_ bool, refusal int) {
	switch {
	case c.kind == "DELETE_SESSION":
		return true, 0
	case c.kind == "RESTORE_SESSION":
		return s.state().deleted, 0
	case c.kind == "SET_TARGET":
		return s.state().target != c.target, 0
	case c.question != "":
		return c.changesQuestion(s.state())
	case c.press != "":
		return c.changesPress(o, countedOf(s.log[:s.n]))
	}
	return c.addsPress(m, o, s)
}

func (c correction) changesQuestion(f *folded) (bool, int) {
	i := slices.IndexFunc(f.closed, func(q question) bool { return q.id == c.question && !q.opening })
	if i < 0 {
		return false, http.StatusNotFound
	}
	q := f.closed[i]
	switch {
	case c.kind == "RESTORE_QUESTION":
		return q.deleted, 0
	case q.deleted:
		return false, http.StatusNotFound
	case c.kind == "DELETE_QUESTION":
		return true, 0
	case c.adjusted && (c.activeFor < 0 || c.activeFor > q.raw()):
		return false, http.StatusUnprocessableEntity
	}
	return q.adjusted != c.adjusted || q.activeFor != c.activeFor, 0
}

func (c correction) changesPress(o *op, all []counted) (bool, int) {
	presses := slices.DeleteFunc(all, func(e counted) bool { return !isPress(e.kind) })
	i := slices.IndexFunc(presses, func(e counted) bool { return e.id == c.press })
	if i < 0 {
		return false, http.StatusNotFound
	}
	p := presses[i]
	switch {
	case c.kind == "RESTORE_PRESS":
		return p.removed || p.when != p.at, 0
	case c.kind == "REMOVE_PRESS":
		return !p.removed, 0
	case p.removed:
		return false, http.StatusConflict
	case o.isTooEarlyFor(c.movedTo), !fits(presses, i, c.movedTo):
		return false, http.StatusUnprocessableEntity
	}
	return p.when != c.movedTo, 0
}

// fits reports whether a press at another time stays between those beside it that count.
func fits(presses []counted, i int, to int64) bool {
	moved := presses[i]
	moved.when = to
	for _, p := range slices.Backward(presses[:i]) {
		if !p.removed {
			if byTime(p, moved) > 0 {
				return false
			}
			break
		}
	}
	for _, p := range presses[i+1:] {
		if !p.removed {
			return byTime(moved, p) < 0
		}
	}
	return true
}

// addsPress says whether a press that was forgotten is added. One that was added before is not.
func (c correction) addsPress(m *model, o *op, s *session) (bool, int) {
	p, f := c.added, s.state()
	if known, ok := m.recorded(p.id); ok && p.id != "" {
		e := known.session.log[known.at]
		if known.session != s || e.kind != c.kind || e.at != p.at || !e.byHand {
			return false, http.StatusConflict
		}
		return false, 0
	}
	if o.isTooEarlyFor(p.at) || p.at < f.startedAt && c.kind != "NEXT" || p.at >= (shape{s, f}).end() {
		return false, http.StatusUnprocessableEntity
	}
	isThere := slices.ContainsFunc(countedOf(s.log[:s.n]), func(e counted) bool {
		return e.byHand && !e.removed && e.kind == c.kind && e.when == p.at
	})
	return p.id != "" || !isThere, 0
}

// isTooEarlyFor reports whether a time was in the future when the server worked on the request. If
// it worked on it while that time came, the answer says so.
func (o *op) isTooEarlyFor(at int64) bool {
	refused := o.status == http.StatusUnprocessableEntity
	return o.answered() && (at > o.back.UnixMicro() || refused && at > o.call.UnixMicro())
}
