package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// CreateUser implements account.Store.
func (s *Store) CreateUser(ctx context.Context, u account.User) error {
	return s.writes(ctx, func(w writeTx) error { return s.createUser(ctx, w, u) })
}

func (s *Store) createUser(ctx context.Context, w writeTx, u account.User) error {
	if err := keyIsFree(ctx, w.Queries, u.EmailKey); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(ctx, table.Users.Insert(), table.Users.Values(&u)...)
	if err != nil && s.isTaken(err) {
		return account.ErrEmailTaken
	}
	return wrapped(err, "creating a user")
}

// UserByEmail implements account.Store.
func (s *Store) UserByEmail(ctx context.Context, email, key string) (account.User, error) {
	return user(ctx, s.rows, "UserByEmail", email, key)
}

// UserByID implements account.Store.
func (s *Store) UserByID(ctx context.Context, id int64) (account.User, error) {
	return user(ctx, s.rows, "UserByID", id)
}

// UpdateProfile implements account.Store.
func (s *Store) UpdateProfile(ctx context.Context, userID int64, c account.ProfileChange) (account.User, error) {
	var updated account.User
	err := s.writes(ctx, func(w writeTx) error {
		rows, err := w.UpdateProfile(ctx, queries.UpdateProfileParams{
			FirstName: nullString(c.FirstName), LastName: nullString(c.LastName), Timezone: nullString(c.Timezone),
			TargetMicros: nullInt(c.TargetMicros), WeekStart: nullInt(c.WeekStart),
			ReportingTimezone: nullString(c.WeekZone), DayStart: nullInt(c.DayStart),
			ForgottenAfterMicros: nullInt(c.ForgottenAfter), WantsReportEmails: nullBool(c.WantsReportEmails), ID: userID,
		})
		if err := changed(rows, err, account.ErrUnknownUser, "updating a profile"); err != nil {
			return err
		}
		updated, err = user(ctx, w.rows, "UserByID", userID)
		return err
	})
	if err != nil {
		return account.User{}, err
	}
	return updated, nil
}

// nullString, nullInt and nullBool return NULL for nil.
func nullString(value *string) (null sql.NullString) {
	if value != nil {
		null = sql.NullString{String: *value, Valid: true}
	}
	return null
}

func nullInt[T ~int | ~int64](value *T) (null sql.NullInt64) {
	if value != nil {
		null = sql.NullInt64{Int64: int64(*value), Valid: true}
	}
	return null
}

func nullBool(value *bool) (null sql.NullBool) {
	if value != nil {
		null = sql.NullBool{Bool: *value, Valid: true}
	}
	return null
}

// UpgradePasswordHash implements account.Store.
func (s *Store) UpgradePasswordHash(ctx context.Context, userID int64, from, to string) (err error) {
	defer fault.Wrap(&err, "upgrading a password hash")
	return s.write.UpgradePasswordHash(ctx, queries.UpgradePasswordHashParams{
		ToHash: to, UserID: userID, FromHash: from,
	})
}

// endLogins deletes a user's devices, access tokens, and logins under way. The devices
// come first: that waits for a refresh under way, so the token that it adds is deleted too.
func endLogins(ctx context.Context, q *queries.Queries, userID int64) (err error) {
	defer fault.Wrap(&err, "ending logins")
	return errors.Join(q.DeleteDevicesOf(ctx, userID), q.DeleteTokensOf(ctx, userID), q.DeleteCeremoniesOf(ctx, userID))
}

// ReplacePassword implements account.Store.
func (s *Store) ReplacePassword(ctx context.Context, r account.PasswordReplacement) error {
	return s.writes(ctx, func(w writeTx) error {
		rows, err := w.ReplacePassword(ctx, queries.ReplacePasswordParams{
			ToHash: r.To, ChangedAt: int64(r.At), UserID: r.UserID, FromHash: r.From,
		})
		if err := changed(rows, err, account.ErrPasswordChanged, "replacing a password"); err != nil {
			return err
		}
		if err := rememberPassword(ctx, w.Queries, r); err != nil {
			return err
		}
		if err := endLogins(ctx, w.Queries, r.UserID); err != nil {
			return err
		}
		if r.Token == nil {
			return nil
		}
		return createToken(ctx, w.Queries, *r.Token)
	})
}

// rememberPassword keeps the replaced hash, and deletes all but the r.Remember newest.
func rememberPassword(ctx context.Context, q *queries.Queries, r account.PasswordReplacement) error {
	if r.From == "" {
		return nil // there was none
	}
	err := q.AddOldPassword(ctx, queries.AddOldPasswordParams{UserID: r.UserID, ReplacedAt: int64(r.At), Hash: r.From})
	if err != nil {
		return fmt.Errorf("keeping an old password: %w", err)
	}
	kept, err := q.OldPasswords(ctx, queries.OldPasswordsParams{UserID: r.UserID, MaxRows: int32(r.Remember)})
	if err != nil {
		return fmt.Errorf("reading old passwords: %w", err)
	}
	before := int64(r.At) + 1 // none is kept
	if len(kept) > 0 {
		before = kept[len(kept)-1].ReplacedAt
	}
	err = q.ForgetOldPasswords(ctx, queries.ForgetOldPasswordsParams{UserID: r.UserID, Before: before})
	return wrapped(err, "forgetting old passwords")
}

// OldPasswords implements account.Store.
func (s *Store) OldPasswords(ctx context.Context, userID int64, most int) (_ []string, err error) {
	defer fault.Wrap(&err, "reading old passwords")
	rows, err := s.read.OldPasswords(ctx, queries.OldPasswordsParams{UserID: userID, MaxRows: int32(most)})
	return each(rows, func(r queries.PasswordHistory) string { return r.Hash }), err
}

// RecordLogin implements account.Store.
func (s *Store) RecordLogin(ctx context.Context, t account.Token, passwordChangedAt, at timeline.Instant) error {
	return s.writes(ctx, func(w writeTx) error {
		rows, err := w.TouchLogin(ctx, queries.TouchLoginParams{
			LastLoginAt: int64(at), ID: t.UserID, PasswordChangedAt: int64(passwordChangedAt),
		})
		if err := changed(rows, err, account.ErrUnknownUser, "recording a login"); err != nil {
			return err
		}
		return createToken(ctx, w.Queries, t)
	})
}
