package tracker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

const maxEntries = 10_000

// fill records presses in order until the active session has so many entries. The presses are
// a microsecond apart, from second 0 on.
func (f *fixture) fill(t *testing.T, rater tracker.Rater, entries int) (session string) {
	t.Helper()
	for done := 0; done < entries; {
		batch := make([]tracker.Press, min(500, entries-done))
		for i := range batch {
			batch[i] = tracker.Press{Type: timeline.Next, At: at(0).Add(timeline.Micros(done + i))}
		}
		session = f.record(t, rater, batch...)[0].SessionID
		done += len(batch)
	}
	return session
}

// A NEXT for which a session has no room ends it and begins the next one. It closes its
// question, and is recorded once.
func TestNextIntoAFullSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	full := f.fill(t, rater, maxEntries-1)
	last := id("the last", next(10))
	if a := f.record(t, rater, last)[0]; a.SessionID != full {
		t.Errorf("entry %d is in another session", maxEntries)
	}
	if err := f.SetTarget(t.Context(), rater, full, timeline.Minute); !errors.Is(err, tracker.ErrSessionTooLong) {
		t.Errorf("a correction of the full session: got %v, want ErrSessionTooLong", err)
	}
	beyond := id("beyond", next(70))
	beyond.Outcome = timeline.Submitted
	for repeat := range 2 {
		a := f.record(t, rater, beyond)[0]
		if a.SessionID == full || a.State.Closed != 1 || a.State.Current.StartedAt != at(70) || a.Duplicate != (repeat > 0) {
			t.Errorf("try %d: the NEXT beyond gives session %s, %+v", repeat+1, a.SessionID, a.State)
		}
		if want := (tracker.Answered{Index: 1, Closed: true, Raw: timeline.Minute, Active: timeline.Minute}); a.Answered != want {
			t.Errorf("try %d: the NEXT beyond is answered %+v, want %+v", repeat+1, a.Answered, want)
		}
	}
	s, err := f.Summary(t.Context(), rater, full)
	if err != nil || s.IsActive || s.EndedAt != at(70) || len(s.Questions) != maxEntries {
		t.Fatalf("the full session: %d questions, ended at %v, %v", len(s.Questions), s.EndedAt, err)
	}
	if q := s.Questions[maxEntries-1]; q.Outcome != timeline.Submitted || q.StartedAt != at(10) {
		t.Errorf("its last question: %+v", q)
	}
	f.requireSound(t)
}

// What a full session does not take is refused with a reason; deleting it is always possible,
// and undone a few times.
func TestFullSessionRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.SetMaxEntries(4)
	rater := f.newRater(t)
	answers := f.record(t, rater, next(0), next(10), next(20), next(30))
	session := answers[0].SessionID
	for name, c := range map[string]struct {
		press tracker.Press
		want  error
	}{
		"PAUSE":            {pause(40), tracker.ErrSessionFull},
		"UNDO":             {undo(40), tracker.ErrSessionFull},
		"late NEXT":        {next(15), tracker.ErrSessionTooLong},
		"late EXIT":        {exit(15), tracker.ErrSessionTooLong},
		"PAUSE of no time": {press(timeline.Pause, 5), tracker.ErrSessionTooLong},
	} {
		outcomes, err := f.Record(t.Context(), rater, []tracker.Press{c.press}, 0)
		if err != nil || !errors.Is(outcomes[0].Err, c.want) {
			t.Errorf("%s: got %v, %v, want %v", name, outcomes, err, c.want)
		}
	}
	question := answers[2].EventID
	if err := f.DeleteQuestion(t.Context(), rater, session, question); !errors.Is(err, tracker.ErrSessionTooLong) {
		t.Errorf("deleting a question: got %v, want ErrSessionTooLong", err)
	}
	exited := f.record(t, rater, exit(50))[0]
	if exited.SessionID != session || exited.State.Phase != timeline.Ended {
		t.Errorf("its EXIT: %+v", exited)
	}
	if _, err := f.Resume(t.Context(), rater, exited.EventID); !errors.Is(err, tracker.ErrSessionTooLong) {
		t.Errorf("taking back its EXIT: got %v, want ErrSessionTooLong", err)
	}
	const restorations = 10
	for i := range restorations + 1 {
		if err := f.DeleteSession(t.Context(), rater, session); err != nil {
			t.Fatalf("deletion %d: %v", i+1, err)
		}
		_, err := f.RestoreSession(t.Context(), rater, session)
		if want := i == restorations; errors.Is(err, tracker.ErrSessionTooLong) != want || !want && err != nil {
			t.Errorf("restoration %d: %v", i+1, err)
		}
	}
	f.requireSound(t)
}

