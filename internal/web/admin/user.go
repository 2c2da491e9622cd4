package admin

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// shownSessions and shownEvents are how many of each the page of a user shows.
const (
	shownSessions = 20
	shownEvents   = 100
)

func (c *console) userPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	user, err := c.userIn(r)
	if err != nil {
		return err
	}
	return c.showUser(w, r, http.StatusOK, v, user.ID, view.UserPage{})
}

// noteLook notes in the user's security log that an admin looked at their data.
func (c *console) noteLook(r *http.Request, v site.Visitor, user account.User, what string) {
	if user.ID != v.User.ID {
		c.Accounts.Note(r.Context(), account.LookedAt, user.ID, c.By(r, v), what)
	}
}

// showUser shows the page of a user. It also does so after a refused form, and notes each
// time that the admin looked. m says what the page adds.
func (c *console) showUser(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, id int64, m view.UserPage) error {
	user, err := c.Accounts.User(r.Context(), id)
	if err != nil {
		return err
	}
	if err := c.fillUser(r, v, user, &m); err != nil {
		return err
	}
	c.noteLook(r, v, user, "page") // after the log is read, so that the page does not show this entry
	frame := c.Frame(w, r, user.Email, "admin", v.User)
	return site.Show(w, r, status, frame, view.UserAdminPage(frame, m))
}

func (c *console) fillUser(r *http.Request, v site.Visitor, user account.User, m *view.UserPage) error {
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return err
	}
	factors, err := c.Accounts.Factors(r.Context(), user.ID)
	if err != nil {
		return err
	}
	identities, err := c.Accounts.Identities(r.Context(), user.ID)
	if err != nil {
		return err
	}
	events, err := c.Accounts.SecurityEvents(r.Context(), user.ID, shownEvents)
	if err != nil {
		return err
	}
	m.User, m.Timezone, m.IsSelf = userRowOf(user, zone), user.Timezone, user.ID == v.User.ID
	m.Factors = factorsText(factors)
	var issuers []string
	for _, id := range identities {
		issuers = append(issuers, id.Issuer)
	}
	m.Provider = strings.Join(issuers, ", ")
	if m.Log, err = c.logRows(r, events); err != nil {
		return err
	}
	return c.fillSessions(r, user, m)
}

func factorsText(factors account.Factors) string {
	var kinds []string
	if factors.TOTP != nil {
		kinds = append(kinds, "authenticator app")
	}
	if n := len(factors.Passkeys); n > 0 {
		kinds = append(kinds, words.Counted(n, "passkey", "passkeys"))
	}
	if len(kinds) == 0 {
		return "none"
	}
	return strings.Join(kinds, ", ") + "; " + words.Counted(factors.RecoveryCodes, "recovery code", "recovery codes") + " left"
}

func (c *console) fillSessions(r *http.Request, user account.User, m *view.UserPage) error {
	calendar, err := site.CalendarOf(user)
	if err != nil {
		return err
	}
	sessions, err := c.Tracker.RecentInDetail(r.Context(), c.Rater(user), shownSessions)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		m.Sessions = append(m.Sessions, view.AdminSession{
			Day: words.LongDate(calendar.DateOf(s.StartedAt)), Span: words.SessionSpan(s.SessionInfo, calendar.Zone),
			Questions: s.Totals.Questions, Active: words.Clock(s.Totals.Active),
			Events: fmt.Sprintf("/admin/debug/user-events/%s?user_id=%d", s.ID, user.ID),
		})
	}
	return nil
}

// changeUser does one of the actions on the page.
func (c *console) changeUser(s site.Submission) error {
	user, err := c.userIn(s.R)
	if err != nil {
		return err
	}
	password, err := c.doTo(s, user)
	if err != nil {
		return err
	}
	if password == "" {
		site.GoOn(s.W, s.R, userAddress(user.ID))
		return nil
	}
	return c.showUser(s.W, s.R, http.StatusOK, s.Visitor, user.ID, view.UserPage{Password: password})
}

func (c *console) changeUserAgain(s site.Submission, refused site.Refusal) error {
	user, err := c.userIn(s.R)
	if err != nil {
		return err
	}
	return c.showUser(s.W, s.R, refused.Status, s.Visitor, user.ID, view.UserPage{
		Confirm: refused.Secret("password"), Problem: refused.Above("password"),
	})
}

// doTo does what a form asks for. Actions that open a way into an account, or widen one,
// need the admin's own password (ASVS 5.0, 7.5.1 and 7.5.3). It returns a password if it
// made one.
func (c *console) doTo(s site.Submission, user account.User) (password string, err error) {
	ctx, by := s.R.Context(), c.By(s.R, s.Visitor)
	action := s.Get("action")
	switch action {
	case "promote", "reset-password", "reset-factors":
		if err := c.Confirm(s); err != nil {
			return "", err
		}
	}
	switch action {
	case "activate", "deactivate":
		err = c.Accounts.SetActive(ctx, user.Email, action == "activate", by)
	case "promote":
		err = c.Accounts.SetRole(ctx, user.Email, account.RoleAdmin, by)
	case "demote":
		err = c.Accounts.SetRole(ctx, user.Email, account.RoleUser, by)
	case "disconnect":
		err = c.Accounts.ResetIdentities(ctx, user.Email, by)
	case "reset-password":
		password, err = c.Accounts.ResetPassword(ctx, user.Email, by)
	case "reset-factors":
		err = c.Accounts.ResetFactors(ctx, user.Email, by)
	default:
		err = fault.New(fault.Malformed, "choose an action")
	}
	return password, err
}
