package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func (f *face) newUserPage(w http.ResponseWriter, r *http.Request, v visitor) error {
	return f.showNewUser(w, r, http.StatusOK, v, view.NewUser{Role: view.Choice{Value: string(account.RoleUser), Options: roles()}})
}

func (f *face) showNewUser(w http.ResponseWriter, r *http.Request, status int, v visitor, m view.NewUser) error {
	frame := f.frame(w, r, "Add a user", "admin", v.user)
	return show(w, r, status, frame, view.NewUserPage(frame, m))
}

// addUser shows a password that was made up on its answer, and nowhere else.
func (f *face) addUser(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if form == nil {
		return err
	}
	var user account.User
	var password string
	if err == nil {
		user, password, err = f.createUser(r, v, form)
	}
	if err == nil {
		frame := f.frame(w, r, "Added", "admin", v.user)
		return show(w, r, http.StatusOK, frame, view.CreatedUserPage(view.CreatedUser{
			ID: strconv.FormatInt(user.ID, 10), Email: user.Email, Password: password,
		}))
	}
	if f.problem(r, err).Status >= http.StatusInternalServerError {
		return err
	}
	var errs fault.FieldErrors
	errors.As(err, &errs)
	m := view.NewUser{
		Email: field(form, "email", errs), FirstName: field(form, "first_name", errs), LastName: field(form, "last_name", errs),
		Password: view.Field{Problem: problemWith(errs, "new_password")}, OwnAgain: view.Field{Problem: problemWith(errs, "password")},
		Role: view.Choice{Value: form.Get("role"), Options: roles()},
	}
	status, text := f.refusal(w, r, err)
	if len(errs) == 0 {
		m.Problem = text
	}
	return f.showNewUser(w, r, status, v, m)
}

func (f *face) createUser(r *http.Request, v visitor, form url.Values) (account.User, string, error) {
	role := account.Role(form.Get("role"))
	if role == account.RoleAdmin {
		if err := f.confirmed(r, v, form); err != nil {
			return account.User{}, "", err
		}
	}
	user, password, err := f.Accounts.CreateUser(r.Context(), account.NewUser{
		Email: form.Get("email"), FirstName: form.Get("first_name"), LastName: form.Get("last_name"),
		Password: form.Get("new_password"), Role: role,
	}, f.by(r, v))
	var errs fault.FieldErrors
	if errors.As(err, &errs) {
		for i := range errs { // the form has another password too, the admin's own
			if errs[i].Field == "password" {
				errs[i].Field = "new_password"
			}
		}
	}
	return user, password, err
}
