package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const unknownRole = `must be "user" or "admin"`

// NewUser is what an admin enters to add a user.
type NewUser struct {
	Email, FirstName, LastName string
	Password                   string // "" means that one is generated
	Role                       Role
}

// CreateUser adds a user, and returns their password if it was generated. It returns
// FieldErrors, ErrEmailTaken or password.ErrBusy.
func (s *Service) CreateUser(ctx context.Context, n NewUser, by By) (_ User, generated string, err error) {
	defer fault.Wrap(&err, "create a user")
	if !n.Role.Valid() {
		return User{}, "", fault.Field("role", unknownRole)
	}
	if n.Password == "" {
		generated = password.Generate()
		n.Password = generated
	}
	user, err := s.newUser(ctx, turnOf(by.UserID), Registration{Email: n.Email, Password: n.Password, FirstName: n.FirstName, LastName: n.LastName}, n.Role)
	if err != nil {
		return User{}, "", err
	}
	if err := s.store.CreateUser(ctx, user); err != nil {
		return User{}, "", err
	}
	s.Note(ctx, UserCreated, user.ID, by, string(user.Role))
	return user, generated, nil
}

// SetRole changes what a user may do, from their next request on. It returns
// FieldErrors, ErrUnknownUser, ErrOwnAccount or ErrLastAdmin.
func (s *Service) SetRole(ctx context.Context, email string, role Role, by By) (err error) {
	defer fault.Wrap(&err, "set role")
	if !role.Valid() {
		return fault.Field("role", unknownRole)
	}
	user, err := s.another(ctx, email, by)
	if err != nil {
		return err
	}
	if err := s.store.UpdateRole(ctx, user.ID, role); err != nil {
		return err
	}
	s.Note(ctx, RoleChanged, user.ID, by, string(role))
	return nil
}

// SetActive lets a user in or keeps them out, from their next request on. A user who is
// let in again must log in again. It returns ErrUnknownUser, ErrOwnAccount or
// ErrLastAdmin.
func (s *Service) SetActive(ctx context.Context, email string, active bool, by By) (err error) {
	defer fault.Wrap(&err, "set active")
	user, err := s.another(ctx, email, by)
	if err != nil {
		return err
	}
	if err := s.store.UpdateActive(ctx, user.ID, active); err != nil {
		return err
	}
	kind := Deactivated
	if active {
		kind = Activated
	}
	s.Note(ctx, kind, user.ID, by, "")
	return nil
}

// another returns the user with this e-mail, or ErrUnknownUser, or ErrOwnAccount if it
// is the user who asks.
func (s *Service) another(ctx context.Context, email string, by By) (User, error) {
	user, err := s.userByEmail(ctx, email)
	if err != nil {
		return User{}, err
	}
	if user.ID == by.UserID {
		return User{}, ErrOwnAccount
	}
	return user, nil
}
