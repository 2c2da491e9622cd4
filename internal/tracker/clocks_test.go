package tracker_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A press without a time gets the time at which it is recorded, but never one before the
// newest event of its session.
func TestRecordTakesTheServersTime(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	for _, c := range []struct {
		now   int
		press tracker.Press
		want  string
	}{
		{0, tracker.Press{Type: timeline.Next}, "total 1 raw 0 active 0, question 2 from 0"},
		{30, tracker.Press{Type: timeline.Next}, "total 2 raw 30 active 30, question 3 from 30"},
		{40, next(100), "total 3 raw 70 active 70, question 4 from 100"}, // a clock that runs ahead
		{50, tracker.Press{Type: timeline.Pause}, "total 3, question 4 from 100 on pause since 100"},
		{110, tracker.Press{Type: timeline.Exit}, "total 4 raw 10 active 0, ended at 110 with 4"},
	} {
		f.clock.set(at(c.now))
		outcomes, err := f.Record(t.Context(), rater, []tracker.Press{c.press}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(outcomes[0]); got != c.want {
			t.Errorf("at %d: got %q, want %q", c.now, got, c.want)
		}
	}
}

// A skewed clock is corrected, and what the client said is kept.
func TestRecordKeepsBothClocks(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	fast := func(seconds int) timeline.Instant { return at(seconds + 7200) } // two hours ahead
	p := tracker.Press{
		ID: idOf("a"), Type: timeline.Next, At: fast(3000),
		Task: timeline.Task{AETLow: 1, AETHigh: 2, AETText: "1-2", ID: "task", Type: "kind"},
	}
	outcomes, err := f.Record(t.Context(), rater, []tracker.Press{p}, fast(3600))
	if err != nil || outcomes[0].Err != nil {
		t.Fatal(err, outcomes)
	}
	want := []tracker.StoredEvent{{
		Session: tracker.SessionKey{UserID: rater.ID, ID: outcomes[0].Answer.SessionID},
		Event: timeline.Event{
			ID: p.ID, Seq: 1, Type: timeline.Next, At: at(3000), Task: p.Task, Target: rater.Target,
		},
		ReceivedAt: at(3600), ClientAt: fast(3000), SentAt: fast(3600),
		Answered: tracker.Answered{Index: 1, Closed: true},
	}}
	if diff := cmp.Diff(want, f.logOf(t, rater, want[0].Session.ID)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	// Sent again later: the same press, though its corrected time would differ.
	f.clock.set(at(3700))
	outcomes, err = f.Record(t.Context(), rater, []tracker.Press{p}, fast(3610))
	if err != nil || !outcomes[0].Answer.Duplicate {
		t.Errorf("the retry: got %+v, %v; want a duplicate", outcomes, err)
	}
}

// A repeat is recognised before its time is checked: since the press was recorded, the
// client may have corrected its clock or its sent_at.
func TestRepeatWhoseTimeIsNoLongerAcceptable(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	ahead := id("ahead", next(3600+600)) // the server's clock stands at 3600
	first, err := f.Record(t.Context(), rater, []tracker.Press{ahead}, at(3600+605))
	if err != nil || first[0].Err != nil {
		t.Fatal(err, first)
	}
	for name, sentAt := range map[string]timeline.Instant{"corrected clock": at(3600), "no sent_at": 0} {
		again, err := f.Record(t.Context(), rater, []tracker.Press{ahead, id("other", next(3600+600))}, sentAt)
		if err != nil || again[0].Err != nil || !again[0].Answer.Duplicate {
			t.Errorf("%s: got %+v, %v, want the duplicate", name, again[0], err)
		}
		if !errors.Is(again[1].Err, fault.ErrInvalid) {
			t.Errorf("%s: a new press so far ahead: got %v, want a refusal", name, again[1].Err)
		}
	}
	own := id("own", next(3600+600))
	own.SentAt = at(3600 + 605)
	if outcomes, err := f.Record(t.Context(), rater, []tracker.Press{own}, at(3600)); err != nil || outcomes[0].Err != nil {
		t.Errorf("a press's own sent_at must win: %v, %v", outcomes, err)
	}
}
