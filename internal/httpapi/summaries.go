package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

type summaryOutput struct {
	Body sessionBody `doc:"The session with its questions. The opening question and deleted ones are not in it."`
}

type summaryInput struct {
	SessionPath
	Page    int    `query:"page" minimum:"1" default:"1" doc:"The page of questions, 500 each, from 1."`
	Outcome string `query:"outcome" enum:"submitted,released,expired,skipped,untold" example:"released" doc:"Lists only the questions of which this became; without it all. The totals are those of the whole session."`
}

type sessionBody struct {
	SessionID      string     `json:"session_id" format:"uuid"`
	UserExternalID string     `json:"user_external_id" doc:"The e-mail address."`
	StartedAt      time.Time  `json:"started_at"`
	EndedAt        *time.Time `json:"ended_at" doc:"Null while it runs."`
	IsActive       bool       `json:"is_active"`
	IsForgotten    bool       `json:"is_forgotten" doc:"It is active, and its end was probably forgotten: its newest press is long ago."`
	TargetMinutes  float64    `json:"target_minutes_per_question"`
	TotalRaw       float64    `json:"total_raw_seconds" doc:"Pauses included."`
	TotalsBody
	Questions []questionBody `json:"questions" nullable:"false" maxItems:"500" doc:"The questions of this page; the totals count all questions."`
	Page      int            `json:"page" minimum:"1" doc:"Which page of the questions this is: the one asked for, or the last."`
	Pages     int            `json:"pages" minimum:"1" doc:"How many pages of 500 questions there are, of those asked for."`
	Next      string         `json:"next,omitempty" format:"uri-reference" doc:"Address of the next page; left out on the last one."`
}

// TotalsBody has the numbers of a summary's questions. A day has other names for its pace.
type TotalsBody struct {
	TotalQuestions int          `json:"total_questions"`
	TotalTasks     int          `json:"total_tasks" doc:"A question holds one task or more."`
	Outcomes       OutcomesBody `json:"outcomes" doc:"The questions by what became of them."`
	TotalActive    float64      `json:"total_active_seconds" doc:"Pauses not included."`
	AvgActive      float64      `json:"avg_active_seconds" doc:"Per question; 0 without questions."`
	AvgMMSS        string       `json:"avg_active_mmss" doc:"The same as MM:SS."`
	PaceLabel      string       `json:"pace_label" doc:"The average against the target, from way too fast to slow."`
	PaceEmoji      string       `json:"pace_emoji"`
	Score          int          `json:"score" doc:"From 0 to 100; 100 is on target."`
}

func totalsOf(t report.Totals) TotalsBody {
	pace := t.Pace()
	return TotalsBody{
		TotalQuestions: t.Questions, TotalTasks: t.Tasks, Outcomes: outcomesOf(t.Outcomes),
		TotalActive: t.Active.Seconds(),
		AvgActive:   t.Average().Seconds(), AvgMMSS: report.MMSS(t.Average()),
		PaceLabel: pace.Label, PaceEmoji: pace.Emoji, Score: pace.Score,
	}
}

type questionBody struct {
	ID            string    `json:"id" format:"uuid" doc:"Names the question in a correction; it never changes."`
	Index         int       `json:"index" doc:"From 1, without gaps."`
	StartedAt     time.Time `json:"started_at"`
	EndedAt       time.Time `json:"ended_at"`
	RawSeconds    float64   `json:"raw_seconds" doc:"From start to end, pauses included."`
	ActiveSeconds float64   `json:"active_seconds" doc:"Pauses not included."`
	ActiveMMSS    string    `json:"active_mmss" doc:"The same as MM:SS."`
	IsAdjusted    bool      `json:"is_adjusted" doc:"A person set the active time."`
	Original      float64   `json:"original_active_seconds" doc:"The active time as it was measured."`
	IsImprobable  bool      `json:"is_improbable" doc:"Longer than 3 × target + 5 minutes, and not adjusted: a pause was probably forgotten."`
	OverUnder     float64   `json:"over_under_target_seconds" doc:"Negative when it was faster than the target."`
	OverUnderMMSS string    `json:"over_under_target_mmss" doc:"With a sign, such as -05:29."`
	TargetMinutes float64   `json:"target_minutes" doc:"The high value of the question's AET, or the session's target."`
	AETLow        *float64  `json:"aet_low_minutes"`
	AETHigh       *float64  `json:"aet_high_minutes"`
	AETText       string    `json:"aet_text,omitempty" doc:"The estimate as the page wrote it."`
	TaskID        string    `json:"task_id,omitempty"`
	TaskType      string    `json:"task_type,omitempty"`
	TaskCount     int       `json:"task_count" doc:"How many tasks the question holds."`
	Outcome       string    `json:"outcome,omitempty" enum:"submitted,released,expired,skipped" doc:"What became of it; left out when no press told it."`
}

