package report

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Outcomes counts questions by what became of them.
type Outcomes struct {
	Submitted, Released, Expired, Skipped int
	Untold                                int // no press told it
}

func outcomesOf(o timeline.Outcome) Outcomes {
	switch o {
	case timeline.Submitted:
		return Outcomes{Submitted: 1}
	case timeline.Released:
		return Outcomes{Released: 1}
	case timeline.Expired:
		return Outcomes{Expired: 1}
	case timeline.Skipped:
		return Outcomes{Skipped: 1}
	}
	return Outcomes{Untold: 1}
}

// Plus returns the sum of both.
func (o Outcomes) Plus(p Outcomes) Outcomes {
	return Outcomes{
		Submitted: o.Submitted + p.Submitted, Released: o.Released + p.Released,
		Expired: o.Expired + p.Expired, Skipped: o.Skipped + p.Skipped, Untold: o.Untold + p.Untold,
	}
}

// Count returns how many questions a choice holds.
func (o Outcomes) Count(c Choice) int {
	switch c {
	case Everything:
		return o.Submitted + o.Released + o.Expired + o.Skipped + o.Untold
	case Untold:
		return o.Untold
	}
	switch timeline.Outcome(c) {
	case timeline.Submitted:
		return o.Submitted
	case timeline.Released:
		return o.Released
	case timeline.Expired:
		return o.Expired
	case timeline.Skipped:
		return o.Skipped
	}
	return 0
}

// AreNotable reports whether anything became of a task but that it was submitted, so that a
// page has something to tell.
func (o Outcomes) AreNotable() bool { return o.Released+o.Expired+o.Skipped > 0 }

// Choice chooses questions by what became of them: Everything, Untold, or a
// timeline.Outcome as a text.
type Choice string

// The choices besides the outcomes.
const (
	Everything Choice = ""
	Untold     Choice = "untold"
)

// Choices returns all choices but Everything, in the order in which people read them.
func Choices() []Choice {
	var all []Choice
	for _, o := range timeline.Outcomes() {
		all = append(all, Choice(o))
	}
	return append(all, Untold)
}

// ParseChoice reads a choice; "" is Everything.
func ParseChoice(text string) (_ Choice, ok bool) {
	c := Choice(text)
	return c, c == Everything || slices.Contains(Choices(), c)
}

// Holds reports whether c chooses a question with this outcome.
func (c Choice) Holds(o timeline.Outcome) bool {
	return c == Everything || outcomesOf(o).Count(c) > 0
}

// Chosen returns the session with only the questions that a choice holds, and their totals.
// The questions keep their indexes.
func (s Session) Chosen(c Choice) Session {
	if c == Everything {
		return s
	}
	return s.with(slices.DeleteFunc(slices.Clone(s.Questions), func(q Question) bool { return !c.Holds(q.Outcome) }))
}
