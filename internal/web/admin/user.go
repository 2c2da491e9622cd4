package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// shownSessions and shownEvents are how many the page of a user has.
const (
	shownSessions = 20
	shownEvents   = 100
)

func (f *face) userPage(w http.ResponseWriter, r *http.Request, v visitor) error {
	user, err := f.userIn(r)
	if err != nil {
		return err
	}
	return f.showUser(w, r, http.StatusOK, v, user.ID, view.UserPage{})
}

// noteLook tells a user that an admin looked at what is theirs.
func (f *face) noteLook(r *http.Request, v visitor, user account.User, what string) {
	if user.ID != v.user.ID {
		f.Accounts.Note(r.Context(), account.LookedAt, user.ID, f.by(r, v), what)
	}
}

// showUser shows a user as they are now, also after a form that was refused: each showing
// is a look. m is what is to be said besides.
func (f *face) showUser(w http.ResponseWriter, r *http.Request, status int, v visitor, id int64, m view.UserPage) error {
	user, err := f.Accounts.User(r.Context(), id)
	if err != nil {
		return err
	}
	if err := f.fillUser(r, v, user, &m); err != nil {
		return err
	}
	f.noteLook(r, v, user, "page") // after the log is read: a page does not show itself
	frame := f.frame(w, r, user.Email, "admin", v.user)
	return show(w, r, status, frame, view.UserAdminPage(frame, m))
}

func (f *face) fillUser(r *http.Request, v visitor, user account.User, m *view.UserPage) error {
	zone, err := zoneOf(v.user)
	if err != nil {
		return err
	}
	factors, err := f.Accounts.Factors(r.Context(), user.ID)
	if err != nil {
		return err
	}
	identities, err := f.Accounts.Identities(r.Context(), user.ID)
	if err != nil {
		return err
	}
	events, err := f.Accounts.SecurityEvents(r.Context(), user.ID, shownEvents)
	if err != nil {
		return err
	}
	m.User, m.Timezone, m.IsSelf = userRowOf(user, zone), user.Timezone, user.ID == v.user.ID
	m.Factors = factorsText(factors)
	var issuers []string
	for _, id := range identities {
		issuers = append(issuers, id.Issuer)
	}
	m.Provider = strings.Join(issuers, ", ")
	if m.Log, err = f.logRows(r, events); err != nil {
		return err
	}
	return f.fillSessions(r, user, m)
}

func factorsText(factors account.Factors) string {
	var kinds []string
	if factors.TOTP != nil {
		kinds = append(kinds, "authenticator app")
	}
	if n := len(factors.Passkeys); n > 0 {
		kinds = append(kinds, counted(n, "passkey", "passkeys"))
	}
	if len(kinds) == 0 {
		return "none"
	}
	return strings.Join(kinds, ", ") + "; " + counted(factors.RecoveryCodes, "recovery code", "recovery codes") + " left"
}

func (f *face) fillSessions(r *http.Request, user account.User, m *view.UserPage) error {
	zone, err := zoneOf(user)
	if err != nil {
		return err
	}
	sessions, err := f.Tracker.RecentInDetail(r.Context(), f.Rater(user), shownSessions)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		m.Sessions = append(m.Sessions, view.AdminSession{
			Day: longDate(report.DateOf(s.StartedAt, zone)), Span: sessionSpan(s.SessionInfo, zone),
			Questions: s.Totals.Questions, Active: clockOf(s.Totals.Active),
			Events: fmt.Sprintf("/admin/debug/user-events/%s?user_id=%d", s.ID, user.ID),
		})
	}
	return nil
}

// changeUser does one of the actions of the page, and shows it again.
func (f *face) changeUser(s submission) error {
	user, err := f.userIn(s.r)
	if err != nil {
		return err
	}
	password, err := f.doTo(s, user)
	if err != nil {
		return err
	}
	if password == "" {
		goOn(s.w, s.r, userAddress(user.ID))
		return nil
	}
	return f.showUser(s.w, s.r, http.StatusOK, s.visitor, user.ID, view.UserPage{Password: password})
}

func (f *face) changeUserAgain(s submission, refused refusal) error {
	user, err := f.userIn(s.r)
	if err != nil {
		return err
	}
	return f.showUser(s.w, s.r, refused.status, s.visitor, user.ID, view.UserPage{
		Confirm: refused.secret("password"), Problem: refused.above("password"),
	})
}

// doTo does what a form asks for. What makes a way into an account, or more of one, asks
// for the admin's own password (ASVS 5.0, 7.5.1 and 7.5.3). It returns the new password
// of who was given one.
func (f *face) doTo(s submission, user account.User) (password string, err error) {
	ctx, by := s.r.Context(), f.by(s.r, s.visitor)
	action := s.Get("action")
	switch action {
	case "promote", "reset-password", "reset-factors":
		if err := f.confirmed(s); err != nil {
			return "", err
		}
	}
	switch action {
	case "activate", "deactivate":
		err = f.Accounts.SetActive(ctx, user.Email, action == "activate", by)
	case "promote":
		err = f.Accounts.SetRole(ctx, user.Email, account.RoleAdmin, by)
	case "demote":
		err = f.Accounts.SetRole(ctx, user.Email, account.RoleUser, by)
	case "disconnect":
		err = f.Accounts.ResetIdentities(ctx, user.Email, by)
	case "reset-password":
		password, err = f.Accounts.ResetPassword(ctx, user.Email, by)
	case "reset-factors":
		err = f.Accounts.ResetFactors(ctx, user.Email, by)
	default:
		err = fault.New(fault.Malformed, "say what to do")
	}
	return password, err
}
