package httpapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

type meOutput struct {
	Body meBody `doc:"The profile."`
}

type meBody struct {
	ID                int64      `json:"id"`
	Email             string     `json:"email"`
	ExternalID        string     `json:"external_id" doc:"The e-mail address."`
	FirstName         string     `json:"first_name" doc:"May be empty."`
	LastName          string     `json:"last_name" doc:"May be empty."`
	CreatedAt         time.Time  `json:"created_at"`
	LastLoginAt       *time.Time `json:"last_login_at"`
	IsActive          bool       `json:"is_active"`
	Timezone          string     `json:"timezone" doc:"IANA name; days and hours are counted in it."`
	Role              string     `json:"role" enum:"user,admin"`
	TargetMinutes     float64    `json:"target_minutes" doc:"Minutes per question, for sessions that start from now on."`
	WeekStart         string     `json:"week_start" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	DayStart          string     `json:"day_start" enum:"00:00,01:00,02:00,03:00,04:00,05:00,06:00" doc:"When the user's days begin, by the clocks of timezone."`
	ReportingTimezone string     `json:"reporting_timezone" doc:"The week zone: IANA name in which weeks are cut. Empty means timezone."`
	ForgottenAfter    int        `json:"forgotten_after_minutes" doc:"A session that runs for longer without a press looks forgotten. 0 means twice the longest question of the last four weeks, and at least an hour."`
	WantsReportEmails bool       `json:"wants_report_emails"`
}

func (a *api) meOf(u account.User) *meOutput {
	return &meOutput{Body: meBody{
		ID: u.ID, Email: u.Email, ExternalID: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		CreatedAt: timeOf(u.CreatedAt), LastLoginAt: timeOrNull(u.LastLoginAt),
		IsActive: u.Active, Timezone: u.Timezone, Role: string(u.Role),
		TargetMinutes: a.Rater(u).Target.Minutes(), WeekStart: strings.ToLower(u.WeekStart.String()),
		DayStart: httpx.HourText(u.DayStart), ReportingTimezone: u.WeekZone, ForgottenAfter: int(u.ForgottenAfter / timeline.Minute), WantsReportEmails: u.WantsReportEmails,
	}}
}

// profileInput changes what it names and leaves the rest.
type profileInput struct {
	Body profileBody `doc:"The fields to change."`
}

type profileBody struct {
	FirstName         *string  `json:"first_name,omitempty" nullable:"true" maxLength:"100"`
	LastName          *string  `json:"last_name,omitempty" nullable:"true" maxLength:"100"`
	Timezone          *string  `json:"timezone,omitempty" nullable:"true" maxLength:"64" doc:"IANA name, such as America/New_York."`
	TargetMinutes     *float64 `json:"target_minutes,omitempty" nullable:"true" minimum:"0" maximum:"1440" doc:"Minutes per question, from 0.1; 0 means the server's default."`
	WeekStart         *string  `json:"week_start,omitempty" nullable:"true" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	DayStart          *string  `json:"day_start,omitempty" nullable:"true" enum:"00:00,01:00,02:00,03:00,04:00,05:00,06:00" doc:"When the user's days begin, by the clocks of timezone. It holds for past days too."`
	ReportingTimezone *string  `json:"reporting_timezone,omitempty" nullable:"true" maxLength:"64" doc:"The week zone: IANA name in which weeks are cut. Empty means timezone."`
	ForgottenAfter    *int     `json:"forgotten_after_minutes,omitempty" nullable:"true" minimum:"0" maximum:"1440" doc:"Whole minutes from 15; 0 means that the longest questions decide."`
	WantsReportEmails *bool    `json:"wants_report_emails,omitempty" nullable:"true"`
}

// TransformSchema adds to the document what tags cannot say: that the use case refuses
// targets between 0 and 0.1 minutes and waits between 0 and 15, and that null is one of the
// days and of the hours.
func (profileBody) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	for _, name := range []string{"week_start", "day_start"} {
		choice := s.Properties[name]
		choice.Extensions = map[string]any{"enum": append(slices.Clone(choice.Enum), nil)}
	}
	s.Properties["target_minutes"].Extensions = map[string]any{
		"not": map[string]any{"exclusiveMinimum": 0, "exclusiveMaximum": 0.1},
	}
	s.Properties["forgotten_after_minutes"].Extensions = map[string]any{
		"not": map[string]any{"exclusiveMinimum": 0, "exclusiveMaximum": 15},
	}
	return s
}

func (a *api) registerMe() {
	register(a, forWidget(operation("GET /me", "me", tagAccounts, "Who am I?",
		"Answers with the profile of the current user.")), a.me)
	register(a, operation("PATCH /me", "change-me", tagAccounts, "Change the profile",
		"Changes the fields that the body names and leaves the others as they are."), a.changeMe)
}

func (a *api) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	return a.meOf(currentUser(ctx)), nil
}

func (a *api) changeMe(ctx context.Context, in *profileInput) (*meOutput, error) {
	change := account.ProfileChange{
		FirstName: in.Body.FirstName, LastName: in.Body.LastName,
		Timezone: in.Body.Timezone, WeekZone: in.Body.ReportingTimezone,
		WantsReportEmails: in.Body.WantsReportEmails,
	}
	if m := in.Body.TargetMinutes; m != nil {
		target := minutes(*m)
		change.TargetMicros = &target
	}
	if m := in.Body.ForgottenAfter; m != nil {
		after := timeline.Micros(*m) * timeline.Minute
		change.ForgottenAfter = &after
	}
	if name := in.Body.WeekStart; name != nil {
		day, ok := httpx.Weekday(*name)
		if !ok {
			return nil, fault.Field("week_start", "is not a day of the week")
		}
		change.WeekStart = &day
	}
	if text := in.Body.DayStart; text != nil {
		change.DayStart = new(httpx.HourIn(*text))
	}
	user, err := a.Accounts.UpdateProfile(ctx, currentUser(ctx).ID, change)
	if err != nil {
		return nil, err
	}
	return a.meOf(user), nil
}
