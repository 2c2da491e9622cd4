package tracker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Several computers work offline, one after the other. In whatever order their batches
// arrive, and however often, the same sessions with the same numbers result.
func TestBatchesArriveInAnyOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.clock.set(at(100_000))
	rapid.Check(t, func(t *rapid.T) {
		batches := wholeBatches(t)
		inOrder, shuffled := f.newRater(t), f.newRater(t)
		deliver(t, f, inOrder, batches)
		arriving := rapid.Permutation(batches).Draw(t, "order")
		again := rapid.SliceOfN(rapid.SampledFrom(batches), 0, 3).Draw(t, "again")
		deliver(t, f, shuffled, append(arriving, again...))
		if diff := cmp.Diff(timesOf(t, f, inOrder), timesOf(t, f, shuffled)); diff != "" {
			t.Fatalf("(-in order +shuffled):\n%s", diff)
		}
	})
	f.requireSound(t)
}

// wholeBatches returns what computers recorded one after the other: each batch has whole
// sessions, from their first NEXT to their EXIT.
func wholeBatches(t *rapid.T) [][]tracker.Press {
	batches := make([][]tracker.Press, rapid.IntRange(2, 6).Draw(t, "batches"))
	second := 0
	for i := range batches {
		for range rapid.IntRange(1, 3).Draw(t, "sessions") {
			kinds := []timeline.Type{timeline.Next}
			kinds = append(kinds, rapid.SliceOfN(rapid.SampledFrom([]timeline.Type{
				timeline.Next, timeline.Next, timeline.Pause, timeline.Undo,
			}), 0, 8).Draw(t, "presses")...)
			for _, kind := range append(kinds, timeline.Exit) {
				second += rapid.IntRange(0, 30).Draw(t, "until")
				batches[i] = append(batches[i], tracker.Press{ID: uuid.NewString(), Type: kind, At: at(second)})
			}
			second++ // sessions that touch or have no length are in TestRecord
		}
	}
	return batches
}

// deliver records batches, of which every press must be accepted.
func deliver(t *rapid.T, f *fixture, rater tracker.Rater, batches [][]tracker.Press) {
	for _, batch := range batches {
		outcomes, err := f.Record(context.Background(), rater, batch, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range outcomes {
			if o.Err != nil {
				t.Fatalf("%+v: %v", batch[i], o.Err)
			}
		}
	}
}

// timesOf describes the sessions of a rater, with their questions, in their order in time.
func timesOf(t rapid.TB, f *fixture, rater tracker.Rater) []string {
	var times []string
	sessions, err := f.seenOn(context.Background(), rater, report.DateRange{From: report.Date{Year: 2026, Month: 3, Day: 2}, Days: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sessions {
		times = append(times, fmt.Sprintf("session %d to %d, %+v", s.StartedAt, s.EndedAt, s.Totals))
		for _, q := range s.Questions {
			times = append(times, fmt.Sprintf("question %d %s %d to %d, active %d", q.Index, q.ID, q.StartedAt, q.EndedAt, q.Active))
		}
	}
	return times
}

// No instant counts twice: whatever raters did, the questions that count lie one after the
// other.
func (r *scripted) requireDisjoint(f *fixture) error {
	var last report.Question
	for q, err := range f.Questions(context.Background(), r.rater, report.DateRange{From: report.Date{Year: 2026, Month: 3, Day: 2}, Days: 1}) {
		if err != nil {
			return err
		}
		if q.StartedAt < last.EndedAt || q.EndedAt < q.StartedAt || q.Active > q.Raw {
			return fmt.Errorf("question %+v after %+v", q, last)
		}
		last = q.Question
	}
	return nil
}
