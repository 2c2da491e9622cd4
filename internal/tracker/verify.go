package tracker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Verification is the result of a walk over every session.
type Verification struct {
	Sessions, Events int
	Differences      []string // where a stored projection is not what its log gives
	// Overlaps are pairs of sessions of one user that share time. Only versions that did not
	// know them recorded such sessions; the logs are as they were, and time in both counts
	// twice.
	Overlaps []string
}

const verifyPage = 200

// Verify folds every log again and compares the result with the stored projection. It may
// run on a database in use: a session that changes meanwhile is read again, and those of an
// account that is being deleted are skipped.
func (t *Tracker) Verify(ctx context.Context) (Verification, error) {
	var v Verification
	var after SessionKey
	var ofUser []StoredSession
	for {
		page, err := t.store.NextSessions(ctx, after, verifyPage)
		if err != nil {
			return v, err
		}
		for _, s := range page {
			if err := t.verifySession(ctx, s, &v); err != nil {
				return v, err
			}
			if s.UserID != after.UserID {
				if err := t.findOverlaps(ctx, ofUser, &v); err != nil {
					return v, err
				}
				ofUser = nil
			}
			ofUser, after = append(ofUser, s), s.SessionKey
		}
		if len(page) == 0 {
			return v, t.findOverlaps(ctx, ofUser, &v)
		}
	}
}

func (t *Tracker) verifySession(ctx context.Context, s StoredSession, v *Verification) (err error) {
	defer fault.Wrap(&err, "session "+s.ID)
	s, log, questions, err := t.projected(ctx, s)
	if errors.Is(err, ErrUnknown) {
		return nil // deleted since the page was read
	}
	if err != nil {
		return err
	}
	found := differences(s, log, questions)
	if len(found) > 0 {
		// A deletion first hides the account, then removes its rows in steps. This check
		// comes after the rows were read, so a half-deleted session is not reported.
		if exists, err := t.store.HasUser(ctx, s.UserID); err != nil || !exists {
			return err
		}
	}
	v.Sessions, v.Events = v.Sessions+1, v.Events+len(log)
	for _, difference := range found {
		v.Differences = append(v.Differences, fmt.Sprintf("session %s of user %d: %s", s.ID, s.UserID, difference))
	}
	return nil
}

// projected reads a session with its log and its questions, all of one version. It returns
// ErrUnknown when the session is gone.
func (t *Tracker) projected(ctx context.Context, s StoredSession) (StoredSession, []StoredEvent, []timeline.Question, error) {
	for {
		log, err := t.store.Log(ctx, s.SessionKey)
		if err != nil {
			return s, nil, nil, err
		}
		questions, err := t.store.SessionQuestions(ctx, s)
		if err != nil {
			return s, nil, nil, err
		}
		now, err := t.store.Session(ctx, s.SessionKey)
		if err != nil || now.Version == s.Version {
			return s, log, questions, err
		}
		s = now
	}
}

// differences compares what is stored with a fold of the log.
func differences(s StoredSession, log []StoredEvent, questions []timeline.Question) []string {
	var found []string
	if int64(len(log)) != s.Version {
		found = append(found, fmt.Sprintf("%d events, version %d", len(log), s.Version))
	}
	folded := timeline.Fold(eventsOf(log))
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
