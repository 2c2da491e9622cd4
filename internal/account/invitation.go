package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/invitation"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Door says who may register.
type Door = invitation.Door

// The doors. The zero Door is open.
const (
	DoorByInvite = invitation.ByInvite
	DoorClosed   = invitation.Closed
)

// Invitation lets one person register.
type Invitation = invitation.Invitation

// The bounds of invitations.
const (
	MaxInvitationDays  = invitation.MaxDays
	MaxFirstAdmin      = invitation.MaxFirstAdmin
	FirstAdminLifetime = invitation.FirstAdminLifetime
)

// Why an invitation cannot be made, used or revoked.
var (
	ErrInvitation         = invitation.ErrUnknown
	ErrHasAdmin           = invitation.ErrHasAdmin
	ErrTooManyInvitations = invitation.ErrTooMany
	ErrNotInvited         = invitation.ErrNotOpen
)

// Invite makes an invitation for the owner of an e-mail address, or for whoever has its code
// if that is "", and returns the code, of which only a hash is stored. It returns
// FieldErrors or ErrTooManyInvitations.
func (s *Service) Invite(ctx context.Context, email string, days int, by By) (code string, _ Invitation, err error) {
	defer fault.Wrap(&err, "invite")
	whom := "whoever has the link"
	if email != "" {
		if email, err = s.invitable(ctx, email); err != nil {
			return "", Invitation{}, err
		}
		whom = "one e-mail address"
	}
	code, made, err := s.invitations.Make(ctx, email, days, by.UserID)
	if err == nil {
		s.Note(ctx, InvitationMade, by.UserID, by, fmt.Sprintf("%s: for %s, days: %d", made.Name(), whom, days))
	}
	return code, made, err
}

// invitable returns a normalised e-mail address, or FieldErrors unless somebody could
// register with it.
func (s *Service) invitable(ctx context.Context, raw string) (string, error) {
	email, problem := cleanEmail(raw)
	if problem == "" {
		_, err := s.userByEmail(ctx, email)
		if err != nil && !errors.Is(err, ErrUnknownUser) {
			return "", err
		}
		if err == nil {
			problem = "has an account already"
		}
	}
	if problem != "" {
		return "", fault.Field("email", problem)
	}
	return email, nil
}

// InviteFirstAdmin makes an invitation whose user becomes the first admin, and returns its
// code. It returns ErrHasAdmin if there is an admin.
func (s *Service) InviteFirstAdmin(ctx context.Context, by By) (code string, _ Invitation, err error) {
	defer fault.Wrap(&err, "invite the first admin")
	code, made, err := s.invitations.MakeFirstAdmin(ctx)
	if err == nil {
		s.Note(ctx, InvitationMade, 0, by, made.Name()+": for the first admin")
	}
	return code, made, err
}

// Invitations returns the invitations that wait to be used, those that expire last first.
func (s *Service) Invitations(ctx context.Context) (_ []Invitation, err error) {
	defer fault.Wrap(&err, "list invitations")
	return s.invitations.Open(ctx)
}

// Revoke ends an invitation that nobody has used. It returns ErrNotInvited if there is none.
func (s *Service) Revoke(ctx context.Context, id string, by By) (err error) {
	defer fault.Wrap(&err, "revoke an invitation")
	if err := s.store.DeleteInvitation(ctx, id); err != nil {
		return err
	}
	s.Note(ctx, InvitationRevoked, by.UserID, by, Invitation{ID: id}.Name())
	return nil
}

// Invited returns the invitation that a code names, and the zero Invitation for "" where
// people need none. Whoever may not register gets an error that says why: one of the errors
// of invitation.Desk.Admit, or ErrHasAdmin.
func (s *Service) Invited(ctx context.Context, code string) (_ Invitation, err error) {
	defer fault.Wrap(&err, "read an invitation")
	invited, err := s.invitations.Admit(ctx, s.door, code)
	if err != nil || !invited.MakesAdmin {
		return invited, err
	}
	has, err := s.store.HasAdmin(ctx)
	if err == nil && has {
		err = ErrHasAdmin
	}
	return invited, err
}
