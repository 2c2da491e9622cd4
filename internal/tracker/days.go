package tracker

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Day returns the summary of one of the user's days, with a page of its sessions.
func (t *Tracker) Day(ctx context.Context, rater Rater, date report.Date, page int) (report.Day, error) {
	period, err := t.period(ctx, rater, oneDay(date), page, nil)
	if err != nil {
		return report.Day{}, err
	}
	return period.Days[0], nil
}

func oneDay(date report.Date) report.DateRange { return report.DateRange{From: date, Days: 1} }

// Week returns the summary of the week that a date of the week zone lies in, by the user's
// week start. Its days have the first page of their sessions.
func (t *Tracker) Week(ctx context.Context, rater Rater, date report.Date) (report.Period, error) {
	return t.period(ctx, rater.OfWeeks(), report.WeekOf(date, rater.WeekStart), 1, nil)
}

// Month returns the summary of a month of the user's days, as Week does.
func (t *Tracker) Month(ctx context.Context, rater Rater, month report.DateRange) (report.Period, error) {
	return t.period(ctx, rater, month, 1, nil)
}

// Days are read in windows, so that the sessions of a year are never in memory together. Most
// users have few, so windows grow; one with many sessions is followed by a single day.
const (
	firstWindow  = 4 // days
	widest       = 32
	manySessions = 500
)

// period summarizes days; each lists a page of its sessions, or none for page 0. seen, unless it
// is nil, is called with each question that counts.
func (t *Tracker) period(ctx context.Context, rater Rater, dates report.DateRange, page int, seen func(report.SessionInfo, timeline.Question)) (report.Period, error) {
	calendar, err := t.calendar(rater)
	if err != nil {
		return report.Period{}, err
	}
	g := report.Gather(dates, calendar, page)
	for days := firstWindow; dates.Days > 0; {
		window := report.DateRange{From: dates.From, Days: min(days, dates.Days)}
		from, to := window.Cover(calendar)
		sessions, err := t.gather(ctx, rater.ID, g.Window(window), from, to, seen)
		if err != nil {
			return report.Period{}, err
		}
		dates = report.DateRange{From: dates.From.AddDays(window.Days), Days: dates.Days - window.Days}
		if days = min(2*days, widest); sessions > manySessions {
			days = 1
		}
	}
	return g.Period(), nil
}

// gather reads the days of a window, which are within [from, to), and returns how many sessions
// they have. A session that was deleted since they were read has no questions any more.
func (t *Tracker) gather(ctx context.Context, userID int64, w *report.Window, from, to timeline.Instant, seen func(report.SessionInfo, timeline.Question)) (int, error) {
	sessions, err := t.sessionsIn(ctx, userID, from, to)
	if err != nil {
		return 0, err
	}
	numbers := make(map[string]int, len(sessions))
	for _, s := range sessions {
		numbers[s.ID] = w.Session(infoOf(s), s.State.Counted == 0)
	}
	err = t.store.EachTimingIn(ctx, userID, from, to, func(q StoredQuestion) bool {
		number, ok := numbers[q.SessionKey.ID]
		if ok && w.Question(number, q.Question) && seen != nil {
			seen(infoOf(sessions[number]), q.Question)
		}
		return true
	})
	w.Close()
	return len(sessions), err
}
