package store

import (
	"context"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func userOf(r queries.User) account.User {
	return account.User{
		ID: r.ID, Email: r.Email, PasswordHash: r.PasswordHash, Active: r.IsActive,
		Role: account.Role(r.Role), FirstName: r.FirstName, LastName: r.LastName,
		Timezone: r.Timezone, TargetMicros: timeline.Micros(r.TargetMicros),
		WeekStart: time.Weekday(r.WeekStart), ReportingTimezone: r.ReportingTimezone,
		WantsReportEmails: r.WantsReportEmails,
		CreatedAt:         timeline.Instant(r.CreatedAt), LastLoginAt: timeline.Instant(r.LastLoginAt),
	}
}

// CreateUser implements account.Store.
func (s *Store) CreateUser(ctx context.Context, u account.User) error {
	err := s.write.CreateUser(ctx, queries.CreateUserParams{
		ID: u.ID, Email: u.Email, PasswordHash: u.PasswordHash, IsActive: u.Active, Role: string(u.Role),
		FirstName: u.FirstName, LastName: u.LastName, Timezone: u.Timezone,
		TargetMicros: int64(u.TargetMicros), WeekStart: int64(u.WeekStart),
		ReportingTimezone: u.ReportingTimezone, WantsReportEmails: u.WantsReportEmails,
		CreatedAt: int64(u.CreatedAt), LastLoginAt: int64(u.LastLoginAt),
	})
	if err != nil && s.isTaken(err) {
		return account.ErrEmailTaken
	}
	return wrapped(err, "creating a user")
}

// UserByEmail implements account.Store.
func (s *Store) UserByEmail(ctx context.Context, email string) (account.User, error) {
	row, err := s.read.UserByEmail(ctx, email)
	return userOf(row), found(err, account.ErrUnknownUser, "reading a user by e-mail")
}

// UserByID implements account.Store.
func (s *Store) UserByID(ctx context.Context, id int64) (account.User, error) {
	row, err := s.read.UserByID(ctx, id)
	return userOf(row), found(err, account.ErrUnknownUser, "reading a user")
}

// UpdateProfile implements account.Store.
func (s *Store) UpdateProfile(ctx context.Context, u account.User) error {
	rows, err := s.write.UpdateProfile(ctx, queries.UpdateProfileParams{
		FirstName: u.FirstName, LastName: u.LastName, Timezone: u.Timezone,
		TargetMicros: int64(u.TargetMicros), WeekStart: int64(u.WeekStart),
		ReportingTimezone: u.ReportingTimezone, WantsReportEmails: u.WantsReportEmails, ID: u.ID,
	})
	return changed(rows, err, account.ErrUnknownUser, "updating a profile")
}

// UpdateRole implements account.Store.
func (s *Store) UpdateRole(ctx context.Context, userID int64, role account.Role) error {
	rows, err := s.write.UpdateRole(ctx, queries.UpdateRoleParams{Role: string(role), ID: userID})
	return changed(rows, err, account.ErrUnknownUser, "updating a role")
}

// UpgradePasswordHash implements account.Store.
func (s *Store) UpgradePasswordHash(ctx context.Context, userID int64, from, to string) error {
	err := s.write.UpgradePasswordHash(ctx, queries.UpgradePasswordHashParams{
		ToHash: to, UserID: userID, FromHash: from,
	})
	return wrapped(err, "upgrading a password hash")
}

// RecordLogin implements account.Store.
func (s *Store) RecordLogin(ctx context.Context, t account.Token, at timeline.Instant) error {
	return s.writes(ctx, func(q *queries.Queries) error {
		rows, err := q.TouchLogin(ctx, queries.TouchLoginParams{LastLoginAt: int64(at), ID: t.UserID})
		if err := changed(rows, err, account.ErrUnknownUser, "recording a login"); err != nil {
			return err
		}
		err = q.CreateToken(ctx, queries.CreateTokenParams{
			UserID: t.UserID, ID: t.ID, ExpiresAt: int64(t.ExpiresAt),
		})
		if err != nil {
			return fmt.Errorf("recording a token: %w", err)
		}
		return nil
	})
}

// DeleteToken implements account.Store.
func (s *Store) DeleteToken(ctx context.Context, ref account.TokenRef) error {
	err := s.write.DeleteToken(ctx, queries.DeleteTokenParams{UserID: ref.UserID, ID: ref.ID})
	return wrapped(err, "deleting a token")
}

// DeleteExpiredTokens implements account.Store.
func (s *Store) DeleteExpiredTokens(ctx context.Context, before timeline.Instant) error {
	return wrapped(s.write.DeleteExpiredTokens(ctx, int64(before)), "deleting expired tokens")
}
