package account

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// UserState is whether a user may log in, as one asks for users.
type UserState string

// The states.
const (
	AnyState   UserState = ""
	IsActive   UserState = "active"
	IsInactive UserState = "deactivated"
)

// UserQuery asks for a page of the users, by e-mail address.
type UserQuery struct {
	Search string    // in the e-mail address and the names, letters of ASCII in any case; "" finds all
	Role   Role      // "" is any
	State  UserState // AnyState is any

	// At most one of them is set: the page begins after this e-mail address, or ends
	// before it.
	After, Before string
}

// UsersPerPage is how many users, and entries of the log, a page has at most.
const UsersPerPage = 50

// UserPage is a page of users.
type UserPage struct {
	Users []User
	Total int // on all pages

	After, Before string // of the next page and of the one before; "" is none
}

// longestSearch is in characters: no address or name is longer.
const longestSearch = 254

// ListUsers is a page of the users; for admins. What cannot be in a name finds nobody.
func (s *Service) ListUsers(ctx context.Context, q UserQuery) (UserPage, error) {
	q.Search = strings.TrimSpace(q.Search)
	if !PlainText(q.Search+q.After+q.Before) || utf8.RuneCountInString(q.Search) > longestSearch {
		return UserPage{}, nil
	}
	users, err := s.store.Users(ctx, q, UsersPerPage+1)
	var page UserPage
	if err == nil {
		page = pageOf(users, q)
		page.Total, err = s.store.CountUsers(ctx, q)
	}
	if err != nil {
		return UserPage{}, fmt.Errorf("list users: %w", err)
	}
	return page, nil
}

// pageOf is a page of users of whom one more than fit were read, to see whether there
// is another page.
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

// NewUser is what an admin gives to add a user.
type NewUser struct {
	Email, FirstName, LastName string
	Password                   string // "" has one made up
	Role                       Role
}

// CreateUser adds a user, and returns their password if it was made up. It returns
// FieldErrors, ErrEmailTaken or ErrBusy.
func (s *Service) CreateUser(ctx context.Context, n NewUser, by By) (_ User, madeUp string, _ error) {
	if n.Password == "" {
		madeUp = password.Generate()
		n.Password = madeUp
	}
	user, err := s.createUser(ctx, n)
	if err != nil {
		return User{}, "", fmt.Errorf("create a user: %w", err)
	}
	s.Note(ctx, UserCreated, user.ID, by, string(user.Role))
	return user, madeUp, nil
}

func (s *Service) createUser(ctx context.Context, n NewUser) (User, error) {
	if !n.Role.Valid() {
		return User{}, fault.Field("role", `must be "user" or "admin"`)
	}
	user, normalised, err := s.newUser(ctx, Registration{Email: n.Email, Password: n.Password, FirstName: n.FirstName, LastName: n.LastName})
	if err != nil {
		return User{}, err
	}
	user.Role = n.Role
	if user.PasswordHash, err = s.hasher.Hash(ctx, normalised); err != nil {
		return User{}, err
	}
	return user, s.store.CreateUser(ctx, user)
}

// freshLogin is how long a login stands for a password that an account does not have.
const freshLogin = 10 * time.Minute

// Confirm is for a user who has to show once more who they are: by their password, or,
// if they have none, by the login at the identity provider that they are using, if it is
// fresh: another of theirs says nothing of who uses this one. It returns the
// errors of confirm, or ErrLogInAgain.
func (s *Service) Confirm(ctx context.Context, password string, by By) error {
	if err := s.reconfirm(ctx, password, by); err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	return nil
}

func (s *Service) reconfirm(ctx context.Context, password string, by By) error {
	user, err := s.store.UserByID(ctx, by.UserID)
	if err != nil {
		return err
	}
	if user.PasswordHash != "" {
		_, err = s.confirm(ctx, by.UserID, "password", password, by)
		return err
	}
	if by.Login.IssuedAt < timeline.InstantOf(s.now().Add(-freshLogin)) {
		return ErrLogInAgain
	}
	return nil
}

// LogQuery asks for entries of the security log of everybody, newest first.
type LogQuery struct {
	UserID int64        // 0 is everybody
	Kind   SecurityKind // "" is any

	BeforeAt timeline.Instant // of the entry before the page; 0: begin with the newest
	BeforeID string
}

// SecurityLog is a page of the security log of everybody; for admins. more says that
// there are older ones.
func (s *Service) SecurityLog(ctx context.Context, q LogQuery) (events []SecurityEvent, more bool, _ error) {
	if !PlainText(string(q.Kind) + q.BeforeID) {
		return nil, false, nil
	}
	if q.BeforeAt == 0 {
		q.BeforeAt = timeline.InstantOf(s.now().Add(token.ClockLeeway)) // another replica's clock may be ahead
	}
	events, err := s.store.SecurityLog(ctx, q, UsersPerPage+1)
	if err != nil {
		return nil, false, fmt.Errorf("read the security log: %w", err)
	}
	more = len(events) > UsersPerPage
	return events[:min(len(events), UsersPerPage)], more, nil
}
