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
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// zoneNames are IANA names to choose from, one per line. A person can also type any other
// name that the server knows.
//
//go:embed zones.txt
var zoneNames string

func (f *face) registerProfile(mux httpx.Mux) {
	mux.HandleFunc("GET /profile", f.Member(f.profile))
	mux.HandleFunc("POST /profile", f.Member(f.Form(f.changeProfile, f.changeProfileAgain)))
	mux.HandleFunc("POST /profile/timezone", f.Member(f.Form(f.changeZone, nil)))
}

func (f *face) profile(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	return f.showProfile(w, r, http.StatusOK, v.User, f.profileOf(v.User))
}

func (f *face) showProfile(w http.ResponseWriter, r *http.Request, status int, user account.User, m view.Profile) error {
	m.New.Hint = f.Accounts.PasswordRule()
	frame := f.Frame(w, r, "Profile", "profile", user)
	return site.Show(w, r, status, frame, view.ProfilePage(frame, m))
}

// changeProfile handles the two forms of the page, and shows it again.
func (f *face) changeProfile(s site.Submission) error {
	switch s.Get("form_type") {
	case "profile":
		return f.saveProfile(s)
	case "password":
		return f.savePassword(s)
	}
	return fault.New(fault.Malformed, "the form_type must be profile or password")
}

// changeProfileAgain shows what was typed, with each problem beside its field. It does
// not send passwords back.
func (f *face) changeProfileAgain(s site.Submission, refused site.Refusal) error {
	m := f.profileOf(s.User)
	if s.Get("form_type") == "profile" {
		m.FirstName, m.LastName = refused.Field("first_name"), refused.Field("last_name")
		m.Timezone = view.Field{Value: s.Get("timezone_name"), Problem: refused.With("timezone")}
		m.Target, m.WeekStart, m.DayStart = refused.Field("target_minutes"), refused.Field("week_start"), refused.Field("day_start")
		m.WeekZone, m.Forgotten = refused.Field("reporting_timezone"), refused.Field("forgotten_after_minutes")
		m.WantsReports = s.Get("wants_report_emails") != ""
	}
	m.Current, m.New, m.Confirm = refused.Secret("current_password"), refused.Secret("new_password"), refused.Secret("new_password_confirm")
	m.Problem = refused.Above("first_name", "last_name", "timezone", "target_minutes", "week_start", "day_start", "reporting_timezone",
		"forgotten_after_minutes", "current_password", "new_password", "new_password_confirm")
	return f.showProfile(s.W, s.R, refused.Status, s.User, m)
}

func (f *face) saveProfile(s site.Submission) error {
	change, err := profileChange(s.Values)
	if err != nil {
		return err
	}
	user, err := f.Accounts.UpdateProfile(s.R.Context(), s.User.ID, change)
	if err != nil {
		return err
	}
	m := f.profileOf(user)
	m.Saved = "Saved."
	return f.showProfile(s.W, s.R, http.StatusOK, user, m)
}

// profileChange reads the fields that the form sent and leaves the others alone. A
// checkbox that is not ticked sends nothing and means no.
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
	if text := sent(form, "forgotten_after_minutes"); text != nil {
		after, problem := forgottenAfterOf(*text)
		errs.Add("forgotten_after_minutes", problem)
		change.ForgottenAfter = &after
	}
	if text := sent(form, "week_start"); text != nil {
		day, ok := httpx.Weekday(*text)
		if !ok {
			errs.Add("week_start", "is not a day of the week")
		}
		change.WeekStart = &day
	}
	if text := sent(form, "day_start"); text != nil {
		change.DayStart = new(httpx.HourIn(*text))
	}
	return change, errs.OrNil()
}

// sent returns a field of the form, or nil if the form does not have it.
func sent(form url.Values, name string) *string {
	if !form.Has(name) {
		return nil
	}
	text := form.Get(name)
	return &text
}

// targetOf reads a number of minutes; an empty text is 0, the server's default.
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

// forgottenAfterOf reads whole minutes; an empty text is 0: the longest questions decide.
// account.ProfileChange says how many minutes there may be.
func forgottenAfterOf(text string) (_ timeline.Micros, problem string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, ""
	}
	minutes, err := strconv.ParseUint(text, 10, 16)
	if err != nil || minutes == 0 {
		return 0, "must be whole minutes, as in 90"
	}
	return timeline.Micros(minutes) * timeline.Minute, ""
}

func (f *face) savePassword(s site.Submission) error {
	if s.Get("new_password") != s.Get("new_password_confirm") {
		return fault.Field("new_password_confirm", "is not the same as the new password")
	}
	if err := f.CountConfirmation(s); err != nil {
		return err
	}
	login, err := f.Accounts.ChangePassword(s.R.Context(), s.User.ID, s.Get("current_password"), s.Get("new_password"), f.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	f.setLogin(s, login)
	m := f.profileOf(s.User)
	m.Saved = "Your password is changed. All other logins have ended, and all widgets are disconnected."
	return f.showProfile(s.W, s.R, http.StatusOK, s.User, m)
}

// profileOf returns the page with the user's stored profile.
func (f *face) profileOf(u account.User) view.Profile {
	m := view.Profile{
		Email:     u.Email,
		FirstName: view.Field{Value: u.FirstName}, LastName: view.Field{Value: u.LastName},
		Timezone:      view.Field{Value: u.Timezone},
		DefaultTarget: minutesText(f.Target), WeekStart: view.Field{Value: u.WeekStart.String()},
		DayStart: view.Field{Value: httpx.HourText(u.DayStart)},
		WeekZone: view.Field{Value: u.WeekZone}, WantsReports: u.WantsReportEmails,
		Zones: strings.Fields(zoneNames),
	}
	if u.TargetMicros != 0 {
		m.Target.Value = minutesText(u.TargetMicros)
	}
	if u.ForgottenAfter != 0 {
		m.Forgotten.Value = minutesText(u.ForgottenAfter)
	}
	for hour := range account.MaxDayStart + 1 {
		m.DayStarts = append(m.DayStarts, httpx.HourText(hour))
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		m.Weekdays = append(m.Weekdays, day.String())
	}
	return m
}

func minutesText(d timeline.Micros) string { return strconv.FormatFloat(d.Minutes(), 'f', -1, 64) }
