package web

import (
	"errors"
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
	mux.HandleFunc("POST /profile/delete", f.open(f.member(f.deleteOwn)))
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

func (f *face) deleteOwn(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if form == nil {
		return err
	}
	m := ownDeletion(v)
	if err == nil {
		err = typed(form, m.Email)
	}
	if err == nil {
		err = take(r, f.confirmations, v.token.ID) // by token, as for every confirmation
	}
	if err == nil {
		err = f.Accounts.DeleteAccount(r.Context(), form.Get("password"), f.by(r, v))
	}
	if err != nil {
		return f.showRefusedDeletion(w, r, v, m, form, err)
	}
	cookie := f.Cookies.OfLogout(httpx.IsLocal(r))
	http.SetCookie(w, &cookie)
	goOn(w, r, "/")
	return nil
}

// typed checks that a form names whom it deletes.
func typed(form url.Values, email string) error {
	if !strings.EqualFold(strings.TrimSpace(form.Get("email")), email) {
		return fault.Field("email", "is not the address of the account")
	}
	return nil
}

func (f *face) showRefusedDeletion(w http.ResponseWriter, r *http.Request, v visitor, m view.Deletion, form url.Values, err error) error {
	if f.problem(r, err).Status >= http.StatusInternalServerError || errors.Is(err, account.ErrUnauthenticated) || errors.Is(err, account.ErrUnknownUser) {
		return err
	}
	var errs fault.FieldErrors
	errors.As(err, &errs)
	m.Typed, m.Password.Problem = field(form, "email", errs), problemWith(errs, "password")
	status, text := f.refusal(w, r, err)
	if len(errs) == 0 {
		m.Problem = text
	}
	return f.showDeletion(w, r, status, v, m)
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

func (f *face) deleteUser(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if form == nil {
		return err
	}
	user, unknown := f.userIn(r)
	if unknown != nil {
		return unknown
	}
	if err == nil {
		err = typed(form, user.Email)
	}
	if err == nil {
		err = f.confirmed(r, v, form)
	}
	if err == nil {
		err = f.Accounts.DeleteUser(r.Context(), user.Email, f.by(r, v))
	}
	if err != nil {
		return f.showRefusedDeletion(w, r, v, deletionOf(user, v), form, err)
	}
	goOn(w, r, "/admin/dashboard")
	return nil
}