// A session of the past that another one bounds is cut like the newest one, whatever arrives
// in which order, and however often.
func TestFullSessionOfThePast(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.SetMaxEntries(3)
	rater := f.newRater(t)
	f.record(t, rater, next(1000), next(1010))
	var late []tracker.Press
	for i := range 7 {
		late = append(late, id(string(rune('a'+i)), next(10*i)))
	}
	for range 2 {
		f.record(t, rater, late...)
	}
	recent, err := f.Recent(t.Context(), rater, 10)
	if err != nil {
		t.Fatal(err)
	}
	var closed []int
	for _, s := range recent {
		closed = append(closed, s.State.Closed)
	}
	if diff := cmp.Diff([]int{2, 1, 4, 4}, closed); diff != "" {
		t.Errorf("closed questions, newest session first (-want +got):\n%s", diff)
	}
	f.requireSound(t)
}

// worked is what people see of a question, whichever event closed it.
type worked struct {
	From, To timeline.Instant
	Paused   timeline.Micros
	Task     timeline.Task
	Outcome  timeline.Outcome
}

// Presses that fill sessions give the same questions as without the bound, but for those that
// were refused; every press is in one log, once.
func TestSessionsAreCutWithoutLoss(t *testing.T) {
	t.Parallel()
	cut, whole := newFixture(t, nil), newFixture(t, nil)
	const most = 5
	cut.SetMaxEntries(most)
	rapid.Check(t, func(t *rapid.T) {
		ann, bob := cut.newRater(t), whole.newRater(t)
		var accepted, batch []tracker.Press
		ids := make(map[string]bool)
		send := func() {
			for range rapid.IntRange(1, 2).Draw(t, "times sent") {
				outcomes, err := cut.Record(context.Background(), ann, batch, 0)
				if err != nil {
					t.Fatal(err)
				}
				for i, o := range outcomes {
					isNew := !ids[batch[i].ID]
					if o.Err == nil && isNew {
						accepted = append(accepted, batch[i])
						ids[batch[i].ID] = true
					}
					if o.Err != nil && batch[i].Type == timeline.Next {
						t.Fatalf("a NEXT is refused: %v", o.Err)
					}
				}
			}
			batch = nil
		}
		for i := range rapid.IntRange(1, 40).Draw(t, "presses") {
			p := tracker.Press{
				ID: uuid.NewString(), At: at(10 * i),
				Type: rapid.SampledFrom([]timeline.Type{timeline.Next, timeline.Next, timeline.Next, timeline.Pause, timeline.Exit}).Draw(t, "type"),
			}
			if p.Type == timeline.Next {
				p.Task = timeline.Task{ID: p.ID, Count: 2}
				p.Outcome = rapid.SampledFrom(timeline.Outcomes()).Draw(t, "outcome")
			}
			if batch = append(batch, p); rapid.Bool().Draw(t, "send") {
				send()
			}
		}
		send()
		outcomes, err := whole.Record(context.Background(), bob, accepted, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outcomes {
			if o.Err != nil {
				t.Fatalf("without the bound: %v", o.Err)
			}
		}
		if diff := cmp.Diff(questionsOf(t, whole, bob), questionsOf(t, cut, ann)); diff != "" {
			t.Errorf("questions (-without the bound +with it):\n%s", diff)
		}
		requireInOneLog(t, cut, ann, accepted, most)
	})
}

func questionsOf(t *rapid.T, f *fixture, rater tracker.Rater) (all []worked) {
	questions, err := f.store.QuestionsIn(context.Background(), rater.ID, at(0), at(3600))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range questions {
		all = append(all, worked{q.StartedAt, q.EndedAt, q.Paused, q.Task, q.Outcome})
	}
	return all
}

// requireInOneLog fails unless each press is in one log once, and no log is longer than it
// may be: at most so many entries and an EXIT.
func requireInOneLog(t *rapid.T, f *fixture, rater tracker.Rater, presses []tracker.Press, most int) {
	sessions, err := f.store.NextSessionsOf(context.Background(), tracker.SessionKey{UserID: rater.ID}, 100)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	for _, s := range sessions {
		log, err := f.store.Log(context.Background(), s.SessionKey)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range log {
			found[e.ID]++
		}
		if len(log) > most+1 {
			t.Errorf("a session has %d entries, want at most %d and an EXIT", len(log), most)
		}
	}
	for _, p := range presses {
		if found[p.ID] != 1 {
			t.Errorf("%s of %d is in %d logs", p.Type, p.At, found[p.ID])
		}
	}
}
