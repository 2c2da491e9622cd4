package replicas

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// search looks for an order of ops in which the model gives every answer that was given, and
// writes the logs that the database has. An op that was answered before another one was sent
// comes before it. It is a depth-first search. The logs fix the order within a session, so the
// state of the model follows from which ops are done.
type search struct {
	m      *model
	ops    []*op
	done   []bool
	failed map[string]bool // by which ops are done: from there is no way

	most  int // done at the furthest
	stuck string
}

// serialize moves the model past the ops, and returns those without an answer that had no effect
// yet. It returns an error if there is no order.
func (m *model) serialize(ops []*op) (left []*op, _ error) {
	m.claimed = map[string]bool{}
	for _, o := range ops {
		for _, id := range o.does.owns(o) {
			m.claimed[id] = true
		}
	}
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(a, b *op) int { return a.call.Compare(b.call) })
	s := &search{m: m, ops: ops, done: make([]bool, len(ops)), failed: map[string]bool{}, most: -1}
	if !s.goOn() {
		return nil, fmt.Errorf("no serial order gives these answers and logs; the furthest way had %d of %d requests behind it, and then:\n%s", s.most, len(ops), s.stuck)
	}
	for i, o := range ops {
		if !s.done[i] {
			left = append(left, o)
		}
	}
	m.trail = nil
	return left, nil
}

// goOn does the ops that are left, in some order.
func (s *search) goOn() bool {
	var quiet []int // done here without an effect
	for {
		i := s.nextWithoutEffect()
		if i < 0 {
			break
		}
		s.done[i] = true
		quiet = append(quiet, i)
	}
	if s.isOver() || s.goOnWithEffect() {
		return true
	}
	s.note()
	for _, i := range quiet {
		s.done[i] = false
	}
	return false
}

// nextWithoutEffect returns an op that may come next and changes nothing, or -1. What changes
// nothing is done as early as possible: that closes no way.
func (s *search) nextWithoutEffect() int {
	for _, i := range s.candidates() {
		if !s.ops[i].answered() {
			continue
		}
		mark := s.m.mark()
		err := s.ops[i].does.try(s.m, s.ops[i])
		hasEffect := s.m.mark() > mark
		s.m.rewind(mark)
		if err == nil && !hasEffect {
			return i
		}
	}
	return -1
}

func (s *search) goOnWithEffect() bool {
	key := s.key()
	if s.failed[key] {
		return false
	}
	for _, i := range s.candidates() {
		mark := s.m.mark()
		if s.ops[i].does.try(s.m, s.ops[i]) == nil && s.m.mark() > mark {
			s.done[i] = true
			if s.goOn() {
				return true
			}
			s.done[i] = false
		}
		s.m.rewind(mark)
	}
	s.failed[key] = true
	return false
}

// candidates returns the ops that may come next: no other one that is left was answered before
// they were sent.
func (s *search) candidates() []int {
	var first time.Time // of the answers to those that are left
	for i, o := range s.ops {
		if !s.done[i] && o.answered() && (first.IsZero() || o.back.Before(first)) {
			first = o.back
		}
	}
	var may []int
	for i, o := range s.ops {
		if !s.done[i] && (first.IsZero() || !o.call.After(first)) {
			may = append(may, i)
		}
	}
	return may
}

// isOver reports whether everything that was answered is done, and everything that is recorded.
func (s *search) isOver() bool {
	for i, o := range s.ops {
		if !s.done[i] && o.answered() {
			return false
		}
	}
	for _, session := range s.m.sessions {
		if session.n < len(session.log) {
			return false
		}
	}
	return true
}

func (s *search) key() string {
	var key strings.Builder
	for _, done := range s.done {
		if done {
			key.WriteByte('1')
		} else {
			key.WriteByte('0')
		}
	}
	return key.String()
}

// note keeps the furthest point for the message.
func (s *search) note() {
	behind := 0
	for _, done := range s.done {
		if done {
			behind++
		}
	}
	if behind <= s.most {
		return
	}
	s.most = behind
	var text strings.Builder
	for _, i := range s.candidates() {
		mark := s.m.mark()
		err := s.ops[i].does.try(s.m, s.ops[i])
		s.m.rewind(mark)
		fmt.Fprintf(&text, "  %v\n    %v\n", s.ops[i], err)
	}
	for _, session := range s.m.sessions {
		for _, e := range session.log[session.n:] {
			fmt.Fprintf(&text, "  in the log of %s: %+v\n", session.id, e)
		}
	}
	s.stuck = text.String()
}

// String implements fmt.Stringer, for messages.
func (o *op) String() string {
	method, path, body := o.does.request()
	return fmt.Sprintf("%s, %s to %s: %s %s %s was answered %d %.400s",
		o.from, o.call.Format("05.000000"), o.back.Format("05.000000"), method, path, asText(body), o.status, o.body)
}
