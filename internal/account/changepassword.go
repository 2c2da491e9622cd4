package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// rememberedPasswords is how many passwords, the present one included, may not be
// chosen again (SPEC section 6).
const rememberedPasswords = 5

// PasswordReplacement is one hash in the place of another.
type PasswordReplacement struct {
	UserID   int64
	From, To string
	At       timeline.Instant
	Remember int    // how many hashes before To are kept
	Token    *Token // the only one that is valid afterwards; nil: none
}

// ChangePassword replaces a user's password, ends all their logins, and logs them in
// anew. It returns FieldErrors, fault.Throttled after several wrong passwords,
// ErrNoPassword or ErrPasswordChanged.
func (s *Service) ChangePassword(ctx context.Context, userID int64, current, chosen string, by By) (LoggedIn, error) {
	login, err := s.changePassword(ctx, userID, current, chosen, by)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("change password: %w", err)
	}
	return login, nil
}

func (s *Service) changePassword(ctx context.Context, userID int64, current, chosen string, by By) (LoggedIn, error) {
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
	replacement.Token = new(tokenOf(issued))
	if err := s.store.ReplacePassword(ctx, replacement); err != nil {
		return LoggedIn{}, err
	}
	s.Note(ctx, PasswordChanged, user.ID, by, "")
	user.PasswordHash, user.PasswordChangedAt = replacement.To, replacement.At
	return LoggedIn{User: user, Token: issued.Signed, KnownBrowser: s.browsers.stamp(user)}, nil
}

// ResetPassword gives a user a made-up password, which it returns, and ends all their
// logins; for who has forgotten theirs. It returns ErrUnknownUser or
// ErrPasswordChanged.
func (s *Service) ResetPassword(ctx context.Context, email string, by By) (generated string, _ error) {
	user, err := s.known(ctx, email)
	var replacement PasswordReplacement
	if err == nil {
		generated = password.Generate()
		replacement, err = s.replaced(ctx, user, generated)
	}
	if err == nil {
		err = s.store.ReplacePassword(ctx, replacement)
	}
	if err != nil {
		return "", fmt.Errorf("reset password: %w", err)
	}
	s.Note(ctx, PasswordReset, user.ID, by, "")
	return generated, nil
}

// confirm is a user who has given their password once more, as is asked before a
// change of what logs them in. It returns FieldErrors for a wrong one, fault.Throttled
// after several with the same token, or ErrNoPassword. Other tokens need not wait: who
// has stolen one must not keep the owner from ending it.
func (s *Service) confirm(ctx context.Context, userID int64, field, given string, by By) (User, error) {
	user, err := s.store.UserByID(ctx, userID)
	if err != nil {
		return User{}, err
	}
	if user.PasswordHash == "" {
		return User{}, ErrNoPassword
	}
	try, err := s.confirmations.Begin(ctx, fmt.Sprintf("%d:%s", userID, by.Login.ID))
	if err != nil {
		return User{}, err
	}
	if !try.Allowed {
		return User{}, &fault.Throttled{RetryAfter: try.RetryAfter}
	}
	typed, problem := password.ReadTyped(given)
	ok, _, err := s.hasher.Verify(ctx, typed, user.PasswordHash)
	switch {
	case err != nil:
		return User{}, errors.Join(err, s.confirmations.Forgive(context.WithoutCancel(ctx), try))
	case !ok || problem != "":
		s.Note(ctx, ReauthFailed, userID, by, "")
		if try.Locks() {
			s.Note(ctx, LockedOut, userID, by, "confirmation")
		}
		return User{}, fault.Field(field, "is not your password")
	}
	return user, s.confirmations.Clear(context.WithoutCancel(ctx), try.Key)
}

// replacement is the present hash's successor, unless the chosen password is not
// good enough or was the user's before.
func (s *Service) replacement(ctx context.Context, user User, field, chosen string) (PasswordReplacement, error) {
	normalised, problem := s.newPassword(ctx, user, chosen)
	if problem == "" {
		used, err := s.wasUsed(ctx, user, chosen)
		if err != nil {
			return PasswordReplacement{}, err
		}
		if used {
			problem = fmt.Sprintf("is one of your last %d", rememberedPasswords)
		}
	}
	if problem != "" {
		return PasswordReplacement{}, fault.Field(field, problem)
	}
	return s.replaced(ctx, user, normalised)
}

// replaced is the change from the present password to another.
func (s *Service) replaced(ctx context.Context, user User, normalised string) (PasswordReplacement, error) {
	hash, err := s.hasher.Hash(ctx, normalised)
	return PasswordReplacement{
		UserID: user.ID, From: user.PasswordHash, To: hash,
		// Never the same instant twice: it tells the passwords apart.
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
		if ok, _, err := s.hasher.Verify(ctx, typed, hash); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}
