package report

import "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"

const (
	// MinForgottenAfter is the shortest time that ForgottenAfter returns.
	MinForgottenAfter = 60 * timeline.Minute
	// ForgottenWithin is how far back the questions lie that ForgottenAfter needs.
	ForgottenWithin = 28 * 24 * 60 * timeline.Minute
)

// ForgottenAfter returns how long an active session of a user may be without a press before
// its end was probably forgotten: twice the longest active time of the questions of the last
// weeks, and at least MinForgottenAfter. Improbable questions do not count: each is itself
// something forgotten.
func ForgottenAfter(recent []Question) timeline.Micros {
	longest := MinForgottenAfter / 2
	for _, q := range recent {
		if !q.IsImprobable() {
			longest = max(longest, q.Active)
		}
	}
	return 2 * longest
}
