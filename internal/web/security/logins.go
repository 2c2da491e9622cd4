package security

import (
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// loginsOf returns a line for each login of the visitor.
func (p *pages) loginsOf(r *http.Request, v site.Visitor, zone *time.Location) ([]view.ListedLogin, error) {
	logins, err := p.Accounts.Logins(r.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	lines := make([]view.ListedLogin, len(logins))
	for i, l := range logins {
		lines[i] = view.ListedLogin{ID: l.ID, Browser: browserOf(l), Address: l.Address, Current: l.ID == v.Token.ID, Since: "unknown"}
		if l.StartedAt != 0 {
			lines[i].Since = words.Moment(l.StartedAt, zone)
		}
	}
	return lines, nil
}

func browserOf(l account.Login) string {
	if l.Browser == "" {
		return "Unknown browser"
	}
	return l.Browser
}

// loginName returns what the login in the path is called, or account.ErrUnknownLogin.
func (p *pages) loginName(r *http.Request, v site.Visitor) (string, error) {
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return "", err
	}
	logins, err := p.loginsOf(r, v, zone)
	if err != nil {
		return "", err
	}
	for _, l := range logins {
		if l.ID == r.PathValue("login_id") {
			return "of " + l.Browser + ", " + l.Since, nil
		}
	}
	return "", account.ErrUnknownLogin
}

func (p *pages) endLogin(s site.Submission, password string) error {
	err := p.Accounts.EndLogin(s.R.Context(), s.R.PathValue("login_id"), password, p.By(s.R, s.Visitor))
	return stepDone(s, "login-ended", err)
}

func (p *pages) logOutOthers(s site.Submission, password string) error {
	err := p.Accounts.LogoutOthers(s.R.Context(), s.Token, password, p.By(s.R, s.Visitor))
	return stepDone(s, "logged-out", err)
}
