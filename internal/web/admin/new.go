package admin

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func (c *console) newUserPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	return c.showNewUser(w, r, http.StatusOK, v, view.NewUser{Role: view.Choice{Value: string(account.RoleUser), Options: roles()}})
}

func (c *console) showNewUser(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, m view.NewUser) error {
	m.Password.Hint = c.Accounts.PasswordRule()
	frame := c.Frame(w, r, "Add a user", "admin", v.User)
	return site.Show(w, r, status, frame, view.NewUserPage(frame, m))
}

// addUser creates the account. A generated password is shown in this answer and nowhere
// else.
func (c *console) addUser(s site.Submission) error {
	user, password, err := c.createUser(s)
	if err != nil {
		return err
	}
	frame := c.Frame(s.W, s.R, "Added", "admin", s.User)
	return site.Show(s.W, s.R, http.StatusOK, frame, view.CreatedUserPage(view.CreatedUser{
		ID: strconv.FormatInt(user.ID, 10), Email: user.Email, Password: password,
	}))
}

func (c *console) addUserAgain(s site.Submission, refused site.Refusal) error {
	return c.showNewUser(s.W, s.R, refused.Status, s.Visitor, view.NewUser{
		Problem: refused.Above("email", "first_name", "last_name", "new_password", "password"),
		Email:   refused.Field("email"), FirstName: refused.Field("first_name"), LastName: refused.Field("last_name"),
		Password: refused.Secret("new_password"), OwnAgain: refused.Secret("password"),
		Role: view.Choice{Value: s.Get("role"), Options: roles()},
	})
}

func (c *console) createUser(s site.Submission) (account.User, string, error) {
	role := account.Role(s.Get("role"))
	if role == account.RoleAdmin {
		if err := c.Confirm(s); err != nil {
			return account.User{}, "", err
		}
	}
	user, password, err := c.Accounts.CreateUser(s.R.Context(), account.NewUser{
		Email: s.Get("email"), FirstName: s.Get("first_name"), LastName: s.Get("last_name"),
		Password: s.Get("new_password"), Role: role,
	}, c.By(s.R, s.Visitor))
	fields, _ := errors.AsType[fault.FieldErrors](err)
	for i := range fields { // in the form, "password" is the admin's own
		if fields[i].Field == "password" {
			fields[i].Field = "new_password"
		}
	}
	return user, password, err
}
