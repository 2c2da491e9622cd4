package account

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// UserState filters users by whether they may log in.
type UserState string

// The states.
const (
	AnyState   UserState = ""
	IsActive   UserState = "active"
	IsInactive UserState = "deactivated"
)

// UserQuery asks for a page of the users, by e-mail address.
type UserQuery struct {
	Search string    // in the e-mail address and the names; ASCII letters match in either case; "" finds all
	Role   Role      // "" is any
	State  UserState // AnyState is any

	// At most one of them is set: the page begins after this e-mail address, or ends
	// before it.
	After, Before string
}

// UsersPerPage is how many users, or entries of the log, a page has at most.
const UsersPerPage = 50

// UserPage is a page of users.
type UserPage struct {
	Users []User
	Total int // on all pages

	After, Before string // of the next page and of the previous one; "" means that there is none
}

// longestSearch is in characters: no address or name is longer.
const longestSearch = 254

// ListUsers returns a page of the users, for admins. A search for a text that no name
// can contain finds nobody.
func (s *Service) ListUsers(ctx context.Context, q UserQuery) (_ UserPage, err error) {
	defer fault.Wrap(&err, "list users")
	q.Search = strings.TrimSpace(q.Search)
	if !PlainText(q.Search+q.After+q.Before) || utf8.RuneCountInString(q.Search) > longestSearch {
		return UserPage{}, nil
	}
	users, err := s.store.Users(ctx, q, UsersPerPage+1)
	if err != nil {
		return UserPage{}, err
	}
	page := pageOf(users, q)
	if page.Total, err = s.store.CountUsers(ctx, q); err != nil {
		return UserPage{}, err
	}
	return page, nil
}

// pageOf makes a page of users. The caller reads one user more than fits, which shows
// whether there is another page.
func pageOf(users []User, q UserQuery) UserPage {
	more, backwards := len(users) > UsersPerPage, q.Before != ""
	switch {
	case more && backwards:
		users = users[1:]
	case more:
		users = users[:UsersPerPage]
	}
	page := UserPage{Users: users}
	if len(users) == 0 {
		return page
	}
	if more || backwards {
		page.After = users[len(users)-1].Email
	}
	if more && backwards || q.After != "" {
		page.Before = users[0].Email
	}
	return page
}
