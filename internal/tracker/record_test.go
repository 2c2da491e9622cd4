package tracker_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// step is a press and what becomes of it.
type step struct {
	press tracker.Press
	want  string
}

// TestRecord plays scripts of the rules of events, each twice: press by press, and all in
// one request. The answers are the same.
func TestRecord(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	wants := func(p tracker.Press, paused bool) tracker.Press {
		p.WantPaused = &paused
		return p
	}
	ancient := tracker.Press{Type: timeline.Next, At: timeline.InstantOf(time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC))}
	for _, c := range []struct {
		name  string
		steps []step
		log   int // events of the newest session
	}{
		{"a session from NEXT to EXIT", []step{
			{next(0), "total 1 raw 0 active 0, question 2 from 0"},
			{next(60), "total 2 raw 60 active 60, question 3 from 60"},
			{pause(70), "total 2, question 3 from 60 on pause since 70"},
			{pause(75), "total 2, question 3 from 60 paused 5"},
			{next(90), "total 3 raw 30 active 25, question 4 from 90"},
			{exit(100), "total 4 raw 10 active 10, ended at 100 with 4"},
		}, 6},
		{"nothing but NEXT starts a session", []step{
			{pause(0), "no session"},
			{undo(1), "no session"},
			{exit(2), "no session"},
			{next(3), "total 1 raw 0 active 0, question 2 from 3"},
			{exit(4), "total 2 raw 1 active 1, ended at 4 with 2"},
			{pause(5), "no session"},
			{next(6), "total 1 raw 0 active 0, question 2 from 6"},
		}, 1},
		{"a pause may say what it wants", []step{
			{next(0), "total 1 raw 0 active 0, question 2 from 0"},
			{wants(pause(1), false), "total 1, question 2 from 0"},
			{wants(pause(2), true), "total 1, question 2 from 0 on pause since 2"},
			{wants(pause(3), true), "total 1, question 2 from 0 on pause since 2"},
			{wants(pause(4), false), "total 1, question 2 from 0 paused 2"},
		}, 5},
		{"UNDO takes back the last question", []step{
			{next(0), "total 1 raw 0 active 0, question 2 from 0"},
			{next(60), "total 2 raw 60 active 60, question 3 from 60"},
			{undo(65), "total 1, question 2 from 0"},
			{next(80), "total 2 raw 80 active 80, question 3 from 80"},
			{undo(81), "total 1, question 2 from 0"},
			{undo(82), "total 0, question 1 from 0"},
			{undo(83), "total 0, question 1 from 0"},
		}, 7},
		{"a late press is placed by its time", []step{
			{next(0), "total 1 raw 0 active 0, question 2 from 0"},
			{next(100), "total 2 raw 100 active 100, question 3 from 100"},
			{next(40), "total 3 raw 40 active 40, question 4 from 100"},
			{pause(50), "total 3, question 4 from 100"},
			{next(110), "total 4 raw 10 active 10, question 5 from 110"},
			{exit(105), "total 5 raw 5 active 5, question 6 from 110"}, // the NEXT at 110 takes the session up again
		}, 6},
		{"a press before the session starts one that is bounded by it", []step{
			{next(100), "total 1 raw 0 active 0, question 2 from 100"},
			{pause(0), "no session"},
			{next(50), "total 1 raw 0 active 0, ended at 50 with 1"},
			{next(100), "total 2 raw 0 active 0, question 3 from 100"},
			{exit(120), "total 3 raw 20 active 20, ended at 120 with 3"},
			{next(90), "total 2 raw 40 active 40, ended at 90 with 2"},
			{pause(99), "total 2, ended at 99 with 2"},
			{next(40), "total 1 raw 0 active 0, ended at 40 with 1"},
			{exit(95), "total 3 raw 5 active 5, ended at 95 with 3"},
			{pause(95), "no session"}, // neither of the session that ended then
			{next(97), "total 1 raw 0 active 0, ended at 97 with 1"},
		}, 1},
		{"a press in an ended session is placed by its time", []step{
			{next(0), "total 1 raw 0 active 0, question 2 from 0"},
			{exit(100), "total 2 raw 100 active 100, ended at 100 with 2"},
			{next(40), "total 3 raw 40 active 40, ended at 100 with 3"},
			{next(100), "total 1 raw 0 active 0, question 2 from 100"}, // a session ends where the next one begins
			{pause(60), "total 3, ended at 100 with 3"},
		}, 4},
		{"an id counts once", []step{
			{id("a", next(0)), "total 1 raw 0 active 0, question 2 from 0"},
			{id("a", next(0)), "total 1 raw 0 active 0, duplicate, question 2 from 0"},
			{id("b", next(60)), "total 2 raw 60 active 60, question 3 from 60"},
			{id("c", next(90)), "total 3 raw 30 active 30, question 4 from 90"},
			{id("b", next(60)), "total 2 raw 60 active 60, duplicate, question 4 from 90"},
			{id("d", exit(95)), "total 4 raw 5 active 5, ended at 95 with 4"},
			{id("c", next(90)), "total 3 raw 30 active 30, duplicate, ended at 95 with 4"},
			{id("d", exit(95)), "total 4 raw 5 active 5, duplicate, ended at 95 with 4"},
		}, 4},
		{"an id of a refused press is free", []step{
			{id("a", pause(0)), "no session"},
			{id("a", next(1)), "total 1 raw 0 active 0, question 2 from 1"},
		}, 1},
		{"an id means one press", []step{
			{id("a", next(0)), "total 1 raw 0 active 0, question 2 from 0"},
			{id("a", pause(0)), "id reused"},
			{id("a", next(1)), "id reused"},
			{id("a", tracker.Press{Type: timeline.Next}), "id reused"}, // without its time
			{id("b", next(5)), "total 2 raw 5 active 5, question 3 from 5"},
		}, 2},
		{"a press that cannot be right leaves the others alone", []step{
			{next(0), "total 1 raw 0 active 0, question 2 from 0"},
			{ancient, "timestamp must not be before 2000-01-01"},
			{next(3600 + 121), "timestamp must not be more than 2 minutes in the future"},
			{next(60), "total 2 raw 60 active 60, question 3 from 60"},
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := make([]string, len(c.steps))
			presses := make([]tracker.Press, len(c.steps))
			for i, s := range c.steps {
				want[i], presses[i] = s.want, s.press
			}
			for way, size := range map[string]int{"one by one": 1, "in one request": len(presses)} {
				rater := f.newRater(t)
				var got []string
				var newest string
				for chunk := range slices.Chunk(presses, size) {
					outcomes, err := f.Record(t.Context(), rater, chunk, 0)
					if err != nil {
						t.Fatal(err)
					}
					for _, o := range outcomes {
						got = append(got, describe(o))
						if o.Err == nil {
							newest = o.Answer.SessionID
						}
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", way, diff)
				}
				if log := f.logOf(t, rater, newest); len(log) != c.log {
					t.Errorf("%s: %d events are recorded, want %d", way, len(log), c.log)
				}
			}
		})
	}
	f.requireSound(t)
}

func TestRecordAnswersARepeatOfADeletedSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	first := f.record(t, rater, id("a", next(0)), id("b", next(60)))[1]
	if err := f.DeleteSession(t.Context(), rater, first.SessionID); err != nil {
		t.Fatal(err)
	}
	again := f.record(t, rater, id("b", next(60)))[0]
	if got, want := describe(tracker.Outcome{Answer: again}), "total 2 raw 60 active 60, duplicate, deleted"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if again.SessionID != first.SessionID || again.EventID != idOf("b") {
		t.Errorf("got event %s of session %s", again.EventID, again.SessionID)
	}
}

// Presses without an id are never treated as repeats.
func TestRecordGivesIDs(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	answers := f.record(t, f.newRater(t), next(0), next(60), next(60))
	if answers[2].State.Closed != 3 || answers[2].Duplicate {
		t.Errorf("got %+v, want a third question", answers[2])
	}
	if answers[1].EventID == answers[2].EventID || answers[1].EventID == "" {
		t.Errorf("IDs %q and %q", answers[1].EventID, answers[2].EventID)
	}
}

func TestRecordKeepsUsersApart(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ann, bob := f.newRater(t), f.newRater(t)
	anns := f.record(t, ann, id("shared", next(0)))[0]
	bobs := f.record(t, bob, id("shared", next(10)))[0]
	if bobs.Duplicate || bobs.SessionID == anns.SessionID || bobs.State.StartedAt != at(10) {
		t.Errorf("Bob got %+v, after Ann got %+v", bobs, anns)
	}
	if _, err := f.Summary(t.Context(), bob, anns.SessionID); err != tracker.ErrUnknownSession {
		t.Errorf("Bob asks for Ann's session: got %v, want ErrUnknownSession", err)
	}
}

// A session keeps the target that its rater had when it started.
func TestRecordTakesTheRatersTarget(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	rater.Target = 100 * timeline.Second
	first := f.record(t, rater, next(0))[0]
	rater.Target = 200 * timeline.Second
	later := f.record(t, rater, next(60), exit(70), next(80))
	for _, c := range []struct {
		name string
		got  tracker.Answer
		want timeline.Micros
	}{
		{"at its start", first, 100 * timeline.Second},
		{"afterwards", later[1], 100 * timeline.Second},
		{"the next session", later[2], 200 * timeline.Second},
	} {
		if c.got.State.Target != c.want {
			t.Errorf("%s: target %v s, want %v s", c.name, c.got.State.Target.Seconds(), c.want.Seconds())
		}
	}
}

// Events of one user are applied serially: 64 first NEXTs at once, at two replicas, make one
// session and indexes without gaps.
func TestRecordOneAtATime(t *testing.T) {
	t.Parallel()
	const presses = 64
	path := filepath.Join(t.TempDir(), "test.db")
	var c clock
	c.set(at(0))
	f := fixture{store: openStore(t, path), clock: &c}
	rater := f.newRater(t)
	f.Tracker, _ = run(t, f.store, &c, nil)
	other, _ := run(t, openStore(t, path), &c, nil)

	var group errgroup.Group
	answers := make([]tracker.Answer, presses)
	for i := range presses {
		group.Go(func() error {
			outcomes, err := []*tracker.Tracker{f.Tracker, other}[i%2].
				Record(t.Context(), rater, []tracker.Press{{Type: timeline.Next}}, 0)
			if err != nil {
				return err
			}
			answers[i] = outcomes[0].Answer
			return outcomes[0].Err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	var indexes []int
	for _, a := range answers {
		indexes = append(indexes, a.Answered.Index)
		if a.SessionID != answers[0].SessionID {
			t.Errorf("sessions %s and %s", a.SessionID, answers[0].SessionID)
		}
	}
	slices.Sort(indexes)
	for i, index := range indexes {
		if index != i+1 {
			t.Fatalf("indexes %v have a gap", indexes)
		}
	}
	f.requireSound(t)
}
