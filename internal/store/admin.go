package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Users implements account.Store. It walks the index of e-mail addresses from where the
// page begins, so a page costs the rows that it reads, however far back it is.
func (s *Store) Users(ctx context.Context, q account.UserQuery, most int) (_ []account.User, err error) {
	defer fault.Wrap(&err, "listing users")
	read, from := "UsersAfter", q.After
	if q.Before != "" {
		read, from = "UsersBefore", q.Before
	}
	users, err := all(ctx, s.rows, table.Users, read, from, containing(q.Search),
		q.Role == "", string(q.Role), q.State == account.AnyState, q.State == account.IsActive, most)
	if q.Before != "" {
		slices.Reverse(users)
	}
	return users, err
}

// CountUsers implements account.Store.
func (s *Store) CountUsers(ctx context.Context, q account.UserQuery) (_ int, err error) {
	defer fault.Wrap(&err, "counting users")
	n, err := s.read.CountUsers(ctx, queries.CountUsersParams{
		Pattern: containing(q.Search), AnyRole: q.Role == "", Role: string(q.Role),
		AnyState: q.State == account.AnyState, Active: q.State == account.IsActive,
	})
	return int(n), err
}

// containing returns the LIKE pattern of the texts that contain this one. The query puts
// both into lower case. SQLite does so for ASCII letters only, so there É does not match é.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// SecurityLog implements account.Store.
func (s *Store) SecurityLog(ctx context.Context, q account.LogQuery, most int) (_ []account.SecurityEvent, err error) {
	defer fault.Wrap(&err, "reading the security log of everybody")
	before, id, kind, maxRows := int64(q.BeforeAt), q.BeforeID, string(q.Kind), int32(most)
	var rows []queries.SecurityLog
	switch {
	case q.UserID != 0:
		rows, err = s.read.SecurityLogOf(ctx, queries.SecurityLogOfParams{
			UserID: q.UserID, BeforeAt: before, BeforeID: id, AnyKind: kind == "", Kind: kind, MaxRows: maxRows,
		})
	case kind != "":
		rows, err = s.read.SecurityLogOfKind(ctx, queries.SecurityLogOfKindParams{Kind: kind, BeforeAt: before, BeforeID: id, MaxRows: maxRows})
	default:
		rows, err = s.read.SecurityLog(ctx, queries.SecurityLogParams{BeforeAt: before, BeforeID: id, MaxRows: maxRows})
	}
	return each(rows, toSecurityEvent), err
}

// withAdminsHeld runs do in a transaction beside which no other change of admins runs. When
// two admins take the role from each other at once, the second sees what the first did.
func (s *Store) withAdminsHeld(ctx context.Context, do func(writeTx) error) error {
	return s.writes(ctx, func(w writeTx) error {
		if err := s.holdAdmins(ctx, w.tx); err != nil {
			return err
		}
		return do(w)
	})
}

// withoutAdmin returns account.ErrLastAdmin if this user is the only active admin, and
// account.ErrUnknownUser if there is no such user.
func withoutAdmin(ctx context.Context, w writeTx, userID int64) error {
	user, err := user(ctx, w.rows, "UserByID", userID)
	if err != nil {
		return err
	}
	if !user.Active || user.Role != account.RoleAdmin {
		return nil
	}
	others, err := w.CountOtherAdmins(ctx, userID)
	if err == nil && others == 0 {
		return account.ErrLastAdmin
	}
	return wrapped(err, "counting admins")
}

// UpdateRole implements account.Store.
func (s *Store) UpdateRole(ctx context.Context, userID int64, role account.Role) error {
	return s.withAdminsHeld(ctx, func(w writeTx) error {
		if role != account.RoleAdmin {
			if err := withoutAdmin(ctx, w, userID); err != nil {
				return err
			}
		}
		rows, err := w.UpdateRole(ctx, queries.UpdateRoleParams{Role: string(role), ID: userID})
		if err := changed(rows, err, account.ErrUnknownUser, "updating a role"); err != nil || role == account.RoleAdmin {
			return err
		}
		return endInvitations(ctx, w, userID)
	})
}

// UpdateActive implements account.Store.
func (s *Store) UpdateActive(ctx context.Context, userID int64, active bool) error {
	return s.withAdminsHeld(ctx, func(w writeTx) error {
		if !active {
			if err := withoutAdmin(ctx, w, userID); err != nil {
				return err
			}
		}
		rows, err := w.UpdateActive(ctx, queries.UpdateActiveParams{IsActive: active, ID: userID})
		if err := changed(rows, err, account.ErrUnknownUser, "updating a user"); err != nil || active {
			return err
		}
		if err := endInvitations(ctx, w, userID); err != nil {
			return err
		}
		return endLogins(ctx, w.Queries, userID)
	})
}

// BeginDeletion implements account.Store.
func (s *Store) BeginDeletion(ctx context.Context, userID, actorID int64, at timeline.Instant) error {
	return s.withAdminsHeld(ctx, func(w writeTx) error {
		if err := withoutAdmin(ctx, w, userID); err != nil {
			return err
		}
		if err := w.DeleteInvitationsOf(ctx, userID); err != nil { // while the address is known
			return fmt.Errorf("ending the invitation of a deleted user: %w", err)
		}
		rows, err := w.MarkDeleted(ctx, queries.MarkDeletedParams{
			DeletedAt: int64(at), DeletedBy: actorID, Placeholder: fmt.Sprintf("deleted:%d", userID), UserID: userID,
		})
		if err := changed(rows, err, account.ErrUnknownUser, "beginning a deletion"); err != nil {
			return err
		}
		if _, err := w.DeleteIdentities(ctx, userID); err != nil {
			return fmt.Errorf("disconnecting a deleted user: %w", err)
		}
		if err := endInvitations(ctx, w, userID); err != nil {
			return err
		}
		return endLogins(ctx, w.Queries, userID)
	})
}

// Deletions implements account.Store.
func (s *Store) Deletions(ctx context.Context) (_ []account.Deletion, err error) {
	defer fault.Wrap(&err, "reading deletions under way")
	rows, err := s.read.DeletedUsers(ctx)
	return each(rows, func(r queries.DeletedUsersRow) account.Deletion {
		return account.Deletion{UserID: r.ID, ActorID: r.DeletedBy}
	}), err
}
