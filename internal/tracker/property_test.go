package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Several raters act at once, in random requests and so in random groups. Each gets the
// answers of a simple replay of their own actions, and the stored projections match the
// logs.
func TestRandomScripts(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	requireScripts(t, f, 0)
}

// The same where sessions are full after a few entries.
func TestRandomScriptsInFullSessions(t *testing.T) {
	t.Parallel()
	for most := range 4 {
		f := newFixture(t, nil)
		f.SetMaxEntries(2 + 2*most)
		requireScripts(t, f, 2+2*most)
	}
}

// requireScripts plays random scripts. A session has at most so many entries; 0 means more
// than a script makes.
func requireScripts(t *testing.T, f *fixture, most int) {
	t.Helper()
	f.clock.set(at(1000)) // amid the times of the presses
	rapid.Check(t, func(t *rapid.T) {
		before := f.users
		raters := make([]*scripted, rapid.IntRange(1, 4).Draw(t, "raters"))
		for i := range raters {
			raters[i] = &scripted{
				model:  model{rater: f.newRater(t), now: at(1000), most: most, answers: make(map[string]modelAnswer)},
				script: rapid.SliceOfN(acts(), 1, 16).Draw(t, fmt.Sprintf("script of rater %d", i+1)),
			}
		}
		var group errgroup.Group
		for _, r := range raters {
			group.Go(func() error { return r.play(f) })
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, r := range raters {
			if err := r.compareStored(f); err != nil {
				t.Fatal(err)
			}
			if err := r.requireDisjoint(f); err != nil {
				t.Fatal(err)
			}
		}
		requireSoundAbove(t, f, before, raters)
	})
}

// act is one request: presses, or a correction.
type act struct {
	Presses []draft
	// For a correction. Its session and question are drawn as numbers, because they are
	// known only when the script plays.
	Correction        timeline.Type
	Session, Question int
	Target            timeline.Micros
	Adjustment        timeline.Adjustment
	Press, Second     int // of a correction of a press
	Preview           bool
}

// draft is a press, or a repeat of one.
type draft struct {
	Press  tracker.Press
	Repeat int  // > 0: repeats the press this many places earlier
	Change bool // the repeat has another time
}

func acts() *rapid.Generator[act] {
	return rapid.Custom(func(t *rapid.T) act {
		if rapid.IntRange(0, 3).Draw(t, "kind") > 0 {
			return act{Presses: rapid.SliceOfN(drafts(), 1, 6).Draw(t, "presses")}
		}
		return act{
			Correction: rapid.SampledFrom([]timeline.Type{
				timeline.DeleteQuestion, timeline.DeleteQuestion, timeline.RestoreQuestion, timeline.RestoreQuestion,
				timeline.AdjustQuestion, timeline.AdjustQuestion, timeline.SetTarget,
				timeline.DeleteSession, timeline.RestoreSession, timeline.RestoreSession,
				timeline.MovePress, timeline.MovePress, timeline.RemovePress, timeline.RemovePress, timeline.RestorePress,
				timeline.Next, timeline.Pause, timeline.Undo, timeline.Exit,
			}).Draw(t, "correction"),
			Press:    rapid.IntRange(0, 7).Draw(t, "press"),
			Second:   rapid.IntRange(0, 1010).Draw(t, "second"),
			Preview:  rapid.Bool().Draw(t, "preview"),
			Session:  rapid.IntRange(0, 3).Draw(t, "session"),
			Question: rapid.IntRange(0, 9).Draw(t, "question"),
			Target:   timeline.Micros(rapid.Int64Range(1, 1e9).Draw(t, "target")),
			Adjustment: rapid.SampledFrom([]timeline.Adjustment{
				{}, {Set: true}, {Set: true, Active: 7 * timeline.Second}, {Set: true, Active: 200 * timeline.Second},
			}).Draw(t, "adjustment"),
		}
	})
}

func drafts() *rapid.Generator[draft] {
	return rapid.Custom(func(t *rapid.T) draft {
		if rapid.IntRange(0, 5).Draw(t, "repeats") == 0 {
			return draft{Repeat: rapid.IntRange(1, 8).Draw(t, "of"), Change: rapid.IntRange(0, 4).Draw(t, "change") == 0}
		}
		p := tracker.Press{
			Type: rapid.SampledFrom([]timeline.Type{
				timeline.Next, timeline.Next, timeline.Next, timeline.Next,
				timeline.Pause, timeline.Pause, timeline.Undo, timeline.Exit,
			}).Draw(t, "type"),
			WantPaused: rapid.Ptr(rapid.Bool(), true).Draw(t, "want paused"),
		}
		if rapid.IntRange(0, 7).Draw(t, "timed") > 0 {
			p.At = at(rapid.IntRange(0, 1100).Draw(t, "second"))
		}
		if p.Type == timeline.Next && rapid.Bool().Draw(t, "task") {
			p.Task = timeline.Task{AETLow: 1, AETHigh: 2, AETText: "1-2", ID: "task", Type: "kind"}
		}
		return draft{Press: p}
	})
}

// scripted is a rater who plays a script, and the model that says what must result.
type scripted struct {
	model
	script []act
	sent   []tracker.Press
}

func (r *scripted) play(f *fixture) error {
	for i, a := range r.script {
		play := r.playPresses
		if a.Correction != "" {
			play = r.playCorrection
		}
		if err := play(f, a); err != nil {
			return fmt.Errorf("rater %d, act %d: %w", r.rater.ID, i+1, err)
		}
	}
	return nil
}

func (r *scripted) playPresses(f *fixture, a act) error {
	var presses []tracker.Press
	var want []expected
	for _, d := range a.Presses {
		p := r.pressOf(d)
		r.sent = append(r.sent, p)
		presses = append(presses, p)
		want = append(want, r.press(p))
	}
	outcomes, err := f.Record(context.Background(), r.rater, presses, 0)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if err := want[i].compare(presses[i], o, r.now); err != nil {
			return fmt.Errorf("press %d, %+v: %w", i+1, presses[i], err)
		}
	}
	return r.learnIDs(f)
}

