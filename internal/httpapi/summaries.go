package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

type summaryOutput struct {
	Body sessionBody
}

type sessionBody struct {
	SessionID      string     `json:"session_id"`
	UserExternalID string     `json:"user_external_id"`
	StartedAt      *time.Time `json:"started_at"`
	EndedAt        *time.Time `json:"ended_at"`
	IsActive       bool       `json:"is_active"`
	TargetMinutes  float64    `json:"target_minutes_per_question"`
	TotalRaw       float64    `json:"total_raw_seconds"`
	TotalsBody
	Questions []questionBody `json:"questions"`
}

// TotalsBody is what every summary but a day's says of its questions; a day names
// its pace otherwise.
type TotalsBody struct {
	TotalQuestions int     `json:"total_questions"`
	TotalActive    float64 `json:"total_active_seconds"`
	AvgActive      float64 `json:"avg_active_seconds"`
	AvgMMSS        string  `json:"avg_active_mmss"`
	PaceLabel      string  `json:"pace_label"`
	PaceEmoji      string  `json:"pace_emoji"`
	Score          int     `json:"score"`
}

func totalsOf(t report.Totals) TotalsBody {
	pace := t.Pace()
	return TotalsBody{
		TotalQuestions: t.Questions, TotalActive: t.Active.Seconds(),
		AvgActive: t.Average().Seconds(), AvgMMSS: report.MMSS(t.Average()),
		PaceLabel: pace.Label, PaceEmoji: pace.Emoji, Score: pace.Score,
	}
}

type questionBody struct {
	ID            string     `json:"id" doc:"Stable; names the question for a correction."`
	Index         int        `json:"index" doc:"1..n without gaps."`
	StartedAt     *time.Time `json:"started_at"`
	EndedAt       *time.Time `json:"ended_at"`
	RawSeconds    float64    `json:"raw_seconds"`
	ActiveSeconds float64    `json:"active_seconds"`
	ActiveMMSS    string     `json:"active_mmss"`
	IsAdjusted    bool       `json:"is_adjusted" doc:"A person set the active time."`
	Original      float64    `json:"original_active_seconds" doc:"The active time without that: raw without the pauses."`
	IsImprobable  bool       `json:"is_improbable" doc:"Longer than 3 targets and 5 minutes, and not adjusted: was a pause forgotten?"`
	OverUnder     float64    `json:"over_under_target_seconds"`
	OverUnderMMSS string     `json:"over_under_target_mmss" doc:"With a sign, such as -05:29."`
	TargetMinutes float64    `json:"target_minutes" doc:"The question's AET, or the session's target."`
	AETLow        *float64   `json:"aet_low_minutes"`
	AETHigh       *float64   `json:"aet_high_minutes"`
	AETText       string     `json:"aet_text,omitempty"`
	TaskID        string     `json:"task_id,omitempty"`
	TaskType      string     `json:"task_type,omitempty"`
}

func (a *api) registerSummaries() {
	const tag = "Summaries"
	for _, path := range []string{"/summary/{session_id}", "/sessions/{session_id}/summary"} {
		register(a, forWidget(withNotFound(operation(http.MethodGet, path, idOf("summary", path), "A session with its questions", tag))), a.summary)
	}
	for _, path := range []string{"/dashboard/today/json", "/sessions/today"} {
		register(a, forWidget(withBadDate(operation(http.MethodGet, path, idOf("day", path), "A day in the user's zone", tag))), a.day)
	}
	register(a, withBadDate(operation(http.MethodGet, "/dashboard/week/json", "week", "A week, by the user's week start and reporting zone", tag)), a.week)
	register(a, withBadDate(operation(http.MethodGet, "/dashboard/month/json", "month", "A month in the user's zone", tag)), a.month)
}

// idOf gives the second path of one operation an id of its own.
func idOf(id, path string) string {
	if strings.HasPrefix(path, "/sessions/") {
		return "session-" + id
	}
	return id
}

func withNotFound(op huma.Operation) huma.Operation {
	op.Errors = append(op.Errors, http.StatusNotFound)
	return op
}

// withConflict is of an operation that what is recorded may stand against.
func withConflict(op huma.Operation) huma.Operation {
	op = withNotFound(op)
	op.Errors = append(op.Errors, http.StatusConflict)
	return op
}

func withBadDate(op huma.Operation) huma.Operation {
	op.Errors = append(op.Errors, http.StatusBadRequest)
	return op
}

func (a *api) summary(ctx context.Context, in *SessionPath) (*summaryOutput, error) {
	id, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	user := currentUser(ctx)
	s, err := a.Tracker.Summary(ctx, a.Rater(user), id)
	if err != nil {
		return nil, err
	}
	body := sessionBody{
		SessionID: s.ID, UserExternalID: user.Email,
		StartedAt: timeOf(s.StartedAt), EndedAt: timeOf(s.EndedAt), IsActive: s.IsActive,
		TargetMinutes: s.Target.Minutes(),
		TotalRaw:      s.Totals.Raw.Seconds(), TotalsBody: totalsOf(s.Totals),
		Questions: make([]questionBody, len(s.Questions)),
	}
	for i, q := range s.Questions {
		body.Questions[i] = questionOf(q)
	}
	return &summaryOutput{Body: body}, nil
}

func questionOf(q report.Question) questionBody {
	body := questionBody{
		ID: q.ID, Index: q.Index, StartedAt: timeOf(q.StartedAt), EndedAt: timeOf(q.EndedAt),
		RawSeconds: q.Raw.Seconds(), ActiveSeconds: q.Active.Seconds(), ActiveMMSS: report.MMSS(q.Active),
		IsAdjusted: q.IsAdjusted, Original: q.OriginalActive.Seconds(), IsImprobable: q.IsImprobable(),
		OverUnder: q.OverUnder().Seconds(), OverUnderMMSS: report.SignedMMSS(q.OverUnder()),
		TargetMinutes: q.Target.Minutes(),
		AETText:       q.Task.AETText, TaskID: q.Task.ID, TaskType: q.Task.Type,
	}
	if q.Task.AETHigh > 0 {
		low, high := q.Task.AETLow.Minutes(), q.Task.AETHigh.Minutes()
		body.AETLow, body.AETHigh = &low, &high
	}
	return body
}
