package report

import "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"

const (
	// MinForgottenAfter is the shortest time that ForgottenAfter returns.
	MinForgottenAfter = 60 * timeline.Minute
	// ForgottenWithin is how far back the questions lie that ForgottenAfter needs.
	ForgottenWithin = 28 * 24 * 60 * timeline.Minute
)

// ForgottenAfter returns how long an active session of a user may be without a press before its
// end was probably forgotten: the longest that follows from any question of the last weeks. A
// question gives twice its active time, and at least MinForgottenAfter. An improbable question
// does not count: it is itself something forgotten.
func ForgottenAfter(q Question) timeline.Micros {
	if q.IsImprobable() {
		return MinForgottenAfter
	}
	return max(MinForgottenAfter, 2*q.Active)
}
