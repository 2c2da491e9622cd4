package tracker_test

import (
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

func TestVerifyCounts(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	const raters = 205 // more than one page of sessions
	for range raters {
		f.record(t, f.newRater(t), next(0), next(60))
	}
	v, err := f.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v.Sessions != raters || v.Events != 2*raters || len(v.Differences) != 0 {
		t.Errorf("got %d sessions, %d events, differences %q", v.Sessions, v.Events, v.Differences)
	}
}

// Verify finds every stored value that differs from the log, and says where.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		// tamper changes what is stored of a session and its one question.
		tamper func(session tracker.StoredSession, q tracker.StoredQuestion) tracker.Changes
		want   []string // what each difference says
	}{
		{"nothing", func(s tracker.StoredSession, _ tracker.StoredQuestion) tracker.Changes {
			return tracker.Changes{Sessions: []tracker.StoredSession{s}}
		}, nil},
		{"a count", func(s tracker.StoredSession, _ tracker.StoredQuestion) tracker.Changes {
			s.State.Counted++
			return tracker.Changes{Sessions: []tracker.StoredSession{s}}
		}, []string{"state"}},
		{"a start", func(s tracker.StoredSession, _ tracker.StoredQuestion) tracker.Changes {
			s.State.StartedAt--
			return tracker.Changes{Sessions: []tracker.StoredSession{s}}
		}, []string{"state"}},
		{"a version", func(s tracker.StoredSession, _ tracker.StoredQuestion) tracker.Changes {
			s.Version++
			return tracker.Changes{Sessions: []tracker.StoredSession{s}}
		}, []string{"2 events, version 3"}},
		{"an event too many", func(s tracker.StoredSession, _ tracker.StoredQuestion) tracker.Changes {
			return tracker.Changes{Sessions: []tracker.StoredSession{s}, Events: []tracker.StoredEvent{{
				Session: s.SessionKey, Event: timeline.Event{ID: idOf("smuggled"), Seq: 3, Type: timeline.Next, At: at(90)},
			}}}
		}, []string{"3 events, version 2", "state", "questions"}},
		{"a question is gone", func(s tracker.StoredSession, q tracker.StoredQuestion) tracker.Changes {
			return tracker.Changes{Sessions: []tracker.StoredSession{s}, Drop: []tracker.StoredQuestion{q}}
		}, []string{"questions"}},
		{"a question too many", func(s tracker.StoredSession, q tracker.StoredQuestion) tracker.Changes {
			q.Question.ID = idOf("smuggled")
			return tracker.Changes{Sessions: []tracker.StoredSession{s}, Put: []tracker.StoredQuestion{q}}
		}, []string{"questions"}},
		{"a question's pause", func(s tracker.StoredSession, q tracker.StoredQuestion) tracker.Changes {
			changed := q
			changed.Paused++
			return tracker.Changes{
				Sessions: []tracker.StoredSession{s}, Drop: []tracker.StoredQuestion{q}, Put: []tracker.StoredQuestion{changed},
			}
		}, []string{"questions"}},
		{"a question's adjustment", func(s tracker.StoredSession, q tracker.StoredQuestion) tracker.Changes {
			changed := q
			changed.Adjustment = timeline.Adjustment{Set: true, Active: changed.Active()}
			return tracker.Changes{
				Sessions: []tracker.StoredSession{s}, Drop: []tracker.StoredQuestion{q}, Put: []tracker.StoredQuestion{changed},
			}
		}, []string{"questions"}},
		{"a question's task", func(s tracker.StoredSession, q tracker.StoredQuestion) tracker.Changes {
			changed := q
			changed.Task.AETHigh = 1
			return tracker.Changes{
				Sessions: []tracker.StoredSession{s}, Drop: []tracker.StoredQuestion{q}, Put: []tracker.StoredQuestion{changed},
			}
		}, []string{"questions"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, nil)
			f.record(t, f.newRater(t), next(0), next(60)) // sound, and stays so
			rater := f.newRater(t)
			f.record(t, rater, next(0), next(60))
			session, question := f.stored(t, rater)
			err := f.store.InTx(t.Context(), func(tx tracker.Tx) error {
				return tx.Write(t.Context(), c.tamper(session, question))
			})
			if err != nil {
				t.Fatal(err)
			}
			v, err := f.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Differences) != len(c.want) {
				t.Fatalf("differences %q, want %d", v.Differences, len(c.want))
			}
			for i, difference := range v.Differences {
				prefix := "session " + session.ID + " of user 2: " + c.want[i]
				if !strings.HasPrefix(difference, prefix) {
					t.Errorf("got %q, want it to begin with %q", difference, prefix)
				}
			}
		})
	}
}

// stored returns the rater's only session and its only question.
func (f *fixture) stored(t *testing.T, rater tracker.Rater) (tracker.StoredSession, tracker.StoredQuestion) {
	t.Helper()
	sessions, err := f.store.RecentSessions(t.Context(), rater.ID, 2)
	if err != nil || len(sessions) != 1 {
		t.Fatalf("got %d sessions, %v", len(sessions), err)
	}
	questions, err := f.store.SessionQuestions(t.Context(), sessions[0])
	if err != nil || len(questions) != 1 {
		t.Fatalf("got %d questions, %v", len(questions), err)
	}
	return sessions[0], tracker.StoredQuestion{SessionKey: sessions[0].SessionKey, Question: questions[0]}
}
