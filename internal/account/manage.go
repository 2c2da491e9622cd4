package account

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// SetRole changes what a user may do, from their next request on. It returns
// FieldErrors, ErrUnknownUser, ErrOwnAccount or ErrLastAdmin.
func (s *Service) SetRole(ctx context.Context, email string, role Role, by By) error {
	if !role.Valid() {
		return fmt.Errorf("set role: %w", fault.FieldErrors{{Field: "role", Problem: `must be "user" or "admin"`}})
	}
	user, err := s.another(ctx, email, by)
	if err == nil {
		err = s.store.UpdateRole(ctx, user.ID, role)
	}
	if err != nil {
		return fmt.Errorf("set role: %w", err)
	}
	s.Note(ctx, RoleChanged, user.ID, by, string(role))
	return nil
}

// SetActive lets a user in or keeps them out, from their next request on. Who is let
// in again must log in again. It returns ErrUnknownUser, ErrOwnAccount or ErrLastAdmin.
func (s *Service) SetActive(ctx context.Context, email string, active bool, by By) error {
	user, err := s.another(ctx, email, by)
	if err == nil {
		err = s.store.UpdateActive(ctx, user.ID, active)
	}
	if err != nil {
		return fmt.Errorf("set active: %w", err)
	}
	kind := Deactivated
	if active {
		kind = Activated
	}
	s.Note(ctx, kind, user.ID, by, "")
	return nil
}

// UserByEmail returns the user with this e-mail as a person types it, or
// ErrUnknownUser.
func (s *Service) UserByEmail(ctx context.Context, email string) (User, error) {
	user, err := s.known(ctx, email)
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return user, nil
}

// known is the user with this e-mail, or ErrUnknownUser.
func (s *Service) known(ctx context.Context, email string) (User, error) {
	user, known, err := s.userByEmail(ctx, email)
	if err == nil && !known {
		err = ErrUnknownUser
	}
	return user, err
}
