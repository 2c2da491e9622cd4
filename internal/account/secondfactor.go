package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/factor"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The methods of a second factor, as clients know them.
const (
	MethodTOTP     = "totp"
	MethodRecovery = "recovery_code"
	MethodPasskey  = "passkey"
)

// SecondFactorRequired is the error of a login whose password was right and that needs
// one more step. The challenge is valid for five minutes.
type SecondFactorRequired struct {
	Challenge string   `json:"challenge" doc:"Names the login in the steps that follow."`
	Methods   []string `json:"methods" nullable:"false" doc:"Any of totp, recovery_code, passkey."`
}

func (*SecondFactorRequired) Error() string {
	return "the password is right; a second factor is needed"
}

// awaitSecondFactor stores a login that waits for its second step, and returns
// SecondFactorRequired.
func (s *Service) awaitSecondFactor(ctx context.Context, u User, factors Factors, address string) error {
	s.note(ctx, SecurityEvent{Kind: PasswordAccepted, UserID: u.ID, Address: address})
	required := &SecondFactorRequired{}
	if factors.hasTOTP() {
		required.Methods = append(required.Methods, MethodTOTP)
	}
	if factors.RecoveryCodes > 0 {
		required.Methods = append(required.Methods, MethodRecovery)
	}
	if len(factors.Passkeys) > 0 && s.passkeys != nil {
		required.Methods = append(required.Methods, MethodPasskey)
	}
	var err error
	// The verified password must still be the user's when the login ends.
	if required.Challenge, err = s.ceremonies.Await(ctx, ceremony.Code, u.ID, u.PasswordChangedAt); err != nil {
		return err
	}
	return required
}

// LoginWithCode ends a login with a code of the authenticator app or a recovery code.
// After a wrong code the login still waits. It returns ErrUnknownCeremony, ErrCode or
// fault.Throttled.
func (s *Service) LoginWithCode(ctx context.Context, challenge, code string, from Client) (_ LoggedIn, err error) {
	defer fault.Wrap(&err, "log in with a code")
	var passwordChangedAt timeline.Instant
	begun, err := s.ceremonies.Waiting(ctx, ceremony.Code, challenge, &passwordChangedAt)
	if err != nil {
		return LoggedIn{}, err
	}
	by := By{Address: from.Address} // nobody is logged in yet
	err = s.guarded(ctx, begun.UserID, by, func() error { return s.useCode(ctx, begun.UserID, code, by) })
	if err != nil {
		return LoggedIn{}, err
	}
	if _, err := s.ceremonies.Use(ctx, ceremony.Code, challenge, &passwordChangedAt); err != nil {
		return LoggedIn{}, err
	}
	return s.finish(ctx, begun.UserID, passwordChangedAt, from, "password and code")
}

// finish logs in a user who has passed both steps.
func (s *Service) finish(ctx context.Context, userID int64, passwordChangedAt timeline.Instant, from Client, how string) (LoggedIn, error) {
	user, err := s.store.UserByID(ctx, userID)
	if errors.Is(err, ErrUnknownUser) {
		return LoggedIn{}, ErrUnknownCeremony // deleted in the meantime
	}
	if err != nil {
		return LoggedIn{}, err
	}
	user.PasswordChangedAt = passwordChangedAt
	login, err := s.start(ctx, user, from)
	if err != nil {
		return LoggedIn{}, err
	}
	s.Note(ctx, LoginSucceeded, user.ID, By{UserID: user.ID, Address: from.Address}, how)
	s.warn(ctx, "clearing the failures of a login", s.guards.clear(ctx, accountKey(user, "")))
	return login, nil
}

// useCode accepts a code of the app or a recovery code, once. It returns ErrCode.
func (s *Service) useCode(ctx context.Context, userID int64, code string, by By) error {
	factors, err := s.store.Factors(ctx, userID)
	if err != nil {
		return err
	}
	if hash, ok := factor.RecoveryHash(userID, code); ok {
		if err := s.store.UseRecoveryCode(ctx, userID, hash); err != nil {
			return err
		}
		s.Note(ctx, RecoveryCodeUsed, userID, by, fmt.Sprintf("%d left", factors.RecoveryCodes-1))
		return nil
	}
	if !factors.hasTOTP() {
		return ErrCode
	}
	return s.useTOTP(ctx, *factors.TOTP, code, nil)
}

// guarded runs a check of a second factor, and slows down people who guess: check
// returns ErrCode, ErrPasskey or ErrPasskeyCopied for a wrong one. guarded returns
// fault.Throttled, without a check, if the user must wait.
func (s *Service) guarded(ctx context.Context, userID int64, by By, check func() error) error {
	try, err := s.codes.Begin(ctx, fmt.Sprint(userID))
	if err != nil {
		return err
	}
	if !try.Allowed {
		return &fault.Throttled{RetryAfter: try.RetryAfter}
	}
	err = check()
	switch {
	case err == nil:
		s.warn(ctx, "clearing the failures of a second factor", s.codes.Clear(context.WithoutCancel(ctx), try.Key))
		return nil
	case errors.Is(err, ErrCode), errors.Is(err, ErrPasskey), errors.Is(err, ErrPasskeyCopied):
		s.noteWrongCode(ctx, userID, by, try)
		return err
	}
	return errors.Join(err, s.codes.Forgive(context.WithoutCancel(ctx), try))
}

func (s *Service) noteWrongCode(ctx context.Context, userID int64, by By, try limit.Try) {
	s.Note(ctx, SecondFactorFailed, userID, by, "")
	if try.Locks() {
		s.Note(ctx, LockedOut, userID, by, "second factor")
	}
}
