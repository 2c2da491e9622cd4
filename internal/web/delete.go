package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// registerDeletion adds the deletion of one's own account.
func (f *face) registerDeletion(mux httpx.Mux) {
	mux.HandleFunc("GET /profile/delete", f.open(f.member(f.deleteOwnPage)))
	mux.HandleFunc("POST /profile/delete", f.open(f.member(f.form(f.deleteOwn, f.deleteOwnAgain))))
}

func ownDeletion(v visitor) view.Deletion {
	return view.Deletion{
		Action: "/profile/delete", Back: "/profile", Email: v.user.Email, Own: true, NeedsPassword: v.user.PasswordHash != "",
	}
}

func (f *face) deleteOwnPage(w http.ResponseWriter, r *http.Request, v visitor) error {
	return f.showDeletion(w, r, http.StatusOK, v, ownDeletion(v))
}

func (f *face) showDeletion(w http.ResponseWriter, r *http.Request, status int, v visitor, m view.Deletion) error {
	section := "admin"
	if m.Own {
		section = "profile"
	}
	frame := f.frame(w, r, "Delete an account", section, v.user)
	return show(w, r, status, frame, view.DeletionPage(frame, m))
}

func (f *face) deleteOwn(s submission) error {
	if err := typed(s.Values, s.user.Email); err != nil {
		return err
	}
	if err := f.countConfirmation(s); err != nil {
		return err
	}
	if err := f.Accounts.DeleteAccount(s.r.Context(), s.Get("password"), f.by(s.r, s.visitor)); err != nil {
		return err
	}
	f.leave(s)
	return nil
}

func (f *face) deleteOwnAgain(s submission, refused refusal) error {
	return f.showRefusedDeletion(s, ownDeletion(s.visitor), refused)
}

// typed checks that a form names whom it deletes.
func typed(form url.Values, email string) error {
	if !strings.EqualFold(strings.TrimSpace(form.Get("email")), email) {
		return fault.Field("email", "is not the address of the account")
	}
	return nil
}

func (f *face) showRefusedDeletion(s submission, m view.Deletion, refused refusal) error {
	m.Typed, m.Password = refused.field("email"), refused.secret("password")
	m.Problem = refused.above("email", "password")
	return f.showDeletion(s.w, s.r, refused.status, s.visitor, m)
}

func deletionOf(user account.User, v visitor) view.Deletion {
	return view.Deletion{
		Action: userAddress(user.ID) + "/delete", Back: userAddress(user.ID), Email: user.Email, NeedsPassword: v.user.PasswordHash != "",
	}
}

func (f *face) deleteUserPage(w http.ResponseWriter, r *http.Request, v visitor) error {
	user, err := f.userIn(r)
	if err != nil {
		return err
	}
	if user.ID == v.user.ID {
		goOn(w, r, "/profile/delete")
		return nil
	}
	return f.showDeletion(w, r, http.StatusOK, v, deletionOf(user, v))
}

func (f *face) deleteUser(s submission) error {
	user, err := f.userIn(s.r)
	if err != nil {
		return err
	}
	if err := typed(s.Values, user.Email); err != nil {
		return err
	}
	if err := f.confirmed(s); err != nil {
		return err
	}
	if err := f.Accounts.DeleteUser(s.r.Context(), user.Email, f.by(s.r, s.visitor)); err != nil {
		return err
	}
	goOn(s.w, s.r, "/admin/dashboard")
	return nil
}

func (f *face) deleteUserAgain(s submission, refused refusal) error {
	user, err := f.userIn(s.r)
	if err != nil {
		return err
	}
	return f.showRefusedDeletion(s, deletionOf(user, s.visitor), refused)
}
