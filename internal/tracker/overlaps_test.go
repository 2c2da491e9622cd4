package tracker_test

import (
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// writeSession stores a session as a version does that does not look at other sessions.
func (f *fixture) writeSession(t *testing.T, rater tracker.Rater, name string, presses ...tracker.Press) {
	t.Helper()
	key := tracker.SessionKey{UserID: rater.ID, ID: idOf(name)}
	var c tracker.Changes
	var log []timeline.Event
	for i, p := range presses {
		e := timeline.Event{ID: idOf(name + string(rune('a'+i))), Seq: int64(i + 1), Type: p.Type, At: p.At}
		if i == 0 {
			e.Target = rater.Target
		}
		log = append(log, e)
		c.Events = append(c.Events, tracker.StoredEvent{Session: key, Event: e})
	}
	s := timeline.Fold(log)
	c.Sessions = []tracker.StoredSession{{SessionKey: key, Version: int64(len(log)), State: s.State}}
	for _, q := range s.Visible() {
		c.Put = append(c.Put, tracker.StoredQuestion{SessionKey: key, Question: q})
	}
	if err := f.store.InTx(t.Context(), func(tx tracker.Tx) error { return tx.Write(t.Context(), c) }); err != nil {
		t.Fatal(err)
	}
}

// A database of an earlier version may have sessions that overlap. They are read as they
// are, session verify lists them, and they can be corrected.
func TestOverlapsOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	f.writeSession(t, rater, "one", next(0), next(40), exit(100))
	f.writeSession(t, rater, "two", next(60), exit(150))
	f.writeSession(t, rater, "touching", next(150), exit(150))
	f.writeSession(t, rater, "runs", next(200), pause(210))

	day, err := f.Day(t.Context(), rater, report.Date{Year: 2026, Month: 3, Day: 2}, 1)
	if err != nil || len(day.Sessions) != 4 || day.Totals.Active != 190*timeline.Second {
		t.Errorf("the day has %d sessions, %+v, %v", len(day.Sessions), day.Totals, err)
	}
	overlaps := func() []string {
		t.Helper()
		v, err := f.Verify(t.Context())
		if err != nil || len(v.Differences) > 0 || v.Sessions != 4 {
			t.Fatalf("%+v, %v", v, err)
		}
		return v.Overlaps
	}
	found := overlaps()
	if len(found) != 1 || !strings.Contains(found[0], idOf("one")) || !strings.Contains(found[0], idOf("two")) {
		t.Errorf("got %q, want the overlap of one and two", found)
	}
	end := func(seconds int) error {
		_, err := f.Correct(t.Context(), rater, tracker.Correction{SessionID: idOf("one"), Event: timeline.Event{
			Type: timeline.MovePress, PressID: idOf("onec"), MovedTo: at(seconds),
		}})
		return err
	}
	for _, seconds := range []int{90, 60} { // ever shorter
		if err := end(seconds); err != nil {
			t.Errorf("end at %d: %v", seconds, err)
		}
	}
	if err := end(61); err == nil {
		t.Error("an overlap came back")
	}
	if found := overlaps(); len(found) > 0 {
		t.Errorf("got %q, want none", found)
	}
}
