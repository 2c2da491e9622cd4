package httpapi

import (
	"context"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

type dayInput struct {
	Date string `query:"date" format:"date" example:"2026-01-31" doc:"YYYY-MM-DD; without it today."`
	Zone string `query:"zone" enum:"weeks" doc:"weeks asks for a day of the user's weeks, which in another week zone is from midnight to midnight there. Without it a day of the user's own."`
	Page int    `query:"page" minimum:"1" default:"1" doc:"The page of sessions, 500 each, from 1."`
}

type weekInput struct {
	Date string `query:"date" format:"date" example:"2026-01-31" doc:"YYYY-MM-DD, a date in the week zone; without it the week that runs there now."`
}

type monthInput struct {
	Month string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-01" doc:"YYYY-MM; without it this month in the user's zone."`
}

type dayOutput struct {
	Body dayBody `doc:"The day with its hours and sessions."`
}

type dayBody struct {
	Date            string           `json:"date" format:"date"`
	Timezone        string           `json:"timezone" doc:"IANA name of the zone in which the day is cut."`
	DayStart        string           `json:"day_start" example:"05:00" doc:"When the day begins, by the clocks of timezone; it ends at this hour of the next date."`
	UserExternalID  string           `json:"user_external_id" doc:"The e-mail address."`
	TotalSessions   int              `json:"total_sessions"`
	TotalQuestions  int              `json:"total_questions"`
	TotalTasks      int              `json:"total_tasks" doc:"A question holds one task or more."`
	Outcomes        OutcomesBody     `json:"outcomes" doc:"The questions by what became of them."`
	TotalRaw        float64          `json:"total_raw_seconds" doc:"Pauses included."`
	TotalActive     float64          `json:"total_active_seconds" doc:"Pauses not included."`
	TotalActiveMMSS string           `json:"total_active_mmss" doc:"MM:SS below one hour, HH:MM rounded to the minute from one hour on. The seconds are in total_active_seconds."`
	AvgActive       float64          `json:"avg_active_seconds" doc:"Per question; 0 without questions."`
	AvgMMSS         string           `json:"avg_active_mmss" doc:"The same as MM:SS."`
	DailyPaceLabel  string           `json:"daily_pace_label" doc:"The average against the targets of the day's questions."`
	DailyPaceEmoji  string           `json:"daily_pace_emoji"`
	DailyScore      int              `json:"daily_score" doc:"From 0 to 100; 100 is on target."`
	HourlyActivity  []hourBody       `json:"hourly_activity" nullable:"false" minItems:"24" maxItems:"24" doc:"One entry for each hour of the wall clock, also on a day of 23 or 25 hours, from the first hour of the day to its last: 5, 6, … 23, 0, … 4 for a day from 05:00."`
	Sessions        []daySessionBody `json:"sessions" nullable:"false" maxItems:"500" doc:"The sessions of this page; the totals count all."`
	Page            int              `json:"page" minimum:"1" doc:"Which page of the sessions this is: the one asked for, or the last. The days of a week and of a month have the first."`
	Pages           int              `json:"pages" minimum:"1" doc:"How many pages of 500 sessions there are."`
	Next            string           `json:"next,omitempty" format:"uri-reference" doc:"Address of the day with the next page of its sessions; left out on the last one."`
}

type hourBody struct {
	Hour           int       `json:"hour" minimum:"0" maximum:"23"`
	TotalQuestions int       `json:"total_questions"`
	ActiveSeconds  float64   `json:"active_seconds"`
	BucketStart    time.Time `json:"bucket_start" doc:"When the hour began."`
}

// daySessionBody is the part of a session that belongs to the day.
type daySessionBody struct {
	SessionID   string     `json:"session_id" format:"uuid"`
	StartedAt   time.Time  `json:"started_at" doc:"Of the whole session."`
	EndedAt     *time.Time `json:"ended_at" doc:"Of the whole session; null while it runs."`
	IsActive    bool       `json:"is_active"`
	IsForgotten bool       `json:"is_forgotten" doc:"It is active, and its end was probably forgotten: its newest press is long ago."`
	TotalsBody
}

type periodOutput struct {
	Body periodBody `doc:"The totals and each day."`
}

type periodBody struct {
	From            string  `json:"from" format:"date" doc:"First day."`
	To              string  `json:"to" format:"date" doc:"Last day."`
	Timezone        string  `json:"timezone" doc:"IANA name of the zone in which the days are cut."`
	DayStart        string  `json:"day_start" example:"05:00" doc:"When each day begins, by the clocks of timezone."`
	UserExternalID  string  `json:"user_external_id" doc:"The e-mail address."`
	TotalSessions   int     `json:"total_sessions" doc:"A session of several days counts once."`
	TotalRaw        float64 `json:"total_raw_seconds" doc:"Pauses included."`
	TotalActiveMMSS string  `json:"total_active_mmss" doc:"MM:SS below one hour, HH:MM rounded to the minute from one hour on. The seconds are in total_active_seconds."`
	TotalsBody
	Days []dayBody `json:"days" nullable:"false" doc:"Every day of the period, also those without a question."`
}

func (a *api) day(ctx context.Context, in *dayInput) (*dayOutput, error) {
	user := currentUser(ctx)
	rater := a.Rater(user)
	switch in.Zone {
	case "":
	case "weeks":
		rater = rater.OfWeeks()
	default:
		return nil, fault.Field("zone", "must be weeks or left out")
	}
	today, err := a.Tracker.Today(rater)
	if err != nil {
		return nil, err
	}
	date, err := httpx.DateOr(in.Date, today)
	if err != nil {
		return nil, err
	}
	if in.Page < 1 {
		return nil, fault.Field("page", "must be at least 1")
	}
	day, err := a.Tracker.Day(ctx, rater, date, in.Page)
	if err != nil {
		return nil, err
	}
	body := dayOf(user, day, in.Zone)
	return &dayOutput{Body: body}, a.markForgotten(ctx, user, body, day)
}

func (a *api) week(ctx context.Context, in *weekInput) (*periodOutput, error) {
	user := currentUser(ctx)
	rater := a.Rater(user)
	now, err := a.Tracker.ThisWeek(rater)
	if err != nil {
		return nil, err
	}
	date, err := httpx.DateOr(in.Date, now.From)
	if err != nil {
		return nil, err
	}
	week, err := a.Tracker.Week(ctx, rater, date)
	if err != nil {
		return nil, err
	}
	return a.periodOutputOf(ctx, user, week, "weeks")
}

func (a *api) month(ctx context.Context, in *monthInput) (*periodOutput, error) {
	user := currentUser(ctx)
	dates, err := a.monthOf(user, in.Month)
	if err != nil {
		return nil, err
	}
	month, err := a.Tracker.Month(ctx, a.Rater(user), dates)
	if err != nil {
		return nil, err
	}
	return a.periodOutputOf(ctx, user, month, "")
}

// monthOf returns the days of the month asked for, by default this one.
func (a *api) monthOf(user account.User, text string) (report.DateRange, error) {
	today, err := a.Tracker.Today(a.Rater(user))
	if err != nil {
		return report.DateRange{}, err
	}
	return httpx.MonthOr(text, today)
}

// dayOf returns a day; zone is the parameter with which it was asked for.
func dayOf(user account.User, d report.Day, zone string) dayBody {
	pace := d.Totals.Pace()
	body := dayBody{
		Date: d.Date.String(), Timezone: d.Zone.String(), DayStart: httpx.HourText(d.DayStart), UserExternalID: user.Email,
		TotalSessions: d.SessionCount, TotalQuestions: d.Totals.Questions,
		TotalTasks: d.Totals.Tasks, Outcomes: outcomesOf(d.Totals.Outcomes),
		TotalRaw: d.Totals.Raw.Seconds(), TotalActive: d.Totals.Active.Seconds(), TotalActiveMMSS: report.Total(d.Totals.Active),
		AvgActive: d.Totals.Average().Seconds(), AvgMMSS: report.MMSS(d.Totals.Average()),
		DailyPaceLabel: pace.Label, DailyPaceEmoji: pace.Emoji, DailyScore: pace.Score,
		HourlyActivity: make([]hourBody, len(d.Hours)), Sessions: make([]daySessionBody, len(d.Sessions)),
		Page: d.Page, Pages: d.Pages(),
	}
	if d.Page < body.Pages {
		body.Next = nextPage("/dashboard/today/json", d.Page, map[string]string{"date": body.Date, "zone": zone})
	}
	for i, h := range d.Hours {
		body.HourlyActivity[i] = hourBody{
			Hour: h.Hour, TotalQuestions: h.Totals.Questions,
			ActiveSeconds: h.Totals.Active.Seconds(), BucketStart: timeOf(h.Start),
		}
	}
	for i, s := range d.Sessions {
		body.Sessions[i] = daySessionBody{
			SessionID: s.ID, StartedAt: timeOf(s.StartedAt), EndedAt: timeOrNull(s.EndedAt), IsActive: s.IsActive,
			TotalsBody: totalsOf(s.Totals),
		}
	}
	return body
}

// periodOf returns days, which the parameter zone asks for.
func periodOf(user account.User, p report.Period, zone string) periodBody {
	body := periodBody{
		From: p.Dates.From.String(), To: p.Dates.Last().String(), Timezone: p.Zone.String(), DayStart: httpx.HourText(p.DayStart), UserExternalID: user.Email,
		TotalSessions: p.SessionCount, TotalsBody: totalsOf(p.Totals),
		TotalRaw: p.Totals.Raw.Seconds(), TotalActiveMMSS: report.Total(p.Totals.Active),
		Days: make([]dayBody, len(p.Days)),
	}
	for i, d := range p.Days {
		body.Days[i] = dayOf(user, d, zone)
	}
	return body
}
