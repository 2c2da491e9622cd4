package tracker_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

func TestRecentKeepsItsLimit(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	var presses []tracker.Press
	for i := range 103 {
		presses = append(presses, next(10*i), exit(10*i+5))
	}
	newest := f.record(t, rater, presses...)[len(presses)-1].SessionID
	for limit, want := range map[int]int{-1: 1, 0: 1, 1: 1, 10: 10, 100: 100, 101: 100, 1 << 40: 100} {
		recent, err := f.Recent(t.Context(), rater, limit)
		if err != nil || len(recent) != want || recent[0].ID != newest {
			t.Errorf("limit %d: got %d sessions, %v; want %d, the newest first", limit, len(recent), err, want)
		}
	}
}

func TestSummaryOfUnknownSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	_, err := f.Summary(t.Context(), f.newRater(t), idOf("none"))
	if !errors.Is(err, tracker.ErrUnknownSession) {
		t.Errorf("got %v, want ErrUnknownSession", err)
	}
}

// RecentInDetail returns the newest session first, and each as Summary does.
func TestRecentInDetail(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	for i := range 5 {
		f.record(t, rater, next(100*i), next(100*i+10), next(100*i+30), exit(100*i+35))
	}
	running := f.record(t, rater, next(1000))[0].SessionID
	sessions, err := f.RecentInDetail(t.Context(), rater, 4)
	if err != nil {
		t.Fatal(err)
	}
	if len(sessions) != 4 || sessions[0].ID != running {
		t.Fatalf("%d sessions, want 4 and the one that runs first", len(sessions))
	}
	for _, s := range sessions {
		summary, err := f.Summary(t.Context(), rater, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(summary, s.Session); diff != "" {
			t.Errorf("session (-want +got):\n%s", diff)
		}
	}
}

// A session without an EXIT, after which another one has begun, counts as ended at its newest
// press, everywhere the same.
func TestSupersededSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := f.newRater(t)
	newest := f.record(t, rater, next(1000))[0].SessionID
	older := f.record(t, rater, next(10), next(70), pause(90))[0].SessionID
	want := report.SessionInfo{ID: older, StartedAt: at(10), EndedAt: at(90), WithoutEnd: true, Target: rater.Target, QuestionCount: 1}
	summary, err := f.Summary(t.Context(), rater, older)
	if err != nil || summary.SessionInfo != want {
		t.Errorf("summary %+v, %v", summary.SessionInfo, err)
	}
	day, err := f.Day(t.Context(), rater, report.Date{Year: 2026, Month: 3, Day: 2}, 1)
	if err != nil || len(day.Sessions) != 2 || day.Sessions[0].SessionInfo != want || day.Sessions[1].ID != newest || !day.Sessions[1].IsActive {
		t.Errorf("day %+v, %v", day.Sessions, err)
	}
	recent, err := f.Recent(t.Context(), rater, 10)
	if err != nil || len(recent) != 2 || recent[1].State.Active() || recent[1].State.EndedAt != at(90) || !recent[0].State.Active() {
		t.Errorf("recent %+v, %v", recent, err)
	}
}
