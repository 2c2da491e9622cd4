package web

import (
	"io"
	"iter"
	"net/http"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/export"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

const csvMedia = "text/csv; charset=utf-8; header=present" // RFC 7111

// dailyCSV sends one day, today by default; zone=weeks asks for a day of the user's weeks.
func (f *face) dailyCSV(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked, _, err := f.dayIn(r, v.User)
	if err != nil {
		return err
	}
	date := asked.dates.From
	return f.send(w, r, v, download{
		name: "raterhub-day-" + date.String() + ".csv", media: csvMedia, of: "daily.csv " + date.String(),
		write: func(out io.Writer) error {
			day, err := f.Tracker.Day(r.Context(), asked.rater, date, 1)
			if err != nil {
				return err
			}
			return export.Days(out, []report.Day{day})
		},
	})
}

// weeklyCSV sends seven days from week_start on, on whichever weekday that is; by default
// this week. The days are cut in the week zone.
func (f *face) weeklyCSV(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked := f.zoned(v.User, true)
	now, err := f.Tracker.ThisWeek(asked.rater)
	if err != nil {
		return err
	}
	asked.dates.Days = now.Days
	if asked.dates.From, err = httpx.DateOr(r.URL.Query().Get("week_start"), now.From); err != nil {
		return err
	}
	return f.send(w, r, v, download{
		name: "raterhub-week-" + asked.dates.From.String() + ".csv", media: csvMedia, of: "weekly.csv " + daysOf(asked.dates),
		write: func(out io.Writer) error {
			week, err := f.Tracker.Range(r.Context(), asked.rater, asked.dates)
			if err != nil {
				return err
			}
			return export.Week(out, week)
		},
	})
}

// daysCSV sends a row for each day of a range.
func (f *face) daysCSV(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked, err := f.rangeIn(r.URL.Query(), v.User)
	if err != nil {
		return err
	}
	return f.send(w, r, v, download{
		name: "raterhub-days-" + fileRange(asked.dates) + ".csv", media: csvMedia, of: "days.csv " + daysOf(asked.dates),
		write: func(out io.Writer) error {
			period, err := f.Tracker.Range(r.Context(), asked.rater, asked.dates)
			if err != nil {
				return err
			}
			return export.Days(out, period.Days)
		},
	})
}

// questionsCSV sends a row for each question that started in a range of days, or for those
// of one outcome.
func (f *face) questionsCSV(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked, err := f.rangeIn(r.URL.Query(), v.User)
	if err != nil {
		return err
	}
	choice, err := choiceIn(r.URL.Query())
	if err != nil {
		return err
	}
	return f.send(w, r, v, download{
		name: "raterhub-questions-" + fileRange(asked.dates) + ".csv", media: csvMedia, of: "questions.csv " + daysOf(asked.dates),
		write: func(out io.Writer) error {
			return export.Questions(out, chosenOf(f.Tracker.Questions(r.Context(), asked.rater, asked.dates), choice))
		},
	})
}

// archive sends everything that the server keeps of the user's profile and sessions.
func (f *face) archive(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	rater, at := f.Rater(v.User), timeline.InstantOf(f.Now())
	today, err := f.Tracker.Today(rater)
	if err != nil {
		return err
	}
	return f.send(w, r, v, download{
		name: "raterhub-tracker-" + today.String() + ".json", media: "application/json", of: "everything",
		write: func(out io.Writer) error {
			return export.Archive(out, at, exportedProfile(v.User), exportedLogs(f.Tracker.Logs(r.Context(), rater)))
		},
	})
}

func daysOf(dates report.DateRange) string {
	return dates.From.String() + " to " + dates.Last().String()
}

func fileRange(dates report.DateRange) string {
	return dates.From.String() + "-" + dates.Last().String()
}

func exportedProfile(u account.User) export.Profile {
	return export.Profile{
		Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		Timezone: u.Timezone, DayStart: httpx.HourText(u.DayStart), ReportingTimezone: u.WeekZone, WeekStart: strings.ToLower(u.WeekStart.String()),
		Target: export.SecondsIf(u.TargetMicros, u.TargetMicros > 0), WantsReportEmails: u.WantsReportEmails,
		ForgottenAfter: export.SecondsIf(u.ForgottenAfter, u.ForgottenAfter > 0),
		CreatedAt:      export.TimeIf(u.CreatedAt), LastLoginAt: export.TimeIf(u.LastLoginAt),
	}
}

func exportedLogs(logs iter.Seq2[tracker.SessionLog, error]) iter.Seq2[export.Log, error] {
	return func(yield func(export.Log, error) bool) {
		for stored, err := range logs {
			log := export.Log{SessionID: stored.ID, IsSuperseded: !stored.IsNewest, Events: make([]export.Event, len(stored.Events))}
			for i, e := range stored.Events {
				log.Events[i] = export.Event{Event: e.Event, ReceivedAt: e.ReceivedAt, ClientAt: e.ClientAt, SentAt: e.SentAt}
			}
			if !yield(log, err) {
				return
			}
		}
	}
}
