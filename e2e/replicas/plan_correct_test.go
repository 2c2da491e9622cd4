package replicas

import "fmt"

func asUUID(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // a random one
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// correction draws a correction of a known session.
func (p *plan) correction() action {
	if len(p.known) == 0 {
		return p.press()
	}
	s := p.known[p.random.IntN(len(p.known))]
	c := correction{session: s.id, preview: p.chance(10)}
	switch n := p.random.IntN(100); {
	case n < 6:
		c.kind = "DELETE_SESSION"
	case n < 18:
		c.kind = "RESTORE_SESSION"
		c.session = mostly(p, p.known, func(s *session) bool { return s.state().deleted }).id
	case n < 24:
		c.kind, c.target = "SET_TARGET", int64(1+p.random.IntN(4))*60*second
	case n < 52:
		return p.ofQuestion(c, s)
	case n < 80:
		return p.ofPress(c, s)
	default:
		return p.addition(c, s)
	}
	if p.chance(3) {
		c.session = p.id()
	}
	return c
}

// mostly draws one of those that suit, if there is one, and sometimes any.
func mostly[T any](p *plan, all []T, suits func(T) bool) T {
	var those []T
	for _, one := range all {
		if suits(one) {
			those = append(those, one)
		}
	}
	if len(those) == 0 || p.chance(15) {
		those = all
	}
	return those[p.random.IntN(len(those))]
}

func (p *plan) ofQuestion(c correction, s *session) action {
	closed := s.state().closed
	if len(closed) == 0 {
		c.kind = "RESTORE_SESSION"
		return c
	}
	q := mostly(p, closed, question.counts)
	switch p.random.IntN(5) {
	case 0, 1:
		c.kind = "DELETE_QUESTION"
	case 2:
		c.kind = "RESTORE_QUESTION"
		q = mostly(p, closed, func(q question) bool { return q.deleted })
	default:
		c.kind = "ADJUST_QUESTION"
		if c.adjusted = p.chance(70); c.adjusted {
			c.activeFor = p.random.Int64N(q.raw() + 2)
		}
	}
	c.question = q.id
	return c
}

func (p *plan) ofPress(c correction, s *session) action {
	var presses []counted
	for _, e := range countedOf(s.log[:s.n]) {
		if isPress(e.kind) {
			presses = append(presses, e)
		}
	}
	i := p.random.IntN(len(presses))
	c.press = presses[i].id
	switch p.random.IntN(5) {
	case 0, 1:
		c.kind = "REMOVE_PRESS"
	case 2:
		c.kind = "RESTORE_PRESS"
		c.press = mostly(p, presses, func(e counted) bool { return e.removed || e.when != e.at }).id
	default:
		c.kind = "MOVE_PRESS"
		from, to := presses[max(0, i-1)].when-second, presses[min(len(presses)-1, i+1)].when+second
		c.movedTo = from + p.random.Int64N(to-from)
	}
	if p.chance(3) {
		c.press = p.id()
	}
	return c
}

// addition adds a press that was forgotten: in the session, a little before it, or after it.
func (p *plan) addition(c correction, s *session) action {
	from, to := s.state().startedAt-5*second, s.state().pressedAt+5*second
	at := from + p.random.Int64N((to-from)/second)*second
	c.added = p.described(press{kind: p.kind(), at: at})
	if c.kind = c.added.kind; c.preview || p.chance(60) { // a preview would show an id that the server makes up
		c.added.id = p.id()
	}
	return c
}
