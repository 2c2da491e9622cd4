package tracker

import (
	"context"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Verification is the result of a walk over every session.
type Verification struct {
	Sessions, Events int
	Differences      []string // what the stored projection has otherwise than its log
}

const verifyPage = 200

// Verify folds every log anew and compares it with the stored projection. On a
// database in use, a session that changes meanwhile is read again.
func (t *Tracker) Verify(ctx context.Context) (Verification, error) {
	var v Verification
	var after SessionKey
	for {
		page, err := t.store.NextSessions(ctx, after, verifyPage)
		if err != nil {
			return v, err
		}
		if len(page) == 0 {
			return v, nil
		}
		for _, s := range page {
			if err := t.verifySession(ctx, s, &v); err != nil {
				return v, fmt.Errorf("session %s: %w", s.ID, err)
			}
		}
		after = page[len(page)-1].SessionKey
	}
}

func (t *Tracker) verifySession(ctx context.Context, s StoredSession, v *Verification) error {
	for {
		log, err := t.store.Log(ctx, s.SessionKey)
		if err != nil {
			return err
		}
		questions, err := t.store.SessionQuestions(ctx, s)
		if err != nil {
			return err
		}
		now, err := t.store.Session(ctx, s.SessionKey)
		if err != nil {
			return err
		}
		if now.Version == s.Version {
			v.Sessions, v.Events = v.Sessions+1, v.Events+len(log)
			for _, difference := range differences(s, log, questions) {
				v.Differences = append(v.Differences, fmt.Sprintf("session %s of user %d: %s", s.ID, s.UserID, difference))
			}
			return nil
		}
		s = now
	}
}

// differences compares what is stored with a fold of the log.
func differences(s StoredSession, log []StoredEvent, questions []timeline.Question) []string {
	var found []string
	events := make([]timeline.Event, len(log))
	for i, e := range log {
		events[i] = e.Event
	}
	if int64(len(log)) != s.Version {
		found = append(found, fmt.Sprintf("%d entries, version %d", len(log), s.Version))
	}
	folded := timeline.Fold(events)
	if folded.State != s.State {
		found = append(found, fmt.Sprintf("state %+v, its log gives %+v", s.State, folded.State))
	}
	if want := folded.Visible(); !slices.Equal(want, questions) {
		found = append(found, fmt.Sprintf("questions %+v, its log gives %+v", questions, want))
	}
	return found
}

func sortLog(log []StoredEvent) {
	slices.SortFunc(log, func(a, b StoredEvent) int { return timeline.Compare(a.Event, b.Event) })
}
