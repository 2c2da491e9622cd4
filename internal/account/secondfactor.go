package account

import (
	"context"
	"errors"
	"fmt"

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

// SecondFactorRequired is the failure of a login whose password was right and that
// needs one more step. It is good for five minutes.
type SecondFactorRequired struct {
	Challenge string   `json:"challenge" doc:"Names the login in the steps that follow."`
	Methods   []string `json:"methods" doc:"Any of totp, recovery_code, passkey."`
}

func (*SecondFactorRequired) Error() string {
	return "the password is right; a second factor is needed"
}

// awaitSecondFactor returns SecondFactorRequired.
func (s *Service) awaitSecondFactor(ctx context.Context, u User, factors Factors) error {
	required := &SecondFactorRequired{}
	if factors.hasTOTP() {
		required.Methods = append(required.Methods, MethodTOTP)
	}
	if factors.RecoveryCodes > 0 {
		required.Methods = append(required.Methods, MethodRecovery)
	}
	if len(factors.Passkeys) > 0 {
		required.Methods = append(required.Methods, MethodPasskey)
	}
	var err error
	// What was verified must still hold when the login ends.
	if required.Challenge, err = s.await(ctx, codeCeremony, u.ID, u.PasswordChangedAt); err != nil {
		return err
	}
	return required
}

// LoginWithCode ends a login with a code of the authenticator app or a recovery code.
// A wrong code leaves it waiting. It returns ErrUnknownCeremony, ErrCode or
// fault.Throttled.
func (s *Service) LoginWithCode(ctx context.Context, challenge, code, address string) (LoggedIn, error) {
	login, err := s.loginWithCode(ctx, challenge, code, address)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("log in with a code: %w", err)
	}
	return login, nil
}

func (s *Service) loginWithCode(ctx context.Context, challenge, code, address string) (LoggedIn, error) {
	var passwordChangedAt timeline.Instant
	ceremony, err := s.waiting(ctx, codeCeremony, challenge, &passwordChangedAt)
	if err != nil {
		return LoggedIn{}, err
	}
	by := By{UserID: ceremony.UserID, Address: address}
	err = s.guarded(ctx, ceremony.UserID, by, func() error { return s.useCode(ctx, ceremony.UserID, code, by) })
	if err != nil {
		return LoggedIn{}, err
	}
	if _, err := s.take(ctx, codeCeremony, challenge, &passwordChangedAt); err != nil {
		return LoggedIn{}, err
	}
	return s.finish(ctx, passwordChangedAt, by, "password and code")
}

// finish logs in a user who has passed both steps.
func (s *Service) finish(ctx context.Context, passwordChangedAt timeline.Instant, by By, how string) (LoggedIn, error) {
	user, err := s.store.UserByID(ctx, by.UserID)
	if errors.Is(err, ErrUnknownUser) {
		err = ErrUnknownCeremony // deleted meanwhile
	}
	if err != nil {
		return LoggedIn{}, err
	}
	user.PasswordChangedAt = passwordChangedAt
	login, err := s.start(ctx, user)
	if err != nil {
		return LoggedIn{}, err
	}
	s.Note(ctx, LoginSucceeded, user.ID, by, how)
	return login, s.guards.passed(ctx, user.Email)
}

// useCode accepts a code of the app or a recovery code, once. It returns ErrCode.
func (s *Service) useCode(ctx context.Context, userID int64, code string, by By) error {
	factors, err := s.factorsOf(ctx, userID)
	if err != nil {
		return err
	}
	if hash, ok := recoveryHash(userID, code); ok {
		if err := s.store.UseRecoveryCode(ctx, userID, hash); err != nil {
			return err
		}
		s.Note(ctx, RecoveryCodeUsed, userID, by, fmt.Sprintf("%d left", factors.RecoveryCodes-1))
		return nil
	}
	if !factors.hasTOTP() {
		return ErrCode
	}
	return s.useTOTP(ctx, *factors.TOTP, code)
}

// useTOTP accepts a code of an app, once. It returns ErrCode.
func (s *Service) useTOTP(ctx context.Context, app TOTP, code string) error {
	secret, _, err := s.sealer.open(app.Secret, totpContext(app.UserID))
	if err != nil {
		return fmt.Errorf("open an authenticator app's secret: %w", err)
	}
	step, ok := verifyTOTP(string(secret), code, s.now(), app.LastStep)
	if !ok {
		return ErrCode
	}
	return s.store.UseTOTP(ctx, app.UserID, app.Secret, step)
}

// guarded slows down who guesses codes: check returns ErrCode or ErrPasskey for a
// wrong one. It returns fault.Throttled if the user must wait.
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
		return s.codes.Clear(ctx, try.Key)
	case errors.Is(err, ErrCode), errors.Is(err, ErrPasskey), errors.Is(err, ErrPasskeyCopied):
		s.noteWrongCode(ctx, userID, by, try)
		return err
	}
	return errors.Join(err, s.codes.Forgive(context.WithoutCancel(ctx), try))
}

