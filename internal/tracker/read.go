package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Recent are the user's newest sessions by start; limit is kept within 1..100.
func (t *Tracker) Recent(ctx context.Context, rater Rater, limit int) ([]StoredSession, error) {
	return t.store.RecentSessions(ctx, rater.ID, min(max(limit, 1), 100))
}

// Summary is the summary of one session. It returns ErrUnknownSession.
func (t *Tracker) Summary(ctx context.Context, rater Rater, sessionID string) (report.Session, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return report.Session{}, err
	}
	questions, err := t.store.SessionQuestions(ctx, session)
	if err != nil {
		return report.Session{}, err
	}
	return report.SummarizeSession(report.SessionLog{SessionInfo: infoOf(session), Questions: questions}), nil
}

// Log is every entry of one session in the order that counts. It returns
// ErrUnknownSession.
func (t *Tracker) Log(ctx context.Context, rater Rater, sessionID string) ([]StoredEvent, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return nil, err
	}
	log, err := t.store.Log(ctx, session.SessionKey)
	if err != nil {
		return nil, err
	}
	sortLog(log)
	return log, nil
}

// session is one of the user's own that is not deleted, or ErrUnknownSession.
func (t *Tracker) session(ctx context.Context, rater Rater, sessionID string) (StoredSession, error) {
	session, err := t.store.Session(ctx, SessionKey{UserID: rater.ID, ID: sessionID})
	if errors.Is(err, ErrUnknown) || err == nil && session.State.Deleted {
		return StoredSession{}, ErrUnknownSession
	}
	return session, err
}

// Today is the date at this moment in the user's zone.
func (t *Tracker) Today(rater Rater) (report.Date, error) {
	zone, err := t.zones.load(rater.Zone)
	if err != nil {
		return report.Date{}, err
	}
	return report.DateOf(timeline.InstantOf(t.now()), zone), nil
}

// Day is the summary of one day in the user's zone.
func (t *Tracker) Day(ctx context.Context, rater Rater, date report.Date) (report.Day, error) {
	period, err := t.period(ctx, rater, rater.Zone, report.DateRange{From: date, Days: 1})
	if err != nil {
		return report.Day{}, err
	}
	return period.Days[0], nil
}

// Week is the summary of the week that a date lies in, by the user's week start
// and reporting zone.
func (t *Tracker) Week(ctx context.Context, rater Rater, date report.Date) (report.Period, error) {
	zone := rater.WeekZone
	if zone == "" {
		zone = rater.Zone
	}
	return t.period(ctx, rater, zone, report.WeekOf(date, rater.WeekStart))
}

// Month is the summary of a month in the user's zone.
func (t *Tracker) Month(ctx context.Context, rater Rater, month report.DateRange) (report.Period, error) {
	return t.period(ctx, rater, rater.Zone, month)
}

func (t *Tracker) period(ctx context.Context, rater Rater, zoneName string, dates report.DateRange) (report.Period, error) {
	zone, err := t.zones.load(zoneName)
	if err != nil {
		return report.Period{}, err
	}
	from, to := dates.Cover(zone)
	sessions, questions, err := t.recordedIn(ctx, rater, from, to)
	if err != nil {
		return report.Period{}, err
	}
	logs := make([]report.SessionLog, len(sessions))
	for i, s := range sessions {
		logs[i] = report.SessionLog{SessionInfo: infoOf(s), Questions: questions[s.ID]}
	}
	return report.SummarizePeriod(dates, zone, logs), nil
}

// recordedIn are the questions that started in [from, to), by the id of their session,
// and the sessions that started then or have such a question, by start; deleted ones left
// out.
func (t *Tracker) recordedIn(ctx context.Context, rater Rater, from, to timeline.Instant) ([]StoredSession, map[string][]timeline.Question, error) {
	// Questions first: each one's session is stored by then.
	stored, err := t.store.QuestionsIn(ctx, rater.ID, from, to)
	if err != nil {
		return nil, nil, err
	}
	questions := make(map[string][]timeline.Question)
	for _, q := range stored {
		questions[q.SessionKey.ID] = append(questions[q.SessionKey.ID], q.Question)
	}
	sessions, err := t.sessionsOf(ctx, rater, from, to, questions)
	return sessions, questions, err
}

// sessionsOf are the sessions that started in [from, to) or have one of these questions,
// by start; deleted ones left out. Those that started before are few, the one that was
// running at from as a rule, and each is read by its key: no plan of a database can make
// the length of the history count.
func (t *Tracker) sessionsOf(
	ctx context.Context, rater Rater, from, to timeline.Instant, questions map[string][]timeline.Question,
) ([]StoredSession, error) {
	sessions, err := t.store.SessionsStartedIn(ctx, rater.ID, from, to)
	if err != nil {
		return nil, err
	}
	started := make(map[string]bool, len(sessions))
	for _, s := range sessions {
		started[s.ID] = true
	}
	for id := range questions {
		if started[id] {
			continue
		}
		s, err := t.session(ctx, rater, id)
		if errors.Is(err, ErrUnknownSession) {
			continue // deleted since its questions were read
		}
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, s)
	}
	slices.SortFunc(sessions, func(a, b StoredSession) int {
		return cmp.Or(cmp.Compare(a.State.StartedAt, b.State.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return sessions, nil
}

func infoOf(s StoredSession) report.SessionInfo {
	return report.SessionInfo{
		ID: s.ID, StartedAt: s.State.StartedAt, EndedAt: s.State.EndedAt,
		IsActive: s.State.Active(), Target: s.State.Target, QuestionCount: s.State.Counted,
	}
}

// zones keeps the time zones that were loaded: reading one takes longer than
// summarizing a day. There are some 600.
type zones struct {
	loaded sync.Map // name → *time.Location
}

func (z *zones) load(name string) (*time.Location, error) {
	if zone, ok := z.loaded.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("loading time zone: %w", err)
	}
	z.loaded.Store(name, zone)
	return zone, nil
}
