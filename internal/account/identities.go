package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
)

// Visit is a browser's way to the identity provider and back.
type Visit struct {
	URL   string // where to send the browser
	State string // comes back with it; the browser that was sent must know it too
}

// visit is what is kept of a Visit until the browser is back.
type visit struct {
	Nonce    string // ties the identity to this visit
	Verifier string // ties the code to this server (RFC 7636)
}

// StartIdentityLogin sends somebody to the identity provider to log in. It returns
// ErrNoProvider or the provider's errors.
func (s *Service) StartIdentityLogin(ctx context.Context) (Visit, error) {
	v, err := s.startVisit(ctx, 0)
	if err != nil {
		return Visit{}, fmt.Errorf("start a login at the identity provider: %w", err)
	}
	return v, nil
}

// StartConnection sends a user to the identity provider, to log in with it from then
// on. It returns the errors of confirm besides those of StartIdentityLogin.
func (s *Service) StartConnection(ctx context.Context, userID int64, password string, by By) (Visit, error) {
	_, err := s.confirm(ctx, userID, "password", password, by)
	var v Visit
	if err == nil {
		v, err = s.startVisit(ctx, userID)
	}
	if err != nil {
		return Visit{}, fmt.Errorf("connect an identity: %w", err)
	}
	return v, nil
}

func (s *Service) startVisit(ctx context.Context, userID int64) (Visit, error) {
	if s.provider == nil {
		return Visit{}, ErrNoProvider
	}
	kept := visit{Nonce: rand.Text(), Verifier: rand.Text() + rand.Text()} // RFC 7636 wants 43 characters or more
	state, err := s.await(ctx, identityCeremony, userID, kept)
	if err != nil {
		return Visit{}, err
	}
	url, err := s.provider.AuthURL(ctx, state, kept.Nonce, kept.Verifier)
	if err != nil {
		s.log.WarnContext(ctx, "identity provider", "error", err) // its cause is not for the person
		return Visit{}, err
	}
	return Visit{URL: url, State: state}, nil
}

// FinishVisit logs in whom the identity provider has sent back with a code: the user
// to whom the identity is connected, the one who started the visit, or a new one. It
// returns ErrUnknownCeremony, ErrEmailNotVerified, ErrConnectFirst, ErrIdentityTaken,
// ErrDisabled, or the provider's errors.
func (s *Service) FinishVisit(ctx context.Context, state, code, address string) (LoggedIn, error) {
	login, err := s.finishVisit(ctx, state, code, address)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("log in at the identity provider: %w", err)
	}
	return login, nil
}

func (s *Service) finishVisit(ctx context.Context, state, code, address string) (LoggedIn, error) {
	if s.provider == nil {
		return LoggedIn{}, ErrNoProvider
	}
	var kept visit
	ceremony, err := s.take(ctx, identityCeremony, state, &kept)
	if err != nil {
		return LoggedIn{}, err
	}
	id, err := s.provider.Exchange(ctx, code, kept.Nonce, kept.Verifier)
	if err != nil {
		s.log.WarnContext(ctx, "identity provider", "error", err)
		return LoggedIn{}, err
	}
	user, err := s.userFor(ctx, id, ceremony.UserID, address)
	if err != nil {
		return LoggedIn{}, err
	}
	login, err := s.start(ctx, user)
	if errors.Is(err, ErrBadCredentials) {
		s.note(ctx, SecurityEvent{Kind: LoginFailed, UserID: user.ID, Address: address, Detail: "disabled"})
		return LoggedIn{}, ErrDisabled
	}
	if err == nil {
		s.note(ctx, SecurityEvent{Kind: LoginSucceeded, UserID: user.ID, ActorID: user.ID, Address: address, Detail: "identity provider"})
	}
	return login, err
}

// userFor is the user of an identity: the one who wants it connected (0: nobody does),
// the one it is connected to, or a new one.
func (s *Service) userFor(ctx context.Context, id Identity, connectTo int64, address string) (User, error) {
	if connectTo != 0 {
		if err := s.store.AddIdentity(ctx, connectTo, id); err != nil {
			return User{}, err
		}
		s.Note(ctx, IdentityConnected, connectTo, By{UserID: connectTo, Address: address}, id.Issuer)
		return s.store.UserByID(ctx, connectTo)
	}
	user, err := s.store.UserOfIdentity(ctx, id.Issuer, id.Subject)
	if errors.Is(err, ErrUnknownUser) {
		return s.registerIdentity(ctx, id, address)
	}
	return user, err
}

// registerIdentity makes an account for an identity. An account that has the e-mail
// already is not handed over: whoever registered it did not have to show that the
// address is theirs, and would share what the identity's owner records from then on.
func (s *Service) registerIdentity(ctx context.Context, id Identity, address string) (User, error) {
	email, problem := cleanEmail(id.Email)
	if problem != "" || !id.EmailVerified {
		return User{}, ErrEmailNotVerified
	}
	user := s.blankUser()
	user.Email = email
	user.FirstName, user.LastName = nameOrNone(id.FirstName), nameOrNone(id.LastName)
	err := s.store.CreateUserWithIdentity(ctx, user, id)
	switch {
	case errors.Is(err, ErrEmailTaken):
		return User{}, ErrConnectFirst
	case errors.Is(err, ErrIdentityTaken): // by a visit at the same time
		return s.store.UserOfIdentity(ctx, id.Issuer, id.Subject)
	case err != nil:
		return User{}, err
	}
	s.note(ctx, SecurityEvent{Kind: Registered, UserID: user.ID, Address: address, Detail: "identity provider"})
	return user, nil
}

// nameOrNone leaves out a name that a person could not enter here either.
func nameOrNone(raw string) string {
	name, problem := cleanName(raw)
	if problem != "" {
		return ""
	}
	return name
}
