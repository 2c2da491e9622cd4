package tracker

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Today returns the date at this moment in the user's zone.
func (t *Tracker) Today(rater Rater) (report.Date, error) {
	zone, err := t.zones.load(rater.Zone)
	if err != nil {
		return report.Date{}, err
	}
	return report.DateOf(timeline.InstantOf(t.now()), zone), nil
}

// Day returns the summary of one day in the user's zone.
func (t *Tracker) Day(ctx context.Context, rater Rater, date report.Date) (report.Day, error) {
	period, err := t.period(ctx, rater, rater.Zone, oneDay(date))
	if err != nil {
		return report.Day{}, err
	}
	return period.Days[0], nil
}

// DayInDetail returns the summary of a day and the summaries of its sessions, in the same
// order, each with all its questions, even those of other days. Both come from the same
// reads, so they agree; a session that is deleted meanwhile is in both or in neither.
func (t *Tracker) DayInDetail(ctx context.Context, rater Rater, date report.Date) (report.Day, []report.Session, error) {
	zone, err := t.zones.load(rater.Zone)
	if err != nil {
		return report.Day{}, nil, err
	}
	from, to := oneDay(date).Cover(zone)
	sessions, err := t.store.SessionsIn(ctx, rater.ID, from, to)
	if err != nil {
		return report.Day{}, nil, err
	}
	logs, err := t.wholeLogs(ctx, rater, sessions)
	if err != nil {
		return report.Day{}, nil, err
	}
	byID := make(map[string]report.SessionLog, len(logs))
	for _, log := range logs {
		byID[log.ID] = log
	}
	day := report.SummarizePeriod(oneDay(date), zone, logs).Days[0]
	inDetail := make([]report.Session, len(day.Sessions))
	for i, s := range day.Sessions {
		inDetail[i] = report.SummarizeSession(byID[s.ID])
	}
	return day, inDetail, nil
}

func oneDay(date report.Date) report.DateRange { return report.DateRange{From: date, Days: 1} }

// Week returns the summary of the week that a date lies in, by the user's week start and
// week zone.
func (t *Tracker) Week(ctx context.Context, rater Rater, date report.Date) (report.Period, error) {
	zone := rater.WeekZone
	if zone == "" {
		zone = rater.Zone
	}
	return t.period(ctx, rater, zone, report.WeekOf(date, rater.WeekStart))
}

// Month returns the summary of a month in the user's zone.
func (t *Tracker) Month(ctx context.Context, rater Rater, month report.DateRange) (report.Period, error) {
	return t.period(ctx, rater, rater.Zone, month)
}

func (t *Tracker) period(ctx context.Context, rater Rater, zoneName string, dates report.DateRange) (report.Period, error) {
	zone, err := t.zones.load(zoneName)
	if err != nil {
		return report.Period{}, err
	}
	from, to := dates.Cover(zone)
	sessions, err := t.store.SessionsIn(ctx, rater.ID, from, to)
	if err != nil {
		return report.Period{}, err
	}
	logs, err := t.logsIn(ctx, rater, sessions, from, to)
	if err != nil {
		return report.Period{}, err
	}
	return report.SummarizePeriod(dates, zone, logs), nil
}

// wholeLogs returns sessions with all their questions. A session that has lost its
// questions since sessions was read was deleted meanwhile, and is left out.
func (t *Tracker) wholeLogs(ctx context.Context, rater Rater, sessions []StoredSession) ([]report.SessionLog, error) {
	if len(sessions) == 0 {
		return nil, nil
	}
	from, to := sessions[0].State.StartedAt, sessions[0].State.LastAt
	for _, s := range sessions[1:] {
		from, to = min(from, s.State.StartedAt), max(to, s.State.LastAt)
	}
	logs, err := t.logsIn(ctx, rater, sessions, from, to+1) // a question starts at LastAt at the latest
	return slices.DeleteFunc(logs, func(log report.SessionLog) bool {
		return log.QuestionCount > 0 && len(log.Questions) == 0
	}), err
}

// logsIn returns sessions with their questions that started in [from, to), in one read for
// all of them. A session that was deleted since sessions was read has none.
func (t *Tracker) logsIn(ctx context.Context, rater Rater, sessions []StoredSession, from, to timeline.Instant) ([]report.SessionLog, error) {
	stored, err := t.store.QuestionsIn(ctx, rater.ID, from, to)
	if err != nil {
		return nil, err
	}
	questions := make(map[string][]timeline.Question, len(sessions))
	for _, q := range stored {
		questions[q.SessionKey.ID] = append(questions[q.SessionKey.ID], q.Question)
	}
	logs := make([]report.SessionLog, len(sessions))
	for i, s := range sessions {
		logs[i] = report.SessionLog{SessionInfo: infoOf(s), Questions: questions[s.ID]}
	}
	return logs, nil
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
