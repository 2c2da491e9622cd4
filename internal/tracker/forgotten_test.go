package tracker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// countedReads counts the reads of a user's questions.
type countedReads struct {
	tracker.Store
	questions int
}

func (c *countedReads) EachTimingIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	c.questions++
	return c.Store.EachTimingIn(ctx, userID, from, to, do)
}

// A session is forgotten when it has been without a press for longer than the user's setting,
// or than twice the longest question of the last four weeks. The questions are read only when
// they can decide.
func TestIsForgotten(t *testing.T) {
	t.Parallel()
	const minute, day = 60, 24 * 60 * 60
	reads := &countedReads{}
	f := newFixture(t, func(s tracker.Store) tracker.Store {
		reads.Store = s
		return reads
	})
	rater := f.newRater(t) // a question is improbable from 21:30 on
	f.clock.set(at(40 * day))
	f.record(t, rater, next(0), next(50*minute), exit(51*minute))
	f.record(t, rater, press(timeline.Next, 39*day), next(39*day+20*minute), pause(39*day+25*minute))
	pressedAt := at(39*day + 25*minute)
	aet := f.newRater(t)
	long := func(seconds int) tracker.Press {
		return tracker.Press{Type: timeline.Next, At: at(seconds), Task: timeline.Task{AETHigh: 40 * timeline.Minute}}
	}
	f.record(t, aet, long(0), exit(100*minute)) // too old to count
	f.record(t, aet, long(20*day), next(20*day+70*minute), exit(20*day+71*minute), next(39*day+25*minute))
	setting := func(r tracker.Rater, minutes timeline.Micros) tracker.Rater {
		r.ForgottenAfter = minutes * timeline.Minute
		return r
	}
	for name, test := range map[string]struct {
		rater     tracker.Rater
		pressedAt timeline.Instant
		idle      int // seconds
		want      bool
		reads     int
	}{
		"an hour":                             {rater, pressedAt, 60 * minute, false, 0},
		"a little more":                       {rater, pressedAt, 60*minute + 1, true, 1},
		"twice the longest question":          {aet, pressedAt, 140 * minute, false, 1},
		"more than that":                      {aet, pressedAt, 140*minute + 1, true, 1},
		"a setting below an hour":             {setting(rater, 15), pressedAt, 15 * minute, false, 0},
		"more than that setting":              {setting(rater, 15), pressedAt, 15*minute + 1, true, 0},
		"a setting above the longest":         {setting(aet, 300), pressedAt, 300 * minute, false, 0},
		"more than a setting above":           {setting(aet, 300), pressedAt, 300*minute + 1, true, 0},
		"a press in the future of this clock": {rater, pressedAt, -minute, false, 0},
		"no active session":                   {rater, 0, 60 * day, false, 0},
	} {
		reads.questions = 0
		f.clock.set(pressedAt.Add(timeline.Micros(test.idle) * timeline.Second))
		got, err := f.IsForgotten(t.Context(), test.rater, test.pressedAt)
		if err != nil || got != test.want || reads.questions != test.reads {
			t.Errorf("%s: %v %v with %d reads, want %v with %d", name, got, err, reads.questions, test.want, test.reads)
		}
	}
	// What people read of the sessions tells the newest press of the active one alone.
	recent, err := f.RecentInDetail(t.Context(), rater, 10)
	if err != nil || len(recent) != 2 || recent[0].PressedAt != pressedAt || recent[1].PressedAt != 0 {
		t.Errorf("the sessions are %+v: %v", recent, err)
	}
}

// A forgotten session ends in the past, once, and never before its newest press. The question
// that its last NEXT opened has no length and counts nowhere.
func TestEndForgotten(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	if _, err := f.EndForgotten(t.Context(), rater, exit(100)); !errors.Is(err, tracker.ErrNoSession) {
		t.Errorf("without a session: %v", err)
	}
	f.record(t, rater, next(0), next(100), next(300))
	if _, err := f.EndForgotten(t.Context(), rater, exit(299)); !errors.Is(err, tracker.ErrPressedSince) {
		t.Errorf("before the newest press: %v", err)
	}
	for range 2 { // the second is a repeat
		a, err := f.EndForgotten(t.Context(), rater, id("end", exit(300)))
		if err != nil || a.State.EndedAt != at(300) {
			t.Fatalf("%+v: %v", a, err)
		}
	}
	ended, err := f.RecentInDetail(t.Context(), rater, 1)
	if err != nil || len(ended[0].Questions) != 2 || ended[0].EndedAt != at(300) || ended[0].IsActive {
		t.Errorf("the session is %+v: %v", ended, err)
	}
	if _, err := f.EndForgotten(t.Context(), rater, exit(200)); !errors.Is(err, tracker.ErrNoSession) {
		t.Errorf("in the span of a session that has ended: %v", err)
	}
	f.record(t, rater, next(400), next(500))
	if _, err := f.EndForgotten(t.Context(), rater, exit(560)); err != nil {
		t.Fatal(err)
	}
	ended, err = f.RecentInDetail(t.Context(), rater, 1)
	if err != nil || len(ended[0].Questions) != 2 || ended[0].Questions[1].Active != timeline.Minute {
		t.Errorf("the session is %+v: %v", ended, err)
	}
	if deleted, err := f.DeletedQuestions(t.Context(), rater, ended[0].ID); err != nil || len(deleted) != 0 {
		t.Errorf("a question that was worked on is deleted: %v %v", deleted, err)
	}
	f.requireSound(t)
}
