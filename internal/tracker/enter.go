package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Work is a session that was worked without the clock.
type Work struct {
	StartedAt, EndedAt timeline.Instant
	// Questions is how many questions of equal length it had; 0 if Times says it.
	Questions int
	// Times are when each question but the last was done.
	Times []timeline.Instant
}

const (
	maxEnteredLength    = 24 * 60 * timeline.Minute
	maxEnteredQuestions = 500
)

// EnterSession records a session that was worked without the clock. It returns a
// fault.FieldErrors or an Overlap.
func (t *Tracker) EnterSession(ctx context.Context, rater Rater, w Work) (Corrected, error) {
	return t.change(ctx, rater, w)
}

// PreviewSession returns what EnterSession would return, and changes nothing.
func (t *Tracker) PreviewSession(ctx context.Context, rater Rater, w Work) (Corrected, error) {
	return t.preview(ctx, rater, w)
}

// entries implements change.
func (w Work) entries() int { return 1 + max(1, w.Questions, len(w.Times)+1) }

// lookUp implements change.
func (Work) lookUp(int64) []EventKey { return nil }

// apply implements change.
func (w Work) apply(ctx context.Context, tx Tx, g *group, r *request) (Corrected, error) {
	if err := w.check(g.now); err != nil {
		return Corrected{}, err
	}
	entered := g.open(StoredSession{SessionKey: SessionKey{UserID: r.rater.ID, ID: newID()}})
	entered.whole = &timeline.Session{}
	for _, e := range w.presses(r.rater.Target) {
		if _, err := entered.apply(ctx, tx, StoredEvent{Event: e, ReceivedAt: r.received}, &r.refolded); err != nil {
			return Corrected{}, err
		}
	}
	if err := g.settle(ctx, tx, entered, timeline.State{}); err != nil {
		entered.added = nil // nothing of this group is written
		return Corrected{}, err
	}
	return Corrected{Changed: true, SessionID: entered.key.ID, EventID: entered.added[0].ID, After: g.summary(entered)}, nil
}

func (w Work) check(now timeline.Instant) error {
	var errs fault.FieldErrors
	switch {
	case w.StartedAt < earliest:
		errs.Add("started_at", "must not be before 2000-01-01")
	case w.EndedAt > now:
		errs.Add("ended_at", "must not be in the future")
	case w.EndedAt <= w.StartedAt:
		errs.Add("ended_at", "must be after started_at")
	case w.EndedAt.Since(w.StartedAt) > maxEnteredLength:
		errs.Add("ended_at", "must be at most 24 hours after started_at")
	}
	switch {
	case w.Questions > 0 && len(w.Times) > 0:
		errs.Add("questions", "must not be given together with times")
	case len(w.Times) == 0 && (w.Questions < 1 || w.Questions > maxEnteredQuestions):
		errs.Add("questions", "must be from 1 to 500")
	case len(w.Times) >= maxEnteredQuestions:
		errs.Add("times", "must be at most 499")
	}
	last := w.StartedAt
	for _, at := range w.Times {
		if at < last || at > w.EndedAt {
			errs.Add("times", "must be in order, from started_at to ended_at")
			break
		}
		last = at
	}
	return errs.OrNil()
}

// presses returns the presses that a person with a clock would have made.
func (w Work) presses(target timeline.Micros) []timeline.Event {
	times := w.Times
	if len(times) == 0 {
		length, n := w.EndedAt.Since(w.StartedAt), timeline.Micros(w.Questions)
		for i := timeline.Micros(1); i < n; i++ {
			times = append(times, w.StartedAt.Add(length*i/n))
		}
	}
	presses := []timeline.Event{{Type: timeline.Next, At: w.StartedAt, Target: target}}
	for _, at := range times {
		presses = append(presses, timeline.Event{Type: timeline.Next, At: at})
	}
	presses = append(presses, timeline.Event{Type: timeline.Exit, At: w.EndedAt})
	for i := range presses {
		presses[i].ID, presses[i].ByHand = newID(), true
	}
	return presses
}
