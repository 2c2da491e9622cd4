package tracker

import (
	"context"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Day returns the summary of one of the user's days.
func (t *Tracker) Day(ctx context.Context, rater Rater, date report.Date) (report.Day, error) {
	period, err := t.period(ctx, rater, oneDay(date))
	if err != nil {
		return report.Day{}, err
	}
	return period.Days[0], nil
}

// DayInDetail returns the summary of a day and the summaries of its sessions, in the same
// order, each with all its questions, even those of other days. Both come from the same
// reads, so they agree; a session that is deleted meanwhile is in both or in neither.
func (t *Tracker) DayInDetail(ctx context.Context, rater Rater, date report.Date) (report.Day, []report.Session, error) {
	calendar, err := t.calendar(rater)
	if err != nil {
		return report.Day{}, nil, err
	}
	from, to := date.Cover(calendar)
	sessions, err := t.sessionsIn(ctx, rater.ID, from, to)
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
	day := report.SummarizePeriod(oneDay(date), calendar, logs).Days[0]
	inDetail := make([]report.Session, len(day.Sessions))
	for i, s := range day.Sessions {
		inDetail[i] = report.SummarizeSession(byID[s.ID])
	}
	return day, inDetail, nil
}

func oneDay(date report.Date) report.DateRange { return report.DateRange{From: date, Days: 1} }

// Week returns the summary of the week that a date of the week zone lies in, by the user's
// week start.
func (t *Tracker) Week(ctx context.Context, rater Rater, date report.Date) (report.Period, error) {
	return t.period(ctx, rater.OfWeeks(), report.WeekOf(date, rater.WeekStart))
}

// Month returns the summary of a month of the user's days.
func (t *Tracker) Month(ctx context.Context, rater Rater, month report.DateRange) (report.Period, error) {
	return t.period(ctx, rater, month)
}

func (t *Tracker) period(ctx context.Context, rater Rater, dates report.DateRange) (report.Period, error) {
	calendar, err := t.calendar(rater)
	if err != nil {
		return report.Period{}, err
	}
	from, to := dates.Cover(calendar)
	sessions, err := t.sessionsIn(ctx, rater.ID, from, to)
	if err != nil {
		return report.Period{}, err
	}
	logs, err := t.logsIn(ctx, rater, sessions, from, to)
	if err != nil {
		return report.Period{}, err
	}
	return report.SummarizePeriod(dates, calendar, logs), nil
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
