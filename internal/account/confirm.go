package account

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// freshLogin is how long a login stands in for the password that an account lacks.
const freshLogin = 10 * time.Minute

// Confirm checks once more who a user is: by their password or, if they have none, by
// the login at the identity provider that they are using, if it is fresh. Another login
// of theirs says nothing about who uses this one. It returns FieldErrors for a wrong
// password, fault.Throttled after several, or ErrLogInAgain.
func (s *Service) Confirm(ctx context.Context, password string, by By) (err error) {
	defer fault.Wrap(&err, "confirm")
	return s.reconfirm(ctx, password, by)
}

func (s *Service) reconfirm(ctx context.Context, password string, by By) error {
	user, err := s.store.UserByID(ctx, by.UserID)
	if err != nil {
		return err
	}
	if user.PasswordHash != "" {
		_, err = s.confirm(ctx, by.UserID, "password", password, by)
		return err
	}
	if by.Login.IssuedAt < timeline.InstantOf(s.now().Add(-freshLogin)) {
		return ErrLogInAgain
	}
	return nil
}

// confirm returns the user if given is their password. It is asked for again before a
// change to what logs them in. It returns FieldErrors for a wrong password, fault.Throttled
// after several with the same access token, or ErrNoPassword. Other tokens need not wait:
// somebody who has stolen one must not keep the owner from ending it.
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
	ok := false
	typed, problem := password.ReadTyped(given)
	if problem == "" {
		ok, _, err = s.hasher.Verify(ctx, turnOf(userID), typed, user.PasswordHash)
	}
	switch {
	case err != nil:
		return User{}, errors.Join(err, s.confirmations.Forgive(context.WithoutCancel(ctx), try))
	case !ok:
		s.Note(ctx, ReauthFailed, userID, by, "")
		if try.Locks() {
			s.Note(ctx, LockedOut, userID, by, "confirmation")
		}
		return User{}, fault.Field(field, "is not your password")
	}
	return user, s.confirmations.Clear(context.WithoutCancel(ctx), try.Key)
}

// turnOf returns the turn for hashing of a user who is logged in; 0 is the operator.
func turnOf(userID int64) password.Turn {
	return password.Turn{Lane: password.Members, Key: strconv.FormatInt(userID, 10)}
}
