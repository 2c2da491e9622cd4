package tracker

import (
	"context"
	"iter"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// QuestionOn is a question that started in a run of days. It has its index in its session.
type QuestionOn struct {
	SessionID string
	report.Question
}

// Questions yields the questions that started in a run of the user's days, by their start. Each
// is read once, whatever the number of sessions. It yields ErrRange for a bad range.
func (t *Tracker) Questions(ctx context.Context, rater Rater, dates report.DateRange) iter.Seq2[QuestionOn, error] {
	return func(yield func(QuestionOn, error) bool) {
		if err := t.eachOfDays(ctx, rater, dates, func(q QuestionOn) bool { return yield(q, nil) }); err != nil {
			yield(QuestionOn{}, err)
		}
	}
}

// eachOfDays reads the questions of a day before it hands out any, so that nobody who reads
// slowly keeps a connection to the database.
func (t *Tracker) eachOfDays(ctx context.Context, rater Rater, dates report.DateRange, do func(QuestionOn) bool) error {
	if err := checkRange(dates); err != nil {
		return err
	}
	calendar, err := t.calendar(rater)
	if err != nil {
		return err
	}
	c := counting{tracker: t, userID: rater.ID, of: map[string]*countedSession{}}
	from, _ := dates.Cover(calendar)
	for i := range dates.Days {
		_, to := dates.From.AddDays(i).Cover(calendar)
		questions, err := c.read(ctx, from, to, func(q StoredQuestion) bool { return dates.Contains(calendar.DateOf(q.StartedAt)) })
		if err != nil {
			return err
		}
		for _, q := range questions {
			if !do(q) {
				return nil
			}
		}
		from = max(from, to)
	}
	return nil
}

// counting gives questions their indexes.
type counting struct {
	tracker *Tracker
	userID  int64
	of      map[string]*countedSession // sessions that may have another question
}

type countedSession struct {
	target timeline.Micros
	lastAt timeline.Instant
	read   int // how many of its questions were read
}

// read returns the questions of [from, to) that are on the asked days.
func (c *counting) read(ctx context.Context, from, to timeline.Instant, isOn func(StoredQuestion) bool) ([]QuestionOn, error) {
	if err := c.learn(ctx, from, to); err != nil {
		return nil, err
	}
	var found []QuestionOn
	err := c.tracker.store.EachQuestionIn(ctx, c.userID, from, to, func(q StoredQuestion) bool {
		s := c.of[q.SessionKey.ID]
		if s == nil {
			return true // it was begun or restored since
		}
		if s.read++; isOn(q) {
			f := QuestionOn{q.SessionKey.ID, report.QuestionOf(q.Question, s.target)}
			f.Index = s.read
			found = append(found, f)
		}
		return true
	})
	for id, s := range c.of {
		if s.lastAt < from {
			delete(c.of, id)
		}
	}
	return found, err
}

// learn reads the sessions of a time. Of those that are new, it counts the questions before.
func (c *counting) learn(ctx context.Context, from, to timeline.Instant) error {
	sessions, err := c.tracker.store.SessionsIn(ctx, c.userID, from, to)
	if err != nil {
		return err
	}
	earlier, start := map[string]*countedSession{}, from
	for _, s := range sessions {
		if c.of[s.ID] != nil {
			continue
		}
		c.of[s.ID] = &countedSession{target: s.State.Target, lastAt: s.State.LastAt}
		if s.State.StartedAt < from {
			earlier[s.ID], start = c.of[s.ID], min(start, s.State.StartedAt)
		}
	}
	if len(earlier) == 0 {
		return nil
	}
	return c.tracker.store.EachTimingIn(ctx, c.userID, start, from, func(q StoredQuestion) bool {
		if s := earlier[q.SessionKey.ID]; s != nil {
			s.read++
		}
		return true
	})
}