func (r *scripted) pressOf(d draft) tracker.Press {
	if d.Repeat == 0 || d.Repeat > len(r.sent) {
		p := d.Press
		if p.Type == "" {
			p.Type = timeline.Next // there is nothing to repeat yet
		}
		p.ID = uuid.NewString()
		return p
	}
	p := r.sent[len(r.sent)-d.Repeat]
	if d.Change {
		p.At = max(p.At, at(0)) + 1
	}
	return p
}

func (w expected) compare(p tracker.Press, got tracker.Outcome, now timeline.Instant) error {
	if w.err != nil || got.Err != nil {
		if !errors.Is(got.Err, w.err) {
			return fmt.Errorf("got %v, want %w", got.Err, w.err)
		}
		return nil
	}
	if w.session.id == "" {
		w.session.id = got.Answer.SessionID
	}
	want := tracker.Answer{
		EventID: p.ID, Type: p.Type, Duplicate: w.duplicate, SessionID: w.session.id,
		State: w.state, Answered: w.answered, At: now, HasCut: w.hasCut,
	}
	if diff := cmp.Diff(want, got.Answer); diff != "" {
		return fmt.Errorf("answer (-want +got):\n%s", diff)
	}
	return nil
}

// compareStored compares every session of the model with what is stored of it.
func (r *scripted) compareStored(f *fixture) error {
	for _, s := range r.sessions {
		stored, err := f.kept.Session(context.Background(), tracker.SessionKey{UserID: r.rater.ID, ID: s.id})
		if err != nil {
			return err
		}
		questions, err := f.kept.SessionQuestions(context.Background(), stored)
		if err != nil {
			return err
		}
		folded := s.fold()
		want := tracker.StoredSession{SessionKey: stored.SessionKey, Version: int64(len(s.log)), State: folded.State}
		if diff := cmp.Diff(want, stored); diff != "" {
			return fmt.Errorf("session %s (-want +stored):\n%s", s.id, diff)
		}
		if diff := cmp.Diff(folded.Visible(), questions, cmpopts.EquateEmpty()); diff != "" {
			return fmt.Errorf("questions of session %s (-want +stored):\n%s", s.id, diff)
		}
	}
	return nil
}

// newer is a store in which a walk over all sessions sees only those of users with greater
// IDs. The others belong to earlier checks.
type newer struct {
	tracker.Store
	than int64
}

func (n newer) NextSessions(ctx context.Context, after tracker.SessionKey, limit int) ([]tracker.StoredSession, error) {
	if after.UserID <= n.than {
		after = tracker.SessionKey{UserID: n.than, ID: "ffffffff-ffff-ffff-ffff-ffffffffffff"} // the last UUID
	}
	return n.Store.NextSessions(ctx, after, limit)
}

// requireSoundAbove verifies the sessions of the raters, whose IDs are above a
// number, and that there are as many as the models know.
func requireSoundAbove(t rapid.TB, f *fixture, above int64, raters []*scripted) {
	v, err := newTracker(newer{f.kept, above}, f.clock, nil).Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range append(v.Differences, v.Overlaps...) {
		t.Error(problem)
	}
	sessions, events := 0, 0
	for _, r := range raters {
		sessions, events = sessions+len(r.sessions), events+r.events
	}
	if v.Sessions != sessions || v.Events != events {
		t.Errorf("%d sessions with %d events are stored, want %d with %d", v.Sessions, v.Events, sessions, events)
	}
}
