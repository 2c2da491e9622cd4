package security

import (
	"net/http"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// step is a change of how a person logs in. Its page asks for the password again,
// so that a stolen access token is not enough.
type step struct {
	pages                 *pages
	path                  string
	heading, text, button string
	do                    func(s site.Submission, password string) error
	// about returns the name of what the path names, for the heading; it is nil when the
	// path names nothing.
	about func(r *http.Request, v site.Visitor) (string, error)
}

func (p *pages) steps() []step {
	steps := []step{
		{
			path: securityPath + "/totp", heading: "Set up an app", button: "Continue", do: p.startApp,
			text: "You need an authenticator app on your phone. From then on, a login also asks for a code from it.",
		},
		{
			path: securityPath + "/totp/remove", heading: "Turn the app off", button: "Turn the app off", do: p.removeApp,
			text: "A login no longer asks for a code from your app.",
		},
		{
			path: securityPath + "/recovery-codes", heading: "Make new recovery codes", button: "Make new codes", do: p.newRecoveryCodes,
			text: "Your current codes stop working.",
		},
		{
			path: securityPath + "/passkeys/{passkey_id}/remove", heading: "Remove the passkey", button: "Remove it", do: p.removePasskey,
			text: "You can no longer log in with it. Delete it on your device too.", about: p.passkeyName,
		},
		{
			path: securityPath + "/identity", heading: "Connect the identity provider", button: "Continue", do: p.connect,
			text: "You can then log in there instead of with your password.", about: p.needsProvider,
		},
		{
			path: securityPath + "/identity/remove", heading: "Disconnect the identity provider", button: "Disconnect", do: p.disconnect,
			text: "From then on you log in with your password only.", about: p.needsProvider,
		},
		{
			path: securityPath + "/logins/{login_id}/end", heading: "End the login", button: "End it", do: p.endLogin,
			text: "Whoever uses it is logged out at once.", about: p.loginName,
		},
		{
			path: securityPath + "/logout-others", heading: "Log out everywhere else", button: "Log out everywhere else", do: p.logOutOthers,
			text: "This ends every other login and disconnects every widget.",
		},
	}
	for i := range steps {
		steps[i].pages = p
	}
	return steps
}

// ask shows the form.
func (t step) ask(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	return t.show(w, r, http.StatusOK, v, view.SecurityStep{})
}

// submit does the step.
func (t step) submit(s site.Submission) error {
	if t.about != nil { // before the password: it may not exist
		if _, err := t.about(s.R, s.Visitor); err != nil {
			return err
		}
	}
	if err := t.pages.CountConfirmation(s); err != nil {
		return err
	}
	return t.do(s, s.Get("password"))
}

func (t step) askAgain(s site.Submission, refused site.Refusal) error {
	return t.show(s.W, s.R, refused.Status, s.Visitor, view.SecurityStep{
		Password: refused.Secret("password"), Problem: refused.Above("password"),
	})
}

func (t step) show(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, m view.SecurityStep) error {
	m.Heading, m.Text, m.Button, m.Action, m.Email = t.heading, t.text, t.button, r.URL.EscapedPath(), v.User.Email
	m.NeedsPassword = v.User.PasswordHash != ""
	if t.about != nil {
		name, err := t.about(r, v)
		if err != nil {
			return err
		}
		m.Heading = strings.TrimSpace(m.Heading + " " + name)
	}
	frame := t.pages.Frame(w, r, t.heading, "profile", v.User)
	return site.Show(w, r, status, frame, view.SecurityStepPage(frame, m))
}
