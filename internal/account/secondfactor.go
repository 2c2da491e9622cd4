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
	by := By{Address: address} // nobody is logged in yet
	err = s.guarded(ctx, ceremony.UserID, by, func() error { return s.useCode(ctx, ceremony.UserID, code, by) })
	if err != nil {
		return LoggedIn{}, err
	}
	if _, err := s.take(ctx, codeCeremony, challenge, &passwordChangedAt); err != nil {
		return LoggedIn{}, err
	}
	return s.finish(ctx, ceremony.UserID, passwordChangedAt, address, "password and code")
}

// finish logs in a user who has passed both steps.
func (s *Service) finish(ctx context.Context, userID int64, passwordChangedAt timeline.Instant, address, how string) (LoggedIn, error) {
	user, err := s.store.UserByID(ctx, userID)
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
	s.Note(ctx, LoginSucceeded, user.ID, By{UserID: user.ID, Address: address}, how)
	s.warn(ctx, "clearing the failures of a login", s.guards.clear(ctx, user.Email))
	return login, nil
}

// useCode accepts a code of the app or a recovery code, once. It returns ErrCode.
func (s *Service) useCode(ctx context.Context, userID int64, code string, by By) error {
	factors, err := s.store.Factors(ctx, userID)
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
	return s.useTOTP(ctx, *factors.TOTP, code, nil)
}

// useTOTP accepts a code of an app, once, and stores hashes of recovery codes with that
// unless they are nil. It returns ErrCode.
func (s *Service) useTOTP(ctx context.Context, app TOTP, code string, recovery []string) error {
	secret, _, err := s.sealer.Open(app.Secret, totpContext(app.UserID))
	if err != nil {
		return fmt.Errorf("open an authenticator app's secret: %w", err)
	}
	step, ok := verifyTOTP(string(secret), code, s.now(), app.LastStep)
	if !ok {
		return ErrCode
	}
	return s.store.UseTOTP(ctx, app.UserID, app.Secret, step, recovery)
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
	if s.passkeys == nil {
		return User{}, Factors{}, ErrNoPasskeys
	}
	factors, err := s.store.Factors(ctx, userID)
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
	err = s.guarded(ctx, ceremony.UserID, By{Address: address}, func() error {
		return s.usePasskey(ctx, ceremony.UserID, login.Session, credential)
	})
	if err != nil {
		return LoggedIn{}, err
	}
	return s.finish(ctx, ceremony.UserID, login.PasswordChangedAt, address, "password and passkey")
}

func (s *Service) usePasskey(ctx context.Context, userID int64, session, credential []byte) error {
	user, factors, err := s.withPasskeys(ctx, userID)
	if err != nil {
		return err
	}
	used, err := s.passkeys.finishAssertion(user, factors.Passkeys, session, credential, s.now())
	if err != nil {
		return err
	}
	var from []byte
	for _, p := range factors.Passkeys {
		if p.ID == used.ID {
			from = p.Credential
		}
	}
	return s.store.UsePasskey(ctx, used, from)
}

// resealAtOnce is how many secrets are read together.
const resealAtOnce = 100

// Reseal seals with the present key the secrets that the previous one sealed. A secret
// that it cannot seal does not keep it from the others; the error names all users whose
// secret that is.
func (s *Service) Reseal(ctx context.Context) error {
	var failures []error
	for after := int64(0); ; {
		apps, err := s.store.NextTOTP(ctx, after, resealAtOnce)
		if err != nil || len(apps) == 0 {
			return errors.Join(append(failures, err)...)
		}
		for _, app := range apps {
			after = app.UserID
			if err := s.resealTOTP(ctx, app); err != nil {
				failures = append(failures, fmt.Errorf("reseal the authenticator app of user %d: %w", app.UserID, err))
			}
		}
	}
}

func (s *Service) resealTOTP(ctx context.Context, app TOTP) error {
	secret, outdated, err := s.sealer.Open(app.Secret, totpContext(app.UserID))
	if err != nil || !outdated {
		return err
	}
	return s.store.ResealTOTP(ctx, app.UserID, app.Secret, s.sealer.Seal(secret, totpContext(app.UserID)))
}

// totpContext keeps a sealed secret from being used for another user.
func totpContext(userID int64) string { return fmt.Sprintf("totp:%d", userID) }
