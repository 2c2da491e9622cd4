package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ErrPressedSince is returned for an end before the newest press.
var ErrPressedSince = fault.New(fault.Conflict, "there are presses after this time: look at the session again")

// EndForgotten records an EXIT at a time that has passed: at the newest press of the active
// session or later. A question of no length is then deleted: the NEXT that opened it was the
// last press, so nobody worked on it. A repeat of the press changes nothing. EndForgotten
// returns ErrPressedSince, ErrNoSession, or a failure of Record.
func (t *Tracker) EndForgotten(ctx context.Context, rater Rater, exit Press) (Answer, error) {
	newest, ok, err := t.newest(ctx, rater.ID)
	if err != nil {
		return Answer{}, err
	}
	switch {
	case !ok:
		return Answer{}, ErrNoSession
	case newest.State.Active() && exit.At < newest.State.Current.PressedAt:
		return Answer{}, ErrPressedSince
	case !newest.State.Active() && exit.At != newest.State.EndedAt: // a repeat has that time
		return Answer{}, ErrNoSession
	}
	outcomes, err := t.Record(ctx, rater, []Press{exit}, 0)
	if err == nil {
		err = outcomes[0].Err
	}
	if err != nil {
		return Answer{}, err
	}
	a := outcomes[0].Answer
	if a.Answered.Closed && a.Answered.Raw == 0 {
		err = t.DeleteQuestion(ctx, rater, a.SessionID, a.EventID)
	}
	// It was deleted before, or the session is full: then it stays, and counts nothing.
	if errors.Is(err, ErrUnknownQuestion) || errors.Is(err, ErrSessionTooLong) {
		err = nil
	}
	return a, err
}

// IsForgotten reports whether the end of a session was probably forgotten, because its newest
// press is so long ago. pressedAt is that press, or 0 for a session that is not active: it is
// never forgotten, so that of a list of sessions at most one costs a read.
func (t *Tracker) IsForgotten(ctx context.Context, rater Rater, pressedAt timeline.Instant) (bool, error) {
	now := timeline.InstantOf(t.now())
	idle := now.Since(pressedAt)
	switch {
	case pressedAt == 0:
		return false, nil
	case rater.ForgottenAfter != 0:
		return idle > rater.ForgottenAfter, nil
	case idle <= report.MinForgottenAfter: // whatever the questions say
		return false, nil
	}
	after, err := t.forgottenAfter(ctx, rater, now)
	return err == nil && idle > after, err
}

// forgottenAfter returns what follows from the questions that started within
// report.ForgottenWithin.
func (t *Tracker) forgottenAfter(ctx context.Context, rater Rater, now timeline.Instant) (timeline.Micros, error) {
	from := now.Add(-report.ForgottenWithin)
	sessions, err := t.store.SessionsIn(ctx, rater.ID, from, now)
	if err != nil {
		return 0, err
	}
	targets := make(map[string]timeline.Micros, len(sessions))
	for _, s := range sessions {
		targets[s.ID] = s.State.Target
	}
	after := report.MinForgottenAfter
	err = t.store.EachTimingIn(ctx, rater.ID, from, now, func(q StoredQuestion) bool {
		if target, ok := targets[q.SessionKey.ID]; ok && q.Counts() {
			after = max(after, report.ForgottenAfter(report.QuestionOf(q.Question, target)))
		}
		return true
	})
	return after, err
}
