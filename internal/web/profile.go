package web

import (
	_ "embed" // the list of time zones
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// zoneNames are the IANA names to choose from, one a line. Others that the server
// knows can be typed.
//
//go:embed zones.txt
var zoneNames string

func (f *face) profile(w http.ResponseWriter, r *http.Request, v visitor) error {
	return f.showProfile(w, r, http.StatusOK, v.user, f.profileOf(v.user))
}

func (f *face) showProfile(w http.ResponseWriter, r *http.Request, status int, user account.User, m view.Profile) error {
	frame := f.frame(w, r, "Profile", "profile", user)
	return show(w, r, status, frame, view.ProfilePage(frame, m))
}

// changeProfile does what one of the two forms of the page asks for, and shows the page.
func (f *face) changeProfile(s submission) error {
	switch s.Get("form_type") {
	case "profile":
		return f.saveProfile(s)
	case "password":
		return f.savePassword(s)
	}
	return fault.New(fault.Malformed, "the form_type must be profile or password")
}

// changeProfileAgain shows what was typed, each problem beside its field. Passwords are
// not sent back.
func (f *face) changeProfileAgain(s submission, refused refusal) error {
	m := f.profileOf(s.user)
	if s.Get("form_type") == "profile" {
		m.FirstName, m.LastName = refused.field("first_name"), refused.field("last_name")
		m.Timezone = view.Field{Value: s.Get("timezone_name"), Problem: refused.with("timezone")}
		m.Target, m.WeekStart = refused.field("target_minutes"), refused.field("week_start")
		m.Reporting = refused.field("reporting_timezone")
		m.WantsReports = s.Get("wants_report_emails") != ""
	}
	m.Current, m.New, m.Confirm = refused.secret("current_password"), refused.secret("new_password"), refused.secret("new_password_confirm")
	m.Problem = refused.above("first_name", "last_name", "timezone", "target_minutes", "week_start", "reporting_timezone",
		"current_password", "new_password", "new_password_confirm")
	return f.showProfile(s.w, s.r, refused.status, s.user, m)
}

func (f *face) saveProfile(s submission) error {
	change, err := profileChange(s.Values)
	if err != nil {
		return err
	}
	user, err := f.Accounts.UpdateProfile(s.r.Context(), s.user.ID, change)
	if err != nil {
		return err
	}
	m := f.profileOf(user)
	m.Saved = "Saved."
	return f.showProfile(s.w, s.r, http.StatusOK, user, m)
}

// profileChange reads the form. It changes the fields that were sent; a box that is
// not ticked is one that sends nothing.
func profileChange(form url.Values) (account.ProfileChange, error) {
	wants := form.Get("wants_report_emails") != ""
	change := account.ProfileChange{
		FirstName: sent(form, "first_name"), LastName: sent(form, "last_name"),
		Timezone: sent(form, "timezone_name"), WeekZone: sent(form, "reporting_timezone"),
		WantsReportEmails: &wants,
	}
	var errs fault.FieldErrors
	if text := sent(form, "target_minutes"); text != nil {
		target, problem := targetOf(*text)
		errs.Add("target_minutes", problem)
		change.TargetMicros = &target
	}
	if text := sent(form, "week_start"); text != nil {
		day, ok := httpx.Weekday(*text)
		if !ok {
			errs.Add("week_start", "is not a day of the week")
		}
		change.WeekStart = &day
	}
	return change, errs.OrNil()
}

// sent is a field of the form, or nil if it was not sent.
func sent(form url.Values, name string) *string {
	if !form.Has(name) {
		return nil
	}
	text := form.Get(name)
	return &text
}

// targetOf is a number of minutes; none is the server's default, 0.
func targetOf(text string) (_ timeline.Micros, problem string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, ""
	}
	minutes, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || !(minutes >= 0.1 && minutes <= 1440) { // NaN is neither
		return 0, "must be from 0.1 to 1440 minutes"
	}
	return timeline.Micros(minutes*float64(timeline.Minute) + 0.5), ""
}

func (f *face) savePassword(s submission) error {
	if s.Get("new_password") != s.Get("new_password_confirm") {
		return fault.Field("new_password_confirm", "is not the same as the new password")
	}
	if err := f.countConfirmation(s); err != nil {
		return err
	}
	login, err := f.Accounts.ChangePassword(s.r.Context(), s.user.ID, s.Get("current_password"), s.Get("new_password"), f.by(s.r, s.visitor))
	if err != nil {
		return err
	}
	f.setLogin(s, login)
	m := f.profileOf(s.user)
	m.Saved = "Your password is changed. You are logged out everywhere else, and no widget is connected."
	return f.showProfile(s.w, s.r, http.StatusOK, s.user, m)
}

// profileOf is the page of a user as they are stored.
func (f *face) profileOf(u account.User) view.Profile {
	m := view.Profile{
		Email:     u.Email,
		FirstName: view.Field{Value: u.FirstName}, LastName: view.Field{Value: u.LastName},
		Timezone:      view.Field{Value: u.Timezone},
		DefaultTarget: minutesText(f.Target), WeekStart: view.Field{Value: u.WeekStart.String()},
		Reporting: view.Field{Value: u.WeekZone}, WantsReports: u.WantsReportEmails,
		Zones: strings.Fields(zoneNames),
	}
	if u.TargetMicros != 0 {
		m.Target.Value = minutesText(u.TargetMicros)
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		m.Weekdays = append(m.Weekdays, day.String())
	}
	return m
}

func minutesText(d timeline.Micros) string { return strconv.FormatFloat(d.Minutes(), 'f', -1, 64) }
