package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// passkeyLogin is what a login that waits for a passkey needs.
type passkeyLogin struct {
	Session           []byte
	PasswordChangedAt timeline.Instant
}

// StartPasskeyLogin turns a login that waits for a second factor into one that waits
// for a passkey. It returns ErrUnknownCeremony, ErrNoPasskeys or ErrUnknownFactor.
func (s *Service) StartPasskeyLogin(ctx context.Context, challenge string) (_ PasskeySetup, err error) {
	defer fault.Wrap(&err, "start a login with a passkey")
	var login passkeyLogin
	begun, err := s.ceremonies.Waiting(ctx, ceremony.Code, challenge, &login.PasswordChangedAt)
	if err != nil {
		return PasskeySetup{}, err
	}
	user, owned, err := s.passkeysOf(ctx, begun.UserID)
	if err != nil {
		return PasskeySetup{}, err
	}
	options, session, err := s.passkeys.BeginAssertion(ownerOf(user), owned, s.now())
	if err != nil {
		return PasskeySetup{}, err
	}
	login.Session = session
	next, err := s.ceremonies.Await(ctx, ceremony.Passkey, user.ID, login)
	return PasskeySetup{Challenge: next, Options: options}, err
}

// passkeysOf returns a user and their passkeys. It returns ErrNoPasskeys, or
// ErrUnknownFactor if the user has none.
func (s *Service) passkeysOf(ctx context.Context, userID int64) (User, []Passkey, error) {
	user, err := s.store.UserByID(ctx, userID)
	if err != nil {
		return User{}, nil, err
	}
	if s.passkeys == nil {
		return User{}, nil, ErrNoPasskeys
	}
	factors, err := s.store.Factors(ctx, userID)
	if err != nil {
		return User{}, nil, err
	}
	if len(factors.Passkeys) == 0 {
		return User{}, nil, ErrUnknownFactor
	}
	return user, factors.Passkeys, nil
}

// LoginWithPasskey ends a login that StartPasskeyLogin began. The challenge is used up
// whatever the outcome. It returns ErrUnknownCeremony, ErrPasskey, ErrPasskeyCopied or
// fault.Throttled.
func (s *Service) LoginWithPasskey(ctx context.Context, challenge string, credential []byte, from Client) (_ LoggedIn, err error) {
	defer fault.Wrap(&err, "log in with a passkey")
	var login passkeyLogin
	begun, err := s.ceremonies.Use(ctx, ceremony.Passkey, challenge, &login)
	if err != nil {
		return LoggedIn{}, err
	}
	err = s.guarded(ctx, begun.UserID, By{Address: from.Address}, func() error {
		return s.usePasskey(ctx, begun.UserID, login.Session, credential)
	})
	if err != nil {
		return LoggedIn{}, err
	}
	return s.finish(ctx, begun.UserID, login.PasswordChangedAt, from, "password and passkey")
}

// usePasskey accepts a browser's proof of a passkey, and stores the passkey's new state.
func (s *Service) usePasskey(ctx context.Context, userID int64, session, credential []byte) error {
	user, owned, err := s.passkeysOf(ctx, userID)
	if err != nil {
		return err
	}
	used, err := s.passkeys.FinishAssertion(ownerOf(user), owned, session, credential, s.now())
	if err != nil {
		return err
	}
	var from []byte
	for _, p := range owned {
		if p.ID == used.ID {
			from = p.Credential
		}
	}
	return s.store.UsePasskey(ctx, used, from)
}
