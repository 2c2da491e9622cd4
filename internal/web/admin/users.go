package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

func (c *console) users(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
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
	page, err := c.Accounts.ListUsers(r.Context(), q)
	if err != nil {
		return err
	}
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return err
	}
	frame := c.Frame(w, r, "Users", "admin", v.User)
	return site.Show(w, r, http.StatusOK, frame, view.UsersPage(usersOf(page, q, zone)))
}

func usersOf(page account.UserPage, q account.UserQuery, zone *time.Location) view.Users {
	m := view.Users{
		Search: q.Search, Total: words.Counted(page.Total, "user", "users"),
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

// usersAddress returns the address of the page of the same search that starts or ends at an
// e-mail address.
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
		Created: words.Moment(u.CreatedAt, zone), LastLogin: words.Moment(u.LastLoginAt, zone),
	}
}

func nameOf(u account.User) string {
	if u.FirstName == "" || u.LastName == "" {
		return u.FirstName + u.LastName
	}
	return u.FirstName + " " + u.LastName
}
