package web

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func (f *face) registerPage(w http.ResponseWriter, r *http.Request) error {
	return f.unlessLoggedIn(w, r, home, func() error {
		return f.showRegister(w, r, http.StatusOK, view.Register{})
	})
}

func (f *face) showRegister(w http.ResponseWriter, r *http.Request, status int, m view.Register) error {
	frame := f.frame(w, r, "Register", "", account.User{})
	return show(w, r, status, frame, view.RegisterPage(frame, m))
}

func (f *face) signUp(s submission) error {
	login, err := f.Accounts.Register(s.r.Context(), account.Registration{
		Email: s.Get("email"), Password: s.Get("password"),
		FirstName: s.Get("first_name"), LastName: s.Get("last_name"), Address: f.address(s.r),
		Timezone: s.Get("timezone_name"),
	})
	return f.enter(s, login, err, home)
}

func (f *face) signUpAgain(s submission, refused refusal) error {
	return f.showRegister(s.w, s.r, refused.status, view.Register{
		Problem: refused.above("email", "password", "first_name", "last_name"),
		Email:   refused.field("email"), FirstName: refused.field("first_name"), LastName: refused.field("last_name"),
		Password: refused.secret("password"),
	})
}
