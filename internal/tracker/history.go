package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// History is a session with everything that was pressed and corrected in it.
type History struct {
	Session report.Session
	Steps   []timeline.Step // in the order in which they count
	// CanResume is the ID of the EXIT without which the session would run on; "" unless it
	// is the user's newest session and has ended.
	CanResume string
}

// maxReadable is the longest log that is read for a page. A version before this one recorded
// logs that are longer than maxHistory.
const maxReadable = 50_000

// History returns the history of a session. It reads and folds the whole log: do not call it
// for every page. It returns ErrUnknownSession or ErrSessionTooLong.
func (t *Tracker) History(ctx context.Context, rater Rater, sessionID string) (History, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return History{}, err
	}
	if session.Version > maxReadable {
		return History{}, ErrSessionTooLong
	}
	log, err := t.events(ctx, session.SessionKey)
	if err != nil {
		return History{}, err
	}
	h := History{Steps: timeline.Steps(log)}
	folded := timeline.Fold(log)
	h.Session = report.SummarizeSession(report.SessionLog{SessionInfo: infoOf(session), Questions: folded.Visible()})
	newest, _, err := t.newest(ctx, rater.ID)
	if err == nil && newest.ID == session.ID {
		h.CanResume = endedBy(h.Steps)
	}
	return h, err
}

// maxGlance is the longest log that CanResume reads: it is asked for every page of today.
const maxGlance = 2000

// CanResume returns the newest session and the ID of the EXIT without which it would run on.
// ok is false if a session is active, there is none, or its log is longer than maxGlance: then
// History has it.
func (t *Tracker) CanResume(ctx context.Context, rater Rater) (sessionID, exitID string, ok bool, _ error) {
	newest, ok, err := t.newest(ctx, rater.ID)
	if err != nil || !ok || newest.State.Active() || newest.Version > maxGlance {
		return "", "", false, err
	}
	events, err := t.events(ctx, newest.SessionKey)
	if err != nil {
		return "", "", false, err
	}
	exitID = endedBy(timeline.Steps(events))
	return newest.ID, exitID, exitID != "", nil
}

// endedBy returns the ID of the press that ended the session, or "".
func endedBy(steps []timeline.Step) string {
	ended := ""
	for _, s := range steps {
		switch {
		case s.After.Phase != timeline.Ended:
			ended = ""
		case s.Before.Phase != timeline.Ended:
			ended = s.ID
		}
	}
	return ended
}
