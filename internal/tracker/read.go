package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Recent returns the user's newest sessions by start; limit is kept within 1..100.
func (t *Tracker) Recent(ctx context.Context, rater Rater, limit int) ([]StoredSession, error) {
	sessions, err := t.store.RecentSessions(ctx, rater.ID, min(max(limit, 1), 100))
	if err != nil {
		return nil, err
	}
	return t.asSeen(ctx, sessions...)
}

// RecentInDetail returns the user's newest sessions by start, each with its totals and its first
// questions; limit is kept within 1..100. All come from one read. A session that was deleted
// meanwhile is left out.
func (t *Tracker) RecentInDetail(ctx context.Context, rater Rater, limit int) ([]report.SessionPage, error) {
	sessions, err := t.Recent(ctx, rater, limit)
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	from, to := sessions[0].State.StartedAt, sessions[0].State.LastAt
	listers := make(map[string]*report.Lister, len(sessions))
	for _, s := range sessions {
		from, to = min(from, s.State.StartedAt), max(to, s.State.LastAt)
		listers[s.ID] = report.NewLister(infoOf(s), report.Listing{})
	}
	err = t.store.EachQuestionIn(ctx, rater.ID, from, to+1, func(q StoredQuestion) bool { // one starts at LastAt at the latest
		if l := listers[q.SessionKey.ID]; l != nil {
			l.Add(q.Question)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	var inDetail []report.SessionPage
	for _, s := range sessions {
		if page := listers[s.ID].Page(); page.QuestionCount > 0 || s.State.Counted == 0 {
			inDetail = append(inDetail, page)
		}
	}
	return inDetail, nil
}

// SessionPage returns a session with some of its questions. It returns ErrUnknownSession.
func (t *Tracker) SessionPage(ctx context.Context, rater Rater, sessionID string, listing report.Listing) (report.SessionPage, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return report.SessionPage{}, err
	}
	lister := report.NewLister(infoOf(session), listing)
	err = t.store.EachQuestion(ctx, session, func(q timeline.Question) bool {
		lister.Add(q)
		return true
	})
	return lister.Page(), err
}

// Question returns a question of a session, and the session itself without its questions. It
// returns ErrUnknownSession or ErrUnknownQuestion; beside the latter the session is known.
func (t *Tracker) Question(ctx context.Context, rater Rater, sessionID, questionID string) (s report.SessionInfo, q report.Question, _ error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return s, q, err
	}
	s = infoOf(session)
	// A press asks for the question that it has closed, which is the latest.
	latest, err := t.store.QuestionsBefore(ctx, session, session.State.LastAt+1, 1)
	if err != nil {
		return s, q, err
	}
	if len(latest) == 1 && latest[0].ID == questionID {
		q = report.QuestionOf(latest[0], s.Target)
		q.Index = s.QuestionCount
		return s, q, nil
	}
	return t.anyQuestion(ctx, session, questionID)
}

func (t *Tracker) anyQuestion(ctx context.Context, session StoredSession, questionID string) (report.SessionInfo, report.Question, error) {
	lister, isFound := report.NewLister(infoOf(session), report.Listing{With: questionID}), false
	err := t.store.EachQuestion(ctx, session, func(q timeline.Question) bool {
		lister.Add(q)
		isFound = q.ID == questionID
		return !isFound
	})
	listed := lister.Page().Questions
	switch {
	case err != nil:
		return report.SessionInfo{}, report.Question{}, err
	case !isFound || len(listed) == 0:
		return infoOf(session), report.Question{}, ErrUnknownQuestion
	}
	return infoOf(session), listed[len(listed)-1], nil
}

// HasEvent reports whether an event is recorded in a session.
func (t *Tracker) HasEvent(ctx context.Context, rater Rater, sessionID, eventID string) (bool, error) {
	event, err := t.store.Event(ctx, EventKey{UserID: rater.ID, ID: eventID})
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil && event.Session.ID == sessionID, err
}

// LogPage is how many events LogAfter returns.
const LogPage = 500

// LogAfter returns up to LogPage events of one session as they arrived, after the one with the
// number seq. It returns ErrUnknownSession.
func (t *Tracker) LogAfter(ctx context.Context, rater Rater, sessionID string, seq int64) ([]StoredEvent, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return nil, err
	}
	return t.store.LogAfter(ctx, session.SessionKey, seq, LogPage)
}

// events returns what a fold needs of a log, in no particular order.
func (t *Tracker) events(ctx context.Context, key SessionKey) ([]timeline.Event, error) {
	stored, err := t.store.Log(ctx, key)
	return eventsOf(stored), err
}

func eventsOf(log []StoredEvent) []timeline.Event {
	events := make([]timeline.Event, len(log))
	for i, e := range log {
		events[i] = e.Event
	}
	return events
}

// session returns a session of the user that is not deleted, as people see it, or
// ErrUnknownSession.
func (t *Tracker) session(ctx context.Context, rater Rater, sessionID string) (StoredSession, error) {
	session, err := t.store.Session(ctx, SessionKey{UserID: rater.ID, ID: sessionID})
	if errors.Is(err, ErrUnknown) || err == nil && session.State.Deleted {
		return StoredSession{}, ErrUnknownSession
	}
	if err != nil {
		return StoredSession{}, err
	}
	seen, err := t.asSeen(ctx, session)
	if err != nil {
		return StoredSession{}, err
	}
	return seen[0], nil
}

func infoOf(s StoredSession) report.SessionInfo {
	info := report.SessionInfo{
		ID: s.ID, StartedAt: s.State.StartedAt, EndedAt: s.State.EndedAt, WithoutEnd: s.State.IsSuperseded(),
		IsActive: s.State.Active(), Target: s.State.Target, QuestionCount: s.State.Counted,
	}
	if info.IsActive {
		info.PressedAt = s.State.Current.PressedAt
	}
	return info
}
