package store

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// nobody is the number of no user.
const nobody = 0

// AddInvitation implements account.Store. It runs beside no change of admins, so that no
// invitation outlives the role of its maker, and the count is exact.
func (s *Store) AddInvitation(ctx context.Context, i account.Invitation, most int) (err error) {
	defer fault.Wrap(&err, "storing an invitation")
	return s.withAdminsHeld(ctx, func(w writeTx) error {
		if err := mayInvite(ctx, w, i, most); err != nil {
			return err
		}
		err := w.AddInvitation(ctx, queries.AddInvitationParams{
			ID: i.ID, Email: i.Email, MakesAdmin: i.MakesAdmin, MadeBy: i.MadeBy, MadeAt: int64(i.MadeAt), ExpiresAt: int64(i.ExpiresAt),
		})
		if err != nil || !i.MakesAdmin {
			return err
		}
		return w.TrimAdminInvitations(ctx, int32(most))
	})
}

// mayInvite returns an error unless an invitation may be stored.
func mayInvite(ctx context.Context, w writeTx, i account.Invitation, most int) error {
	if i.MakesAdmin {
		return withoutAnyAdmin(ctx, w)
	}
	if i.MadeBy != 0 {
		maker, err := user(ctx, w.rows, "UserByID", i.MadeBy)
		if err != nil {
			return err
		}
		if !maker.Active || maker.Role != account.RoleAdmin {
			return account.ErrUnknownUser
		}
	}
	n, err := w.CountInvitations(ctx, int64(i.MadeAt))
	if err == nil && n >= int64(most) {
		return account.ErrTooManyInvitations
	}
	return wrapped(err, "counting invitations")
}

// HasAdmin implements account.Store.
func (s *Store) HasAdmin(ctx context.Context) (bool, error) {
	admins, err := s.read.CountOtherAdmins(ctx, nobody)
	return admins > 0, wrapped(err, "counting admins")
}

// withoutAnyAdmin returns account.ErrHasAdmin if there is an active admin.
func withoutAnyAdmin(ctx context.Context, w writeTx) error {
	admins, err := w.CountOtherAdmins(ctx, nobody)
	if err == nil && admins > 0 {
		return account.ErrHasAdmin
	}
	return wrapped(err, "counting admins")
}

// CreateInvitedUser implements account.Store. Somebody who uses the same invitation at once
// waits for the row, and then finds it gone, or finds it if this user could not be added.
func (s *Store) CreateInvitedUser(ctx context.Context, u account.User, invitation string, at timeline.Instant) error {
	create := func(w writeTx) error {
		used, err := w.UseInvitation(ctx, queries.UseInvitationParams{ID: invitation, At: int64(at)})
		if err := found(err, account.ErrInvitation, "using an invitation up"); err != nil {
			return err
		}
		if used.MakesAdmin != (u.Role == account.RoleAdmin) {
			return account.ErrInvitation // the caller has read another invitation
		}
		if used.MakesAdmin {
			if err := onlyFirstAdmin(ctx, w); err != nil {
				return err
			}
		}
		return s.createUser(ctx, w, u)
	}
	if u.Role == account.RoleAdmin {
		return s.withAdminsHeld(ctx, create)
	}
	return s.writes(ctx, create)
}

// onlyFirstAdmin returns account.ErrHasAdmin if there is an active admin, and otherwise
// removes the invitations that would make another first one.
func onlyFirstAdmin(ctx context.Context, w writeTx) error {
	if err := withoutAnyAdmin(ctx, w); err != nil {
		return err
	}
	return wrapped(w.DeleteAdminInvitations(ctx), "deleting the invitations of the first admin")
}

func toInvitation(r queries.Invitation) account.Invitation {
	return account.Invitation{
		ID: r.ID, Email: r.Email, MakesAdmin: r.MakesAdmin, MadeBy: r.MadeBy,
		MadeAt: timeline.Instant(r.MadeAt), ExpiresAt: timeline.Instant(r.ExpiresAt),
	}
}

// Invitation implements account.Store.
func (s *Store) Invitation(ctx context.Context, id string) (account.Invitation, error) {
	row, err := s.read.Invitation(ctx, id)
	return toInvitation(row), found(err, account.ErrInvitation, "reading an invitation")
}

// Invitations implements account.Store.
func (s *Store) Invitations(ctx context.Context, at timeline.Instant, most int) (_ []account.Invitation, err error) {
	defer fault.Wrap(&err, "listing invitations")
	rows, err := s.read.Invitations(ctx, queries.InvitationsParams{At: int64(at), MaxRows: int32(most)})
	return each(rows, toInvitation), err
}

// DeleteInvitation implements account.Store.
func (s *Store) DeleteInvitation(ctx context.Context, id string) error {
	rows, err := s.write.DeleteInvitation(ctx, id)
	return changed(rows, err, account.ErrNotInvited, "deleting an invitation")
}

// DeleteExpiredInvitations implements account.Store.
func (s *Store) DeleteExpiredInvitations(ctx context.Context, before timeline.Instant) (err error) {
	defer fault.Wrap(&err, "deleting invitations")
	return s.write.DeleteExpiredInvitations(ctx, int64(before))
}

// endInvitations removes the open invitations that a user made.
func endInvitations(ctx context.Context, w writeTx, userID int64) error {
	if err := w.DeleteInvitationsBy(ctx, userID); err != nil {
		return fmt.Errorf("ending invitations: %w", err)
	}
	return nil
}
