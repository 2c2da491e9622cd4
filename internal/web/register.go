package web

import (
	"errors"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
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

func (f *face) signUp(w http.ResponseWriter, r *http.Request) error {
	form, err := f.form(w, r)
	var login account.LoggedIn
	if err == nil {
		login, err = f.Accounts.Register(r.Context(), account.Registration{
			Email: form.Get("email"), Password: form.Get("password"),
			FirstName: form.Get("first_name"), LastName: form.Get("last_name"), Address: f.address(r),
			Timezone: form.Get("timezone_name"),
		})
	}
	switch {
	case err == nil:
		f.enter(w, r, login, home)
		return nil
	case form == nil || f.problem(r, err).Status >= http.StatusInternalServerError:
		return err
	}
	var errs fault.FieldErrors
	errors.As(err, &errs)
	status, text := f.refusal(w, r, err)
	m := view.Register{
		Email: field(form, "email", errs), FirstName: field(form, "first_name", errs), LastName: field(form, "last_name", errs),
		Password: view.Field{Problem: problemWith(errs, "password")},
	}
	if len(errs) == 0 {
		m.Problem = text
	}
	return f.showRegister(w, r, status, m)
}
