package site

import (
	"net/http"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// ShowDeletion shows the page on which an owner or an admin deletes an account.
func (s *Site) ShowDeletion(w http.ResponseWriter, r *http.Request, status int, v Visitor, m view.Deletion) error {
	section := "admin"
	if m.Own {
		section = "profile"
	}
	frame := s.Frame(w, r, "Delete an account", section, v.User)
	return Show(w, r, status, frame, view.DeletionPage(frame, m))
}

// ShowDeletionAgain does what ShowDeletion does, after a refusal.
func (s *Site) ShowDeletionAgain(sent Submission, m view.Deletion, refused Refusal) error {
	m.Typed, m.Password = refused.Field("email"), refused.Secret("password")
	m.Problem = refused.Above("email", "password")
	return s.ShowDeletion(sent.W, sent.R, refused.Status, sent.Visitor, m)
}

// CheckTyped checks that the form repeats the e-mail address of the account that it
// deletes. It returns a fault.FieldErrors of "email".
func CheckTyped(sent Submission, email string) error {
	if !strings.EqualFold(strings.TrimSpace(sent.Get("email")), email) {
		return fault.Field("email", "is not the address of the account")
	}
	return nil
}
