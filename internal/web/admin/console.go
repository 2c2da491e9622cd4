// Package admin is the console for admins: the users, what can be done to them, and the
// security log of everybody. To everybody else it does not exist.
package admin

import (
	"net/http"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// errNoPage is the answer to a visitor who is not an admin.
var errNoPage = fault.New(fault.NotFound, "there is nothing at this address")

// Options are what the console needs.
type Options struct {
	*site.Site
	Tracker *tracker.Tracker
	Rater   func(account.User) tracker.Rater // the user as the tracker knows them
	Door    account.Door                     // who may register
	Origin  func(*http.Request) string       // of this server, as people reach it
}

type console struct{ Options }

// Register adds the console to mux.
func Register(mux httpx.Mux, o Options) {
	c := &console{o}
	mux.HandleFunc("GET /admin/dashboard", c.admin(c.users))
	mux.HandleFunc("GET /admin/log", c.admin(c.log))
	mux.HandleFunc("GET /admin/users/new", c.admin(c.newUserPage))
	mux.HandleFunc("POST /admin/users/new", c.admin(c.Form(c.addUser, c.addUserAgain)))
	mux.HandleFunc("GET /admin/invitations", c.admin(c.invitationsPage))
	mux.HandleFunc("POST /admin/invitations", c.admin(c.Form(c.invite, c.inviteAgain)))
	mux.HandleFunc("POST /admin/invitations/revoke", c.admin(c.Form(c.revoke, nil)))
	mux.HandleFunc("GET /admin/users/{user_id}", c.admin(c.userPage))
	mux.HandleFunc("POST /admin/users/{user_id}", c.admin(c.Form(c.changeUser, c.changeUserAgain)))
	mux.HandleFunc("GET /admin/users/{user_id}/delete", c.admin(c.deleteUserPage))
	mux.HandleFunc("POST /admin/users/{user_id}/delete", c.admin(c.Form(c.deleteUser, c.deleteUserAgain)))
}

// admin makes a route for admins only.
func (c *console) admin(handle site.MemberHandler) http.HandlerFunc {
	return c.Member(func(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
		if v.User.Role != account.RoleAdmin {
			return errNoPage
		}
		return handle(w, r, v)
	})
}

// userIn returns the user whom the path names, or account.ErrUnknownUser.
func (c *console) userIn(r *http.Request) (account.User, error) {
	id, err := strconv.ParseInt(r.PathValue("user_id"), 10, 64)
	if err != nil {
		return account.User{}, account.ErrUnknownUser
	}
	return c.Accounts.User(r.Context(), id)
}
