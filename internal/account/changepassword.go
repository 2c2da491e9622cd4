package account

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// rememberedPasswords is how many passwords, including the present one, may not be
// chosen again.
const rememberedPasswords = 5

// PasswordReplacement replaces one hash by another.
type PasswordReplacement struct {
	UserID   int64
	From, To string
	At       timeline.Instant
	Remember int    // how many hashes before To are kept
	Token    *Token // the only one that is valid afterwards; nil means none
}

// PasswordRule says what a new password needs, for the person who thinks of one.
func (s *Service) PasswordRule() string { return s.policy.Rule() }

// ChangePassword replaces a user's password, ends all their logins, and logs them in
// again. It returns FieldErrors, fault.Throttled after several wrong passwords,
// ErrNoPassword or ErrPasswordChanged.
func (s *Service) ChangePassword(ctx context.Context, userID int64, current, chosen string, by By) (_ LoggedIn, err error) {
	defer fault.Wrap(&err, "change password")
	user, err := s.confirm(ctx, userID, "current_password", current, by)
	if err != nil {
		return LoggedIn{}, err
	}
	replacement, err := s.replacement(ctx, user, "new_password", chosen)
	if err != nil {
		return LoggedIn{}, err
	}
	issued, err := s.tokens.Issue(user.holder(), s.now())
	if err != nil {
		return LoggedIn{}, err
	}
	replacement.Token = new(tokenOf(issued, Client{Address: by.Address, Browser: by.Browser}))
	if err := s.store.ReplacePassword(ctx, replacement); err != nil {
		return LoggedIn{}, err
	}
	s.Note(ctx, PasswordChanged, user.ID, by, "")
	user.PasswordHash, user.PasswordChangedAt = replacement.To, replacement.At
	return LoggedIn{User: user, Token: issued.Signed, KnownBrowser: s.browsers.stamp(user)}, nil
}

// ResetPassword gives a user a generated password, which it returns, and ends all their
// logins, for somebody who has forgotten theirs. It returns ErrUnknownUser or
// ErrPasswordChanged.
func (s *Service) ResetPassword(ctx context.Context, email string, by By) (generated string, err error) {
	defer fault.Wrap(&err, "reset password")
	user, err := s.userByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	generated = password.Generate()
	replacement, err := s.replaced(ctx, user, generated)
	if err != nil {
		return "", err
	}
	if err := s.store.ReplacePassword(ctx, replacement); err != nil {
		return "", err
	}
	s.Note(ctx, PasswordReset, user.ID, by, "")
	return generated, nil
}

// replacement checks and hashes a chosen password, and returns what replaces the present
// hash by the new one. It returns FieldErrors if the password is not good enough or was the
// user's before.
func (s *Service) replacement(ctx context.Context, user User, field, chosen string) (PasswordReplacement, error) {
	normalised, problem := s.newPassword(ctx, user, chosen)
	if problem != "" {
		return PasswordReplacement{}, fault.Field(field, problem)
	}
	used, err := s.wasUsed(ctx, user, chosen)
	if err != nil {
		return PasswordReplacement{}, err
	}
	if used {
		return PasswordReplacement{}, fault.Field(field, fmt.Sprintf("is one of your last %d", rememberedPasswords))
	}
	return s.replaced(ctx, user, normalised)
}

// replaced hashes a normalised password, and returns what replaces the present hash by the
// new one.
func (s *Service) replaced(ctx context.Context, user User, normalised string) (PasswordReplacement, error) {
	hash, err := s.hasher.Hash(ctx, turnOf(user.ID), normalised)
	return PasswordReplacement{
		UserID: user.ID, From: user.PasswordHash, To: hash,
		// This instant tells passwords apart, so it is never the same twice.
		At:       max(timeline.InstantOf(s.now()), user.PasswordChangedAt+1),
		Remember: rememberedPasswords - 1,
	}, err
}

// wasUsed reports whether a password is the user's present one or one of those before.
func (s *Service) wasUsed(ctx context.Context, user User, chosen string) (bool, error) {
	old, err := s.store.OldPasswords(ctx, user.ID, rememberedPasswords-1)
	if err != nil {
		return false, err
	}
	typed, _ := password.ReadTyped(chosen)
	for _, hash := range append(old, user.PasswordHash) {
		if ok, _, err := s.hasher.Verify(ctx, turnOf(user.ID), typed, hash); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}
