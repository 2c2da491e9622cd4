package tracker

import (
	"context"
	"iter"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// MaxRangeDays is how many days one report may have: a year, and a leap day.
const MaxRangeDays = 366

// logsPage is how many sessions a walk reads at a time. A session is small compared with
// its log.
const logsPage = 100

// ErrRange is returned for a range that is empty or longer than MaxRangeDays.
var ErrRange = fault.New(fault.Malformed, "the range must have 1 to 366 days")

// Range returns the summary of a run of the user's days, which list no sessions. It returns
// ErrRange.
func (t *Tracker) Range(ctx context.Context, rater Rater, dates report.DateRange) (report.Period, error) {
	if err := checkRange(dates); err != nil {
		return report.Period{}, err
	}
	return t.period(ctx, rater, dates, 0, nil)
}

func checkRange(dates report.DateRange) error {
	if dates.Days < 1 || dates.Days > MaxRangeDays {
		return ErrRange
	}
	return nil
}

// SessionLog is a session and every event of its log, by time and then by arrival.
type SessionLog struct {
	StoredSession
	IsNewest bool // no other session of the user has begun since
	Events   []StoredEvent
}

// Logs yields all sessions of a user, deleted ones included, by their ids. No transaction
// is held between two of them, and only one log at a time is in memory. A log may be newer
// than the projection beside it: fold the log where both must agree.
func (t *Tracker) Logs(ctx context.Context, rater Rater) iter.Seq2[SessionLog, error] {
	return func(yield func(SessionLog, error) bool) {
		newest, _, err := t.newest(ctx, rater.ID)
		if err != nil {
			yield(SessionLog{}, err)
			return
		}
		after := SessionKey{UserID: rater.ID}
		for {
			page, err := t.store.NextSessionsOf(ctx, after, logsPage)
			if err != nil {
				yield(SessionLog{}, err)
				return
			}
			for _, session := range page {
				log, err := t.store.Log(ctx, session.SessionKey)
				sortLog(log)
				if !yield(SessionLog{StoredSession: session, IsNewest: session.ID == newest.ID, Events: log}, err) || err != nil {
					return
				}
				after = session.SessionKey
			}
			if len(page) < logsPage {
				return
			}
		}
	}
}
