package web

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func (f *face) registerPage(w http.ResponseWriter, r *http.Request) error {
	return f.unlessLoggedIn(w, r, site.Home, func() error {
		return f.showRegister(w, r, http.StatusOK, view.Register{Invitation: r.URL.Query().Get("invite")})
	})
}

func (f *face) showRegister(w http.ResponseWriter, r *http.Request, status int, m view.Register) error {
	m.Door = string(f.Door)
	frame := f.Frame(w, r, "Register", "", account.User{})
	return site.Show(w, r, status, frame, view.RegisterPage(frame, m))
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
