package tracker_test

import (
	"context"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// countedRows counts the queries of a read, and the rows that they return.
type countedRows struct {
	tracker.Store
	queries, rows int
}

func (c *countedRows) SessionsIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]tracker.StoredSession, error) {
	sessions, err := c.Store.SessionsIn(ctx, userID, from, to)
	c.queries, c.rows = c.queries+1, c.rows+len(sessions)
	return sessions, err
}

func (c *countedRows) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	sessions, err := c.Store.SessionsBefore(ctx, userID, before, limit)
	c.queries, c.rows = c.queries+1, c.rows+len(sessions)
	return sessions, err
}

func (c *countedRows) EachQuestion(ctx context.Context, session tracker.StoredSession, do func(timeline.Question) bool) error {
	c.queries++
	return c.Store.EachQuestion(ctx, session, func(q timeline.Question) bool {
		c.rows++
		return do(q)
	})
}

func (c *countedRows) EachQuestionIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	c.queries++
	return c.Store.EachQuestionIn(ctx, userID, from, to, func(q tracker.StoredQuestion) bool {
		c.rows++
		return do(q)
	})
}

func (c *countedRows) EachTimingIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	c.queries++
	return c.Store.EachTimingIn(ctx, userID, from, to, func(q tracker.StoredQuestion) bool {
		c.rows++
		return do(q)
	})
}

func (c *countedRows) QuestionsBefore(ctx context.Context, session tracker.StoredSession, before timeline.Instant, limit int) ([]timeline.Question, error) {
	questions, err := c.Store.QuestionsBefore(ctx, session, before, limit)
	c.queries, c.rows = c.queries+1, c.rows+len(questions)
	return questions, err
}

// What is read of a day does not grow faster than its sessions, even if all of them begin at one
// instant: each session and each question is read once, in as many queries. No more is listed
// than a page has.
func TestReadsOfManySessions(t *testing.T) {
	t.Parallel()
	day := report.Date{Year: 2026, Month: 3, Day: 2}
	for name, step := range map[string]int{"one after the other": 1, "at one instant": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := &countedRows{}
			f := newFixture(t, func(s tracker.Store) tracker.Store { rows.Store = s; return rows })
			f.clock.set(at(20_000))
			rater := f.newRater(t)
			recorded := 0
			costs := func(sessions int) map[string][2]int {
				for ; recorded < sessions; recorded++ {
					second := recorded * step
					f.record(t, rater, next(second), next(second), exit(second))
				}
				costs := map[string][2]int{}
				for what, read := range readsOf(f, rater, day) {
					rows.queries, rows.rows = 0, 0
					listed := read(t)
					costs[what] = [2]int{rows.queries, rows.rows}
					if listed > min(sessions, report.SessionsPerPage) {
						t.Errorf("%s lists %d of %d sessions", what, listed, sessions)
					}
				}
				return costs
			}
			few, many := costs(100), costs(800)
			for what, cost := range many {
				// A session has one question, or two when it is ended by an EXIT; some rows come besides.
				if most := 3*800 + 10; cost[0] != few[what][0] || cost[1] > most {
					t.Errorf("%s: %d queries and %d rows for 800 sessions, %d queries and %d rows for 100", what, cost[0], cost[1], few[what][0], few[what][1])
				}
			}
		})
	}
}

// readsOf returns what reads a day, by name. Each returns how many sessions are listed.
func readsOf(f *fixture, rater tracker.Rater, day report.Date) map[string]func(*testing.T) int {
	fail := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]func(*testing.T) int{
		"the day": func(t *testing.T) int {
			d, err := f.Day(t.Context(), rater, day, 2)
			fail(t, err)
			return len(d.Sessions)
		},
		"the day in detail": func(t *testing.T) int {
			d, err := f.DayInDetail(t.Context(), rater, day, 1)
			fail(t, err)
			return len(d.Line)
		},
		"the questions": func(t *testing.T) int {
			for _, err := range f.Questions(t.Context(), rater, report.DateRange{From: day, Days: 1}) {
				fail(t, err)
			}
			return 0
		},
		"the newest sessions": func(t *testing.T) int {
			sessions, err := f.RecentInDetail(t.Context(), rater, 20)
			fail(t, err)
			return len(sessions)
		},
	}
}
