package web

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// registerDeletion adds the page on which people delete their own account.
func (f *face) registerDeletion(mux httpx.Mux) {
	mux.HandleFunc("GET /profile/delete", f.Member(f.deleteOwnPage))
	mux.HandleFunc("POST /profile/delete", f.Member(f.Form(f.deleteOwn, f.deleteOwnAgain)))
}

func ownDeletion(v site.Visitor) view.Deletion {
	return view.Deletion{
		Action: "/profile/delete", Back: "/profile", Email: v.User.Email, Own: true, NeedsPassword: v.User.PasswordHash != "",
	}
}

func (f *face) deleteOwnPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	return f.ShowDeletion(w, r, http.StatusOK, v, ownDeletion(v))
}

func (f *face) deleteOwn(s site.Submission) error {
	if err := site.CheckTyped(s, s.User.Email); err != nil {
		return err
	}
	if err := f.CountConfirmation(s); err != nil {
		return err
	}
	if err := f.Accounts.DeleteAccount(s.R.Context(), s.Get("password"), f.By(s.R, s.Visitor)); err != nil {
		return err
	}
	f.leave(s)
	return nil
}

func (f *face) deleteOwnAgain(s site.Submission, refused site.Refusal) error {
	return f.ShowDeletionAgain(s, ownDeletion(s.Visitor), refused)
}