func (s *Service) noteWrongCode(ctx context.Context, userID int64, by By, try limit.Try) {
	s.Note(ctx, SecondFactorFailed, userID, by, "")
	if try.Failures == limit.LockoutFailures {
		s.Note(ctx, LockedOut, userID, by, "second factor")
	}
}

// StartPasskeyLogin turns a login that waits for a second factor into one that waits
// for a passkey. It returns ErrUnknownCeremony or ErrUnknownFactor.
func (s *Service) StartPasskeyLogin(ctx context.Context, challenge string) (PasskeySetup, error) {
	setup, err := s.startPasskeyLogin(ctx, challenge)
	if err != nil {
		return PasskeySetup{}, fmt.Errorf("start a login with a passkey: %w", err)
	}
	return setup, nil
}

// passkeyLogin is what a login that waits for a passkey needs.
type passkeyLogin struct {
	Session           []byte
	PasswordChangedAt timeline.Instant
}

func (s *Service) startPasskeyLogin(ctx context.Context, challenge string) (PasskeySetup, error) {
	var login passkeyLogin
	ceremony, err := s.waiting(ctx, codeCeremony, challenge, &login.PasswordChangedAt)
	if err != nil {
		return PasskeySetup{}, err
	}
	user, factors, err := s.withPasskeys(ctx, ceremony.UserID)
	if err != nil {
		return PasskeySetup{}, err
	}
	options, session, err := s.passkeys.beginAssertion(user, factors.Passkeys, s.now())
	if err != nil {
		return PasskeySetup{}, err
	}
	login.Session = session
	next, err := s.await(ctx, assertCeremony, user.ID, login)
	return PasskeySetup{Challenge: next, Options: options}, err
}

// withPasskeys is a user and their passkeys, or ErrUnknownFactor if there is none.
func (s *Service) withPasskeys(ctx context.Context, userID int64) (User, Factors, error) {
	user, err := s.store.UserByID(ctx, userID)
	if err != nil {
		return User{}, Factors{}, err
	}
	factors, err := s.factorsOf(ctx, userID)
	if err == nil && len(factors.Passkeys) == 0 {
		err = ErrUnknownFactor
	}
	return user, factors, err
}

// LoginWithPasskey ends a login that StartPasskeyLogin began. The challenge is used up
// whatever the outcome. It returns ErrUnknownCeremony, ErrPasskey or fault.Throttled.
func (s *Service) LoginWithPasskey(ctx context.Context, challenge string, credential []byte, address string) (LoggedIn, error) {
	login, err := s.loginWithPasskey(ctx, challenge, credential, address)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("log in with a passkey: %w", err)
	}
	return login, nil
}

func (s *Service) loginWithPasskey(ctx context.Context, challenge string, credential []byte, address string) (LoggedIn, error) {
	var login passkeyLogin
	ceremony, err := s.take(ctx, assertCeremony, challenge, &login)
	if err != nil {
		return LoggedIn{}, err
	}
	by := By{UserID: ceremony.UserID, Address: address}
	err = s.guarded(ctx, ceremony.UserID, by, func() error { return s.usePasskey(ctx, by.UserID, login.Session, credential) })
	if err != nil {
		return LoggedIn{}, err
	}
	return s.finish(ctx, login.PasswordChangedAt, by, "password and passkey")
}

func (s *Service) usePasskey(ctx context.Context, userID int64, session, credential []byte) error {
	user, factors, err := s.withPasskeys(ctx, userID)
	if err != nil {
		return err
	}
	now := s.now()
	used, err := s.passkeys.finishAssertion(user, factors.Passkeys, session, credential, now)
	if err != nil {
		return err
	}
	var from []byte
	for _, p := range factors.Passkeys {
		if p.ID == used.ID {
			from = p.Credential
		}
	}
	used.LastUsedAt = timeline.InstantOf(now)
	return s.store.UsePasskey(ctx, used, from)
}

// resealAtOnce is how many secrets are read together.
const resealAtOnce = 100

// Reseal seals with the present key the secrets that the previous one sealed.
func (s *Service) Reseal(ctx context.Context) error {
	for after := int64(0); ; {
		apps, err := s.store.NextTOTP(ctx, after, resealAtOnce)
		if err != nil || len(apps) == 0 {
			return err
		}
		for _, app := range apps {
			if err := s.resealTOTP(ctx, app); err != nil {
				return fmt.Errorf("reseal: %w", err)
			}
			after = app.UserID
		}
	}
}

func (s *Service) resealTOTP(ctx context.Context, app TOTP) error {
	secret, outdated, err := s.sealer.open(app.Secret, totpContext(app.UserID))
	if err != nil || !outdated {
		return err
	}
	return s.store.ResealTOTP(ctx, app.UserID, app.Secret, s.sealer.seal(secret, totpContext(app.UserID)))
}

// totpContext keeps a sealed secret from being used for another user.
func totpContext(userID int64) string { return fmt.Sprintf("totp:%d", userID) }
