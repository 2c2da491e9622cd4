package tracker_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		if diff := cmp.Diff(summary, s); diff != "" {
			t.Errorf("session (-want +got):\n%s", diff)
		}
	}
}
