package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Users implements account.Store. It walks the index of e-mail addresses from where the
// page begins: a page costs the rows that it passes, whatever its number.
func (s *Store) Users(ctx context.Context, q account.UserQuery, most int) ([]account.User, error) {
	if q.Before == "" {
		rows, err := s.read.UsersAfter(ctx, queries.UsersAfterParams{
			After: q.After, Pattern: containing(q.Search), AnyRole: q.Role == "", Role: string(q.Role),
			AnyState: q.State == account.AnyState, Active: q.State == account.IsActive, MaxRows: int32(most),
		})
		return each(rows, userOf), wrapped(err, "listing users")
	}
	rows, err := s.read.UsersBefore(ctx, queries.UsersBeforeParams{
		Before: q.Before, Pattern: containing(q.Search), AnyRole: q.Role == "", Role: string(q.Role),
		AnyState: q.State == account.AnyState, Active: q.State == account.IsActive, MaxRows: int32(most),
	})
	slices.Reverse(rows)
	return each(rows, userOf), wrapped(err, "listing users")
}

// CountUsers implements account.Store.
func (s *Store) CountUsers(ctx context.Context, q account.UserQuery) (int, error) {
	n, err := s.read.CountUsers(ctx, queries.CountUsersParams{
		Pattern: containing(q.Search), AnyRole: q.Role == "", Role: string(q.Role),
		AnyState: q.State == account.AnyState, Active: q.State == account.IsActive,
	})
	return int(n), wrapped(err, "counting users")
}

// containing is the pattern of texts with this one in them. The database makes both
// small, because it knows other letters than Go does: SQLite only those of ASCII, so there
// an É is found as it was typed.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// SecurityLog implements account.Store.
func (s *Store) SecurityLog(ctx context.Context, q account.LogQuery, most int) ([]account.SecurityEvent, error) {
	before, id, kind, maxRows := int64(q.BeforeAt), q.BeforeID, string(q.Kind), int32(most)
	var rows []queries.SecurityLog
	var err error
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
	return each(rows, securityEventOf), wrapped(err, "reading the security log of everybody")
}

// withAdminsHeld runs do in a transaction that has who is an admin to itself: of two
// admins who take the role from each other at once, the second sees what the first did.
func (s *Store) withAdminsHeld(ctx context.Context, do func(*sql.Tx, *queries.Queries) error) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	q := s.write.WithTx(tx)
	if err = s.holdAdmins(ctx, tx); err == nil {
		err = do(tx, q)
	}
	if err != nil {
		return errors.Join(err, rolledBack(tx))
	}
	return wrapped(tx.Commit(), "committing")
}

// withoutAdmin returns account.ErrLastAdmin if nobody is left to administer without
// this user, and account.ErrUnknownUser.
func withoutAdmin(ctx context.Context, q *queries.Queries, userID int64) error {
	user, err := q.UserByID(ctx, userID)
	if err := found(err, account.ErrUnknownUser, "reading a user"); err != nil {
		return err
	}
	if !user.IsActive || account.Role(user.Role) != account.RoleAdmin {
		return nil
	}
	others, err := q.CountOtherAdmins(ctx, userID)
	if err == nil && others == 0 {
		return account.ErrLastAdmin
	}
	return wrapped(err, "counting admins")
}

// UpdateRole implements account.Store.
func (s *Store) UpdateRole(ctx context.Context, userID int64, role account.Role) error {
	return s.withAdminsHeld(ctx, func(_ *sql.Tx, q *queries.Queries) error {
		if role != account.RoleAdmin {
			if err := withoutAdmin(ctx, q, userID); err != nil {
				return err
			}
		}
		rows, err := q.UpdateRole(ctx, queries.UpdateRoleParams{Role: string(role), ID: userID})
		return changed(rows, err, account.ErrUnknownUser, "updating a role")
	})
}

// UpdateActive implements account.Store.
func (s *Store) UpdateActive(ctx context.Context, userID int64, active bool) error {
	return s.withAdminsHeld(ctx, func(_ *sql.Tx, q *queries.Queries) error {
		if !active {
			if err := withoutAdmin(ctx, q, userID); err != nil {
				return err
			}
		}
		rows, err := q.UpdateActive(ctx, queries.UpdateActiveParams{IsActive: active, ID: userID})
		if err := changed(rows, err, account.ErrUnknownUser, "updating a user"); err != nil || active {
			return err
		}
		return endLogins(ctx, q, userID)
	})
}

// BeginDeletion implements account.Store.
func (s *Store) BeginDeletion(ctx context.Context, userID, actorID int64, at timeline.Instant) error {
	return s.withAdminsHeld(ctx, func(_ *sql.Tx, q *queries.Queries) error {
		if err := withoutAdmin(ctx, q, userID); err != nil {
			return err
		}
		rows, err := q.MarkDeleted(ctx, queries.MarkDeletedParams{
			DeletedAt: int64(at), DeletedBy: actorID, Placeholder: fmt.Sprintf("deleted:%d", userID), UserID: userID,
		})
		if err := changed(rows, err, account.ErrUnknownUser, "beginning a deletion"); err != nil {
			return err
		}
		if _, err := q.DeleteIdentities(ctx, userID); err != nil {
			return fmt.Errorf("disconnecting a deleted user: %w", err)
		}
		return endLogins(ctx, q, userID)
	})
}

// Deletions implements account.Store.
func (s *Store) Deletions(ctx context.Context) ([]account.Deletion, error) {
	rows, err := s.read.DeletedUsers(ctx)
	return each(rows, func(r queries.DeletedUsersRow) account.Deletion {
		return account.Deletion{UserID: r.ID, ActorID: r.DeletedBy}
	}), wrapped(err, "reading deletions under way")
}
