package web

import (
	"errors"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// securityStep is a change of what logs a person in. Its page asks for the password
// once more: a stolen token alone must not make it.
type securityStep struct {
	face                  *face
	path                  string
	heading, text, button string
	do                    func(w http.ResponseWriter, r *http.Request, v visitor, password string) error
	// about is a name for the heading of what the address names; nil: it names nothing.
	about func(r *http.Request, v visitor) (string, error)
}

func (f *face) securitySteps() []securityStep {
	steps := []securityStep{
		{
			path: securityPath + "/totp", heading: "Set up an app", button: "Go on", do: f.startApp,
			text: "You need an authenticator app on your phone. A login then asks for a code of it.",
		},
		{
			path: securityPath + "/totp/remove", heading: "Turn the app off", button: "Turn the app off", do: f.removeApp,
			text: "A login no longer asks for a code of your app.",
		},
		{
			path: securityPath + "/recovery-codes", heading: "Make new recovery codes", button: "Make new codes", do: f.newRecoveryCodes,
			text: "The codes that you have stop working.",
		},
		{
			path: securityPath + "/passkeys/{passkey_id}/remove", heading: "Remove the passkey", button: "Remove it", do: f.removePasskey,
			text: "It no longer logs you in. Delete it on your device too.", about: f.passkeyName,
		},
		{
			path: securityPath + "/identity", heading: "Connect the identity provider", button: "Go on", do: f.connect,
			text: "You can then log in there in the place of the password.", about: f.needsProvider,
		},
		{
			path: securityPath + "/identity/remove", heading: "Disconnect the identity provider", button: "Disconnect", do: f.disconnect,
			text: "From then on the password alone logs you in.", about: f.needsProvider,
		},
		{
			path: securityPath + "/logout-others", heading: "Log out everywhere else", button: "Log out everywhere else", do: f.logOutOthers,
			text: "Every login but this one ends, and every widget is disconnected.",
		},
	}
	for i := range steps {
		steps[i].face = f
	}
	return steps
}

// ask shows the form.
func (s securityStep) ask(w http.ResponseWriter, r *http.Request, v visitor) error {
	name, err := s.named(r, v)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, v, name, view.SecurityStep{})
}

func (s securityStep) named(r *http.Request, v visitor) (string, error) {
	if s.about == nil {
		return "", nil
	}
	return s.about(r, v)
}

// take does what the form asks for, or shows it again. Passwords are not sent back.
func (s securityStep) take(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := s.face.form(w, r)
	if form == nil {
		return err
	}
	name, missing := s.named(r, v)
	if missing != nil {
		return missing
	}
	if err == nil {
		err = take(r, s.face.confirmations, v.token.ID) // by token, as for the password in the profile
	}
	if err == nil {
		err = s.do(w, r, v, form.Get("password"))
	}
	if err == nil || s.face.isNoRefusal(r, err) {
		return err
	}
	var errs fault.FieldErrors
	errors.As(err, &errs)
	m := view.SecurityStep{Password: view.Field{Problem: problemWith(errs, "password")}}
	status, text := s.face.refusal(w, r, err)
	if m.Password.Problem == "" {
		m.Problem = text
	}
	return s.show(w, r, status, v, name, m)
}

func (s securityStep) show(w http.ResponseWriter, r *http.Request, status int, v visitor, name string, m view.SecurityStep) error {
	m.Heading, m.Text, m.Button, m.Action, m.Email = s.heading, s.text, s.button, r.URL.EscapedPath(), v.user.Email
	m.NeedsPassword = v.user.PasswordHash != ""
	if name != "" {
		m.Heading += " " + name
	}
	frame := s.face.frame(w, r, s.heading, "profile", v.user)
	return show(w, r, status, frame, view.SecurityStepPage(frame, m))
}

// isNoRefusal reports whether a failure is answered by a page of its own: the form does
// not help against it.
func (f *face) isNoRefusal(r *http.Request, err error) bool {
	status := f.problem(r, err).Status
	return status >= http.StatusInternalServerError || status == http.StatusNotFound || errors.Is(err, account.ErrUnauthenticated)
}
