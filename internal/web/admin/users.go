package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// errNoPage is what an address says at which there is nothing.
var errNoPage = fault.New(fault.NotFound, "there is nothing at this address")

// registerAdmin adds the console. For who is no admin it does not exist.
func (f *face) registerAdmin(mux httpx.Mux) {
	mux.HandleFunc("GET /admin/dashboard", f.open(f.admin(f.users)))
	mux.HandleFunc("GET /admin/log", f.open(f.admin(f.adminLog)))
	mux.HandleFunc("GET /admin/users/new", f.open(f.admin(f.newUserPage)))
	mux.HandleFunc("POST /admin/users/new", f.open(f.admin(f.form(f.addUser, f.addUserAgain))))
	mux.HandleFunc("GET /admin/users/{user_id}", f.open(f.admin(f.userPage)))
	mux.HandleFunc("POST /admin/users/{user_id}", f.open(f.admin(f.form(f.changeUser, f.changeUserAgain))))
	mux.HandleFunc("GET /admin/users/{user_id}/delete", f.open(f.admin(f.deleteUserPage)))
	mux.HandleFunc("POST /admin/users/{user_id}/delete", f.open(f.admin(f.form(f.deleteUser, f.deleteUserAgain))))
}

// admin lets only admins through.
func (f *face) admin(handle memberHandler) handler {
	return f.member(func(w http.ResponseWriter, r *http.Request, v visitor) error {
		if v.user.Role != account.RoleAdmin {
			return errNoPage
		}
		return handle(w, r, v)
	})
}

// userIn is the user whom the path names.
func (f *face) userIn(r *http.Request) (account.User, error) {
	id, err := strconv.ParseInt(r.PathValue("user_id"), 10, 64)
	if err != nil {
		return account.User{}, account.ErrUnknownUser
	}
	return f.Accounts.User(r.Context(), id)
}

func (f *face) users(w http.ResponseWriter, r *http.Request, v visitor) error {
	query := r.URL.Query()
	q := account.UserQuery{
		Search: query.Get("q"), Role: account.Role(query.Get("role")), State: account.UserState(query.Get("state")),
		After: query.Get("after"), Before: query.Get("before"),
	}
	if !q.Role.Valid() {
		q.Role = ""
	}
	if q.State != account.IsActive && q.State != account.IsInactive {
		q.State = account.AnyState
	}
	if q.Before != "" {
		q.After = ""
	}
	page, err := f.Accounts.ListUsers(r.Context(), q)
	if err != nil {
		return err
	}
	zone, err := zoneOf(v.user)
	if err != nil {
		return err
	}
	frame := f.frame(w, r, "Users", "admin", v.user)
	return show(w, r, http.StatusOK, frame, view.UsersPage(usersOf(page, q, zone)))
}

func usersOf(page account.UserPage, q account.UserQuery, zone *time.Location) view.Users {
	m := view.Users{
		Search: q.Search, Total: counted(page.Total, "user", "users"),
		Role: view.Choice{Value: string(q.Role), Options: append([]view.Option{{Label: "any"}}, roles()...)},
		State: view.Choice{Value: string(q.State), Options: []view.Option{
			{Label: "any"}, {Value: string(account.IsActive), Label: "active"}, {Value: string(account.IsInactive), Label: "deactivated"},
		}},
	}
	for _, u := range page.Users {
		m.Users = append(m.Users, userRowOf(u, zone))
	}
	if page.Before != "" {
		m.Previous = usersAddress(q, "before", page.Before)
	}
	if page.After != "" {
		m.Next = usersAddress(q, "after", page.After)
	}
	return m
}

func roles() []view.Option {
	return []view.Option{{Value: string(account.RoleUser), Label: "user"}, {Value: string(account.RoleAdmin), Label: "admin"}}
}

// usersAddress is the page of the same search that begins or ends at an e-mail address.
func usersAddress(q account.UserQuery, side, email string) string {
	values := url.Values{side: {email}}
	for name, value := range map[string]string{"q": q.Search, "role": string(q.Role), "state": string(q.State)} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return "/admin/dashboard?" + values.Encode()
}

func userAddress(id int64) string { return "/admin/users/" + strconv.FormatInt(id, 10) }

func userRowOf(u account.User, zone *time.Location) view.UserRow {
	return view.UserRow{
		ID: strconv.FormatInt(u.ID, 10), Email: u.Email, Name: nameOf(u), Role: string(u.Role), Active: u.Active,
		Created: moment(u.CreatedAt, zone), LastLogin: moment(u.LastLoginAt, zone),
	}
}

func nameOf(u account.User) string {
	if u.FirstName == "" || u.LastName == "" {
		return u.FirstName + u.LastName
	}
	return u.FirstName + " " + u.LastName
}
