package web

import (
	"errors"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

func (f *face) registerPage(w http.ResponseWriter, r *http.Request) error {
	code := r.URL.Query().Get("invite")
	user, err := f.CurrentUser(r)
	switch {
	case err != nil:
		return err
	case user.ID == 0:
		return f.showRegister(w, r, http.StatusOK, view.Register{Invitation: code})
	case code == "":
		site.GoOn(w, r, site.Home)
		return nil
	}
	frame := f.Frame(w, r, "Register", "", user)
	return site.Show(w, r, http.StatusOK, frame, view.RegisterPage(frame, view.Register{LoggedIn: user.Email}))
}

// showRegister shows the form to whoever may register, and to others why they may not.
func (f *face) showRegister(w http.ResponseWriter, r *http.Request, status int, m view.Register) error {
	invited, err := f.Accounts.Invited(r.Context(), m.Invitation)
	switch refusal, refused := errors.AsType[*fault.Error](err); {
	case refused:
		m.Shut, m.Problem = words.Sentence(words.Capital(refusal.Text)), "" // which may say the same
		if m.Invitation != "" {
			status = httpx.ProblemOf(err).Status
			m.Anyway = f.Door != account.DoorClosed && f.Door != account.DoorByInvite
		}
	case err != nil:
		return err
	}
	m.Welcome, m.Password.Hint = welcomeOf(invited), f.Accounts.PasswordRule()
	if invited.Email != "" {
		m.Bound, m.Email.Value = true, invited.Email
	}
	frame := f.Frame(w, r, "Register", "", account.User{})
	return site.Show(w, r, status, frame, view.RegisterPage(frame, m))
}

// welcomeOf says what an invitation is for.
func welcomeOf(i account.Invitation) string {
	switch {
	case i.MakesAdmin:
		return "This server has no admin yet. The account that you make here becomes its admin."
	case i.Email != "":
		return "You are invited to register with this e-mail address."
	case i.ID != "":
		return "You are invited. The link works once."
	}
	return ""
}

func (f *face) signUp(s site.Submission) error {
	login, err := f.Accounts.Register(s.R.Context(), account.Registration{
		Email: s.Get("email"), Password: s.Get("password"),
		FirstName: s.Get("first_name"), LastName: s.Get("last_name"), Address: f.Address(s.R), Browser: httpx.BrowserName(s.R.UserAgent()),
		Timezone: s.Get("timezone_name"), Invitation: s.Get("invite"),
	})
	return f.enter(s, login, err, site.Home)
}

func (f *face) signUpAgain(s site.Submission, refused site.Refusal) error {
	return f.showRegister(s.W, s.R, refused.Status, view.Register{
		Problem: refused.Above("email", "password", "first_name", "last_name"),
		Email:   refused.Field("email"), FirstName: refused.Field("first_name"), LastName: refused.Field("last_name"),
		Password: refused.Secret("password"), Invitation: s.Get("invite"),
	})
}
