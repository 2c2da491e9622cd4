package admin

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func deletionOf(user account.User, v site.Visitor) view.Deletion {
	return view.Deletion{
		Action: userAddress(user.ID) + "/delete", Back: userAddress(user.ID), Email: user.Email, NeedsPassword: v.User.PasswordHash != "",
	}
}

func (c *console) deleteUserPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	user, err := c.userIn(r)
	if err != nil {
		return err
	}
	if user.ID == v.User.ID {
		site.GoOn(w, r, "/profile/delete")
		return nil
	}
	return c.ShowDeletion(w, r, http.StatusOK, v, deletionOf(user, v))
}

func (c *console) deleteUser(s site.Submission) error {
	user, err := c.userIn(s.R)
	if err != nil {
		return err
	}
	if err := site.CheckTyped(s, user.Email); err != nil {
		return err
	}
	if err := c.Confirm(s); err != nil {
		return err
	}
	if err := c.Accounts.DeleteUser(s.R.Context(), user.Email, c.By(s.R, s.Visitor)); err != nil {
		return err
	}
	site.GoOn(s.W, s.R, "/admin/dashboard")
	return nil
}

func (c *console) deleteUserAgain(s site.Submission, refused site.Refusal) error {
	user, err := c.userIn(s.R)
	if err != nil {
		return err
	}
	return c.ShowDeletionAgain(s, deletionOf(user, s.Visitor), refused)
}
