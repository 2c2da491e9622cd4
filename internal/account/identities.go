package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Visit is a browser's way to the identity provider and back.
type Visit struct {
	URL   string // where to send the browser
	State string // comes back with it; the browser that was sent must know it too
}

// visit is what is kept of a Visit until the browser is back.
type visit struct {
	Nonce             string           // ties the identity to this visit
	Verifier          string           // ties the code to this server (RFC 7636)
	PasswordChangedAt timeline.Instant // of who wants it connected
}

// StartIdentityLogin sends somebody to the identity provider to log in. It returns
// ErrNoProvider or the provider's errors.
func (s *Service) StartIdentityLogin(ctx context.Context) (Visit, error) {
	v, err := s.startVisit(ctx, User{})
	if err != nil {
		return Visit{}, fmt.Errorf("start a login at the identity provider: %w", err)
	}
	return v, nil
}

// StartConnection sends a user to the identity provider, to log in with it from then
// on. It returns the errors of confirm besides those of StartIdentityLogin.
func (s *Service) StartConnection(ctx context.Context, userID int64, password string, by By) (Visit, error) {
	if s.provider == nil {
		return Visit{}, fmt.Errorf("connect an identity: %w", ErrNoProvider)
	}
	user, err := s.confirm(ctx, userID, "password", password, by)
	var v Visit
	if err == nil {
		v, err = s.startVisit(ctx, user)
	}
	if err != nil {
		return Visit{}, fmt.Errorf("connect an identity: %w", err)
	}
	return v, nil
}

// startVisit is of a user who wants an identity connected, or of nobody known.
func (s *Service) startVisit(ctx context.Context, user User) (Visit, error) {
	if s.provider == nil {
		return Visit{}, ErrNoProvider
	}
	kept := visit{
		Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(), // RFC 7636 wants 43 characters or more
		PasswordChangedAt: user.PasswordChangedAt,
	}
	v := Visit{State: rand.Text()}
	var err error
	if v.URL, err = s.provider.AuthURL(ctx, v.State, kept.Nonce, kept.Verifier); err != nil {
		s.log.WarnContext(ctx, "identity provider", "error", err) // its cause is not for the person
		return Visit{}, err
	}
	return v, s.awaitAs(ctx, v.State, identityCeremony, user.ID, kept)
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
		s.note(ctx, SecurityEvent{Kind: LoginFailed, UserID: ceremony.UserID, Address: address, Detail: "identity provider"})
		return LoggedIn{}, err
	}
	var user User
	if ceremony.UserID != 0 {
		user, err = s.connect(ctx, id, ceremony.UserID, kept.PasswordChangedAt, address)
	} else {
		user, err = s.userOfIdentity(ctx, id, address)
	}
	var login LoggedIn
	if err == nil {
		if login, err = s.start(ctx, user); errors.Is(err, ErrBadCredentials) {
			err = ErrDisabled
		}
	}
	if err != nil {
		s.note(ctx, SecurityEvent{Kind: LoginFailed, UserID: user.ID, Address: address, Detail: "identity provider: " + err.Error()})
		return LoggedIn{}, err
	}
	s.note(ctx, SecurityEvent{Kind: LoginSucceeded, UserID: user.ID, ActorID: user.ID, Address: address, Detail: "identity provider"})
	return login, nil
}

// connect connects an identity to the user who has asked for it, if they are active and
// have the password with which they asked.
func (s *Service) connect(ctx context.Context, id Identity, userID int64, passwordChangedAt timeline.Instant, address string) (User, error) {
	err := s.store.AddIdentity(ctx, userID, passwordChangedAt, id)
	if errors.Is(err, ErrUnknownUser) {
		err = ErrUnknownCeremony
	}
	if err != nil {
		return User{}, err
	}
	s.Note(ctx, IdentityConnected, userID, By{UserID: userID, Address: address}, id.Issuer)
	return s.store.UserByID(ctx, userID)
}

// userOfIdentity is the user to whom an identity is connected, or a new one.
func (s *Service) userOfIdentity(ctx context.Context, id Identity, address string) (User, error) {
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
	case errors.Is(err, ErrEmailTaken), errors.Is(err, ErrIdentityTaken):
		// Perhaps by the same person, who visits twice at once.
		if user, err := s.store.UserOfIdentity(ctx, id.Issuer, id.Subject); !errors.Is(err, ErrUnknownUser) {
			return user, err
		}
		return User{}, ErrConnectFirst
	case err != nil:
		return User{}, err
	}
	s.note(ctx, SecurityEvent{Kind: Registered, UserID: user.ID, Address: address, Detail: "identity provider"})
	return user, nil
}

// Identities are what a user logs in with at the identity provider.
func (s *Service) Identities(ctx context.Context, userID int64) ([]Identity, error) {
	ids, err := s.store.Identities(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	return ids, nil
}

// RemoveIdentities leaves a user the password alone to log in with. It returns the
// errors of confirm, or ErrUnknownFactor.
func (s *Service) RemoveIdentities(ctx context.Context, userID int64, password string, by By) error {
	_, err := s.confirm(ctx, userID, "password", password, by)
	if err == nil {
		err = s.store.DeleteIdentities(ctx, userID)
	}
	if err != nil {
		return fmt.Errorf("remove identities: %w", err)
	}
	s.Note(ctx, IdentitiesRemoved, userID, by, "")
	return nil
}

// ResetIdentities disconnects a user from the identity provider; for whoever runs the
// server. It returns ErrUnknownUser or ErrUnknownFactor.
func (s *Service) ResetIdentities(ctx context.Context, email string, by By) error {
	user, err := s.known(ctx, email)
	if err == nil {
		err = s.store.DeleteIdentities(ctx, user.ID)
	}
	if err != nil {
		return fmt.Errorf("remove identities: %w", err)
	}
	s.Note(ctx, IdentitiesRemoved, user.ID, by, "")
	return nil
}

// HasProvider reports whether an identity provider is set.
func (s *Service) HasProvider() bool { return s.provider != nil }

// nameOrNone leaves out a name that a person could not enter here either.
func nameOrNone(raw string) string {
	name, problem := cleanName(raw)
	if problem != "" {
		return ""
	}
	return name
}
