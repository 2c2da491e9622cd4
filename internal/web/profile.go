package web

import (
	_ "embed" // the list of time zones
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
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

// changeProfile takes one of the two forms of the page, and shows the page again
// (SPEC section 5).
func (f *face) changeProfile(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if form == nil {
		return err
	}
	m, user := f.profileOf(v.user), v.user
	if err == nil {
		switch form.Get("form_type") {
		case "profile":
			user, err = f.saveProfile(r, v, form)
			m = f.profileOf(user)
			m.Saved = "Saved."
		case "password":
			err = f.savePassword(w, r, v, form)
			m.Saved = "Your password is changed. You are logged out everywhere else, and no widget is connected."
		default:
			err = fault.New(fault.Malformed, "the form_type must be profile or password")
		}
	}
	if err == nil {
		return f.showProfile(w, r, http.StatusOK, user, m)
	}
	if f.problem(r, err).Status >= http.StatusInternalServerError || errors.Is(err, account.ErrUnauthenticated) {
		return err
	}
	return f.showRefusedProfile(w, r, v.user, form, err)
}

// showRefusedProfile shows what was typed, each problem beside its field. Passwords
// are not sent back.
func (f *face) showRefusedProfile(w http.ResponseWriter, r *http.Request, user account.User, form url.Values, err error) error {
	m := f.profileOf(user)
	var errs fault.FieldErrors
	errors.As(err, &errs)
	if form.Get("form_type") == "profile" {
		m.FirstName, m.LastName = field(form, "first_name", errs), field(form, "last_name", errs)
		m.Timezone = view.Field{Value: form.Get("timezone_name"), Problem: problemWith(errs, "timezone")}
		m.Target, m.WeekStart = field(form, "target_minutes", errs), field(form, "week_start", errs)
		m.Reporting = field(form, "reporting_timezone", errs)
		m.WantsReports = form.Get("wants_report_emails") != ""
	}
	m.Current.Problem = problemWith(errs, "current_password")
	m.New.Problem = problemWith(errs, "new_password")
	m.Confirm.Problem = problemWith(errs, "new_password_confirm")
	status, text := f.refusal(w, r, err)
	if len(errs) == 0 {
		m.Problem = text
	}
	return f.showProfile(w, r, status, user, m)
}

func (f *face) saveProfile(r *http.Request, v visitor, form url.Values) (account.User, error) {
	change, err := profileChange(form)
	if err != nil {
		return v.user, err
	}
	user, err := f.Accounts.UpdateProfile(r.Context(), v.user.ID, change)
	if err != nil {
		return v.user, err
	}
	return user, nil
}

// profileChange reads the form. It changes the fields that were sent; a box that is
// not ticked is one that sends nothing.
func profileChange(form url.Values) (account.ProfileChange, error) {
	wants := form.Get("wants_report_emails") != ""
	change := account.ProfileChange{
		FirstName: sent(form, "first_name"), LastName: sent(form, "last_name"),
		Timezone: sent(form, "timezone_name"), ReportingTimezone: sent(form, "reporting_timezone"),
		WantsReportEmails: &wants,
	}
	var errs fault.FieldErrors
	if text := sent(form, "target_minutes"); text != nil {
		target, problem := targetOf(*text)
		errs.Add("target_minutes", problem)
		change.TargetMicros = &target
	}
	if text := sent(form, "week_start"); text != nil {
		day, problem := weekdayOf(*text)
		errs.Add("week_start", problem)
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

func weekdayOf(name string) (_ time.Weekday, problem string) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), name) {
			return day, ""
		}
	}
	return 0, "is not a day of the week"
}

func (f *face) savePassword(w http.ResponseWriter, r *http.Request, v visitor, form url.Values) error {
	if form.Get("new_password") != form.Get("new_password_confirm") {
		return fault.Field("new_password_confirm", "is not the same as the new password")
	}
	// By token: who has stolen one does not make the owner wait.
	if err := take(r, f.confirmations, v.token.ID); err != nil {
		return err
	}
	login, err := f.Accounts.ChangePassword(r.Context(), v.user.ID, form.Get("current_password"), form.Get("new_password"), f.by(r, v))
	if err != nil {
		return err
	}
	f.setLogin(w, r, login)
	return nil
}

// profileOf is the page of a user as they are stored.
func (f *face) profileOf(u account.User) view.Profile {
	m := view.Profile{
		Email:     u.Email,
		FirstName: view.Field{Value: u.FirstName}, LastName: view.Field{Value: u.LastName},
		Timezone:      view.Field{Value: u.Timezone},
		DefaultTarget: minutesText(f.Target), WeekStart: view.Field{Value: u.WeekStart.String()},
		Reporting: view.Field{Value: u.ReportingTimezone}, WantsReports: u.WantsReportEmails,
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
