package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

type meOutput struct {
	Body meBody
}

type meBody struct {
	ID                int64      `json:"id"`
	Email             string     `json:"email"`
	ExternalID        string     `json:"external_id" doc:"The e-mail address."`
	FirstName         string     `json:"first_name"`
	LastName          string     `json:"last_name"`
	CreatedAt         *time.Time `json:"created_at"`
	LastLoginAt       *time.Time `json:"last_login_at"`
	IsActive          bool       `json:"is_active"`
	Timezone          string     `json:"timezone" doc:"IANA name; days and hours are counted in it."`
	Role              string     `json:"role" enum:"user,admin"`
	TargetMinutes     float64    `json:"target_minutes" doc:"Per question, for sessions that start from now on."`
	WeekStart         string     `json:"week_start" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	ReportingTimezone string     `json:"reporting_timezone" doc:"IANA name in which weeks are counted; empty means timezone."`
	WantsReportEmails bool       `json:"wants_report_emails"`
}

func (a *api) meOf(u account.User) *meOutput {
	return &meOutput{Body: meBody{
		ID: u.ID, Email: u.Email, ExternalID: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		CreatedAt: timeOf(u.CreatedAt), LastLoginAt: timeOf(u.LastLoginAt),
		IsActive: u.Active, Timezone: u.Timezone, Role: string(u.Role),
		TargetMinutes: a.Rater(u).Target.Minutes(), WeekStart: strings.ToLower(u.WeekStart.String()),
		ReportingTimezone: u.WeekZone, WantsReportEmails: u.WantsReportEmails,
	}}
}

// profileInput changes what it names and leaves the rest.
type profileInput struct {
	Body struct {
		FirstName         *string  `json:"first_name,omitempty"`
		LastName          *string  `json:"last_name,omitempty"`
		Timezone          *string  `json:"timezone,omitempty" doc:"IANA name, such as America/New_York."`
		TargetMinutes     *float64 `json:"target_minutes,omitempty" minimum:"0" maximum:"1440" doc:"Minutes per question; 0 is the server's default."`
		WeekStart         *string  `json:"week_start,omitempty" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
		ReportingTimezone *string  `json:"reporting_timezone,omitempty" doc:"IANA name in which weeks are counted; empty is timezone."`
		WantsReportEmails *bool    `json:"wants_report_emails,omitempty"`
	}
}

func (a *api) registerMe() {
	const tag = "Accounts"
	register(a, forWidget(operation(http.MethodGet, "/me", "me", "Who am I?", tag)), a.me)
	register(a, operation(http.MethodPatch, "/me", "change-me", "Change the profile", tag), a.changeMe)
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
	if name := in.Body.WeekStart; name != nil {
		day, ok := httpx.Weekday(*name)
		if !ok {
			return nil, fault.Field("week_start", "is not a day of the week")
		}
		change.WeekStart = &day
	}
	user, err := a.Accounts.UpdateProfile(ctx, currentUser(ctx).ID, change)
	if err != nil {
		return nil, err
	}
	return a.meOf(user), nil
}

// targetOf checks a target that a client sends for a session.
func targetOf(field string, m float64) (timeline.Micros, error) {
	if m < 0.1 || m > 1440 {
		return 0, fault.Field(field, "must be from 0.1 to 1440 minutes")
	}
	return minutes(m), nil
}
