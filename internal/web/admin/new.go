package web

import (
	"errors"
	"net/http"
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
func (f *face) addUser(s submission) error {
	user, password, err := f.createUser(s)
	if err != nil {
		return err
	}
	frame := f.frame(s.w, s.r, "Added", "admin", s.user)
	return show(s.w, s.r, http.StatusOK, frame, view.CreatedUserPage(view.CreatedUser{
		ID: strconv.FormatInt(user.ID, 10), Email: user.Email, Password: password,
	}))
}

func (f *face) addUserAgain(s submission, refused refusal) error {
	return f.showNewUser(s.w, s.r, refused.status, s.visitor, view.NewUser{
		Problem: refused.above("email", "first_name", "last_name", "new_password", "password"),
		Email:   refused.field("email"), FirstName: refused.field("first_name"), LastName: refused.field("last_name"),
		Password: refused.secret("new_password"), OwnAgain: refused.secret("password"),
		Role: view.Choice{Value: s.Get("role"), Options: roles()},
	})
}

func (f *face) createUser(s submission) (account.User, string, error) {
	role := account.Role(s.Get("role"))
	if role == account.RoleAdmin {
		if err := f.confirmed(s); err != nil {
			return account.User{}, "", err
		}
	}
	user, password, err := f.Accounts.CreateUser(s.r.Context(), account.NewUser{
		Email: s.Get("email"), FirstName: s.Get("first_name"), LastName: s.Get("last_name"),
		Password: s.Get("new_password"), Role: role,
	}, f.by(s.r, s.visitor))
	fields, _ := errors.AsType[fault.FieldErrors](err)
	for i := range fields { // the form has another password too, the admin's own
		if fields[i].Field == "password" {
			fields[i].Field = "new_password"
		}
	}
	return user, password, err
}