func (a *api) registerSummaries() {
	for _, path := range []string{"/summary/{session_id}", "/sessions/{session_id}/summary"} {
		summary := operation("GET "+path, idOf("summary", path), tagSummaries, "A session with its questions",
			"Sums up a session, running or ended, and lists up to 500 of its questions. Both paths answer the same.")
		register(a, a.reading(mayFail(forWidget(ofSession(summary)), http.StatusUnprocessableEntity)), a.summary)
	}
	for _, path := range []string{"/dashboard/today/json", "/sessions/today"} {
		register(a, a.reading(mayFail(forWidget(ofDates(operation("GET "+path, idOf("day", path), tagSummaries, "A day",
			"One of the user's days, which begin at day_start in their zone. A question counts on the day and in the hour "+
				"in which it started, so a session that crosses the start of a day is on both days, each with its own "+
				"questions. Both paths answer the same."))), http.StatusUnprocessableEntity)), a.day)
	}
	register(a, a.reading(ofDates(operation("GET /dashboard/week/json", "week", tagSummaries, "A week",
		"The week that holds the date, from the user's first day of the week on, in the week zone."))), a.week)
	register(a, a.reading(ofDates(operation("GET /dashboard/month/json", "month", tagSummaries, "A month",
		"The month of the user's days."))), a.month)
}

// secondPath begins the ID of an operation on its second path.
const secondPath = "session-"

// idOf returns the ID of an operation on this path; the second path needs an ID of its own.
func idOf(id, path string) string {
	if strings.HasPrefix(path, "/sessions/") {
		return secondPath + id
	}
	return id
}

// ofDates declares that an operation has dates as parameters: 400 for one that cannot be
// read.
func ofDates(op huma.Operation) huma.Operation {
	return mayFail(checkedByHandler(op), http.StatusBadRequest)
}

func (a *api) summary(ctx context.Context, in *summaryInput) (*summaryOutput, error) {
	id, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	if in.Page < 1 {
		return nil, fault.Field("page", "must be at least 1")
	}
	choice, err := choiceOf(in.Outcome)
	if err != nil {
		return nil, err
	}
	s, err := a.Tracker.SessionPage(ctx, a.Rater(currentUser(ctx)), id, report.Listing{Choice: choice, Page: in.Page})
	if err != nil {
		return nil, err
	}
	body, err := a.sessionBodyOf(ctx, s)
	return &summaryOutput{Body: body}, err
}

// sessionBodyOf returns a session with a page of its questions.
func (a *api) sessionBodyOf(ctx context.Context, s report.SessionPage) (sessionBody, error) {
	user := currentUser(ctx)
	forgotten, err := a.Tracker.IsForgotten(ctx, a.Rater(user), s.PressedAt)
	if err != nil {
		return sessionBody{}, err
	}
	body := sessionBody{
		SessionID: s.ID, UserExternalID: user.Email,
		StartedAt: timeOf(s.StartedAt), EndedAt: timeOrNull(s.EndedAt), IsActive: s.IsActive, IsForgotten: forgotten,
		TargetMinutes: s.Target.Minutes(),
		TotalRaw:      s.Totals.Raw.Seconds(), TotalsBody: totalsOf(s.Totals),
	}
	body.Page, body.Pages, body.Questions = s.Page, s.Pages, make([]questionBody, len(s.Questions))
	for i, q := range s.Questions {
		body.Questions[i] = questionOf(q)
	}
	if s.Page < s.Pages {
		body.Next = nextPage("/summary/"+s.ID, s.Page, map[string]string{"outcome": string(s.Choice)})
	}
	return body, nil
}

// nextPage returns the address of the page after a page, with those parameters that have a value.
func nextPage(path string, page int, parameters map[string]string) string {
	query := url.Values{"page": {strconv.Itoa(page + 1)}}
	for name, value := range parameters {
		if value != "" {
			query.Set(name, value)
		}
	}
	return path + "?" + query.Encode()
}

func questionOf(q report.Question) questionBody {
	body := questionBody{
		ID: q.ID, Index: q.Index, StartedAt: timeOf(q.StartedAt), EndedAt: timeOf(q.EndedAt),
		RawSeconds: q.Raw.Seconds(), ActiveSeconds: q.Active.Seconds(), ActiveMMSS: report.MMSS(q.Active),
		IsAdjusted: q.IsAdjusted, Original: q.OriginalActive.Seconds(), IsImprobable: q.IsImprobable(),
		OverUnder: q.OverUnder().Seconds(), OverUnderMMSS: report.SignedMMSS(q.OverUnder()),
		TargetMinutes: q.Target.Minutes(),
		AETText:       q.Task.AETText, TaskID: q.Task.ID, TaskType: q.Task.Type,
		TaskCount: q.Task.Tasks(), Outcome: string(q.Outcome),
	}
	if q.Task.AETHigh > 0 {
		low, high := q.Task.AETLow.Minutes(), q.Task.AETHigh.Minutes()
		body.AETLow, body.AETHigh = &low, &high
	}
	return body
}
