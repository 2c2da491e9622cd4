package replicas

import (
	"math/rand/v2"
	"slices"
	"time"
)

// delivery is how a client sends a request.
type delivery int

const (
	once    delivery = iota
	again            // a second time although it was answered
	twice            // to two replicas at the same time
	aborted          // given up before the answer, and then sent until it is answered
	ways
)

// step is what a client does next.
type step struct {
	does action
	how  delivery
}

const (
	second = int64(time.Second / time.Microsecond)
	// roundLength is how far the times of presses move on from round to round. The times of a
	// round spread over window, so they meet those of the rounds before.
	roundLength = 20 * second
	window      = 60 * second
)

// plan draws what the clients of one user do in a round. It knows the sessions as the round
// before left them, so that clients correct, repeat and contradict the same things.
type plan struct {
	random *rand.Rand
	m      *model
	from   int64 // start of the window
	known  []*session
}

// mostKnown is how many sessions of the past a round goes back to.
const mostKnown = 5

func newPlan(random *rand.Rand, m *model, from int64) *plan {
	p := &plan{random: random, m: m, from: from, known: slices.Clone(m.sessions)}
	slices.SortFunc(p.known, func(a, b *session) int { return int(b.state().startedAt - a.state().startedAt) })
	p.known = p.known[:min(mostKnown, len(p.known))]
	return p
}

// chance is true in so many of a hundred cases.
func (p *plan) chance(percent int) bool { return p.random.IntN(100) < percent }

func (p *plan) step() step {
	s := step{does: p.action()}
	if p.chance(50) {
		s.how = delivery(p.random.IntN(int(ways)))
	}
	return s
}

func (p *plan) action() action {
	switch n := p.random.IntN(100); {
	case n < 46:
		return p.press()
	case n < 60:
		b := make(batch, 1+p.random.IntN(6))
		for i := range b {
			b[i] = p.press()
		}
		return b
	case n < 63:
		return p.work()
	case n < 67:
		return p.resume()
	default:
		return p.correction()
	}
}

// at draws a time in the window: mostly a full second, so that many meet.
func (p *plan) at() int64 {
	at := p.from + p.random.Int64N(window/second)*second
	if p.chance(20) {
		at += p.random.Int64N(second)
	}
	return at
}

func (p *plan) kind() string {
	kinds := []string{"NEXT", "NEXT", "NEXT", "NEXT", "NEXT", "PAUSE", "PAUSE", "UNDO", "EXIT", "EXIT"}
	return kinds[p.random.IntN(len(kinds))]
}

func (p *plan) id() string {
	var id [16]byte
	for i := range id {
		id[i] = byte(p.random.IntN(256))
	}
	return asUUID(id)
}

func (p *plan) press() press {
	if known, ok := p.recorded(); ok && p.chance(8) {
		return known
	}
	e := press{id: p.id(), kind: p.kind(), at: p.at()}
	switch n := p.random.IntN(100); {
	case n < 3:
		e.at = 0
	case n < 4:
		e.at = earliest - 1
	case n < 5:
		e.at = p.from + int64(1000*time.Hour/time.Microsecond)
	case n < 10:
		e.id = ""
	}
	return p.described(e)
}

// described adds what a press may say besides its time.
func (p *plan) described(e press) press {
	if e.kind == "PAUSE" {
		e.wants = p.random.IntN(3)
	}
	if e.kind == "NEXT" && p.chance(25) {
		e.estimate = int64(1+p.random.IntN(9)) * 60 * second
	}
	if (e.kind == "NEXT" || e.kind == "EXIT") && p.chance(40) {
		e.outcome = []string{"submitted", "released", "expired", "skipped"}[p.random.IntN(4)]
	}
	return e
}

// recorded draws a press that is recorded, to be sent again: as it was, or with another time or
// type.
func (p *plan) recorded() (press, bool) {
	e, ok := p.entry(func(e entry) bool { return isPress(e.kind) && !e.byHand })
	if !ok {
		return press{}, false
	}
	again := press{id: e.id, kind: e.kind, at: e.clientAt, wants: e.wants, estimate: e.estimate, outcome: e.outcome}
	switch p.random.IntN(4) {
	case 0:
		again.at = p.at()
	case 1:
		again = p.described(press{id: e.id, kind: p.kind(), at: e.clientAt})
	}
	return again, true
}

// entry draws one of the known entries that suit.
func (p *plan) entry(suits func(entry) bool) (entry, bool) {
	var all []entry
	for _, s := range p.known {
		for _, e := range s.log[:s.n] {
			if suits(e) {
				all = append(all, e)
			}
		}
	}
	if len(all) == 0 {
		return entry{}, false
	}
	return all[p.random.IntN(len(all))], true
}

func (p *plan) work() action {
	from := p.at()
	if p.chance(30) {
		from -= 2 * window // where older sessions are
	}
	return work{from: from, to: from + p.random.Int64N(8)*second/2, questions: 1 + p.random.IntN(4)}
}

func (p *plan) resume() action {
	exit, ok := p.entry(func(e entry) bool { return e.kind == "EXIT" && !e.byHand })
	if !ok {
		return p.press()
	}
	return resume{exit.id}
}
