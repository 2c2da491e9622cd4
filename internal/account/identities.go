package account

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Visit is a browser's way to the identity provider and back.
type Visit struct {
	URL   string // where to send the browser
	State string // comes back with the browser, which must know it from elsewhere too
}

// visit is what is kept of a Visit until the browser is back.
type visit struct {
	Nonce             string           // ties the identity to this visit
	Verifier          string           // ties the code to this server (RFC 7636)
	PasswordChangedAt timeline.Instant // of the user who wants the identity connected
}

// StartIdentityLogin sends somebody to the identity provider to log in. It returns
// ErrNoProvider or the provider's errors.
func (s *Service) StartIdentityLogin(ctx context.Context) (_ Visit, err error) {
	defer fault.Wrap(&err, "start a login at the identity provider")
	return s.startVisit(ctx, User{})
}

// StartConnection sends a user to the identity provider, to log in with it from then
// on. It returns FieldErrors for a wrong password, fault.Throttled after several,
// ErrNoPassword, or the errors of StartIdentityLogin.
func (s *Service) StartConnection(ctx context.Context, userID int64, password string, by By) (_ Visit, err error) {
	defer fault.Wrap(&err, "connect an identity")
	if s.provider == nil {
		return Visit{}, ErrNoProvider
	}
	user, err := s.confirm(ctx, userID, "password", password, by)
	if err != nil {
		return Visit{}, err
	}
	return s.startVisit(ctx, user)
}

// startVisit starts the visit of a user who wants an identity connected, or of the zero
// User, who wants to log in.
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
	return v, s.ceremonies.AwaitAs(ctx, v.State, ceremony.Identity, user.ID, kept)
}

// FinishVisit logs in the person whom the identity provider has sent back with a code:
// the user to whom the identity is connected, the user who started the visit, or a new
// one. It returns ErrUnknownCeremony, ErrEmailNotVerified, ErrConnectFirst,
// ErrIdentityTaken, ErrDisabled, or the provider's errors.
func (s *Service) FinishVisit(ctx context.Context, state, code string, from Client) (_ LoggedIn, err error) {
	defer fault.Wrap(&err, "log in at the identity provider")
	if s.provider == nil {
		return LoggedIn{}, ErrNoProvider
	}
	var kept visit
	begun, err := s.ceremonies.Use(ctx, ceremony.Identity, state, &kept)
	if err != nil {
		return LoggedIn{}, err
	}
	id, err := s.provider.Exchange(ctx, code, kept.Nonce, kept.Verifier)
	if err != nil {
		s.log.WarnContext(ctx, "identity provider", "error", err)
		s.note(ctx, SecurityEvent{Kind: LoginFailed, UserID: begun.UserID, Address: from.Address, Detail: "identity provider"})
		return LoggedIn{}, err
	}
	user, login, err := s.enterWith(ctx, id, begun.UserID, kept.PasswordChangedAt, from)
	if err != nil {
		s.note(ctx, SecurityEvent{Kind: LoginFailed, UserID: user.ID, Address: from.Address, Detail: "identity provider: " + err.Error()})
		return LoggedIn{}, err
	}
	s.note(ctx, SecurityEvent{Kind: LoginSucceeded, UserID: user.ID, ActorID: user.ID, Address: from.Address, Detail: "identity provider"})
	return login, nil
}

// enterWith logs in with an identity, after connecting it if it is for a known user. If it
// found a user, it returns them even with an error.
func (s *Service) enterWith(ctx context.Context, id Identity, userID int64, passwordChangedAt timeline.Instant, from Client) (user User, _ LoggedIn, err error) {
	if userID != 0 {
		user, err = s.connect(ctx, id, userID, passwordChangedAt, from.Address)
	} else {
		user, err = s.userWithIdentity(ctx, id, from.Address)
	}
	if err != nil {
		return user, LoggedIn{}, err
	}
	login, err := s.start(ctx, user, from)
	if errors.Is(err, ErrBadCredentials) {
		err = ErrDisabled
	}
	return user, login, err
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

// userWithIdentity returns the user to whom an identity is connected, or a new one.
func (s *Service) userWithIdentity(ctx context.Context, id Identity, address string) (User, error) {
	user, err := s.store.UserOfIdentity(ctx, id.Issuer, id.Subject)
	if errors.Is(err, ErrUnknownUser) {
		return s.registerIdentity(ctx, id, address)
	}
	return user, err
}

// registerIdentity makes an account for an identity. An existing account with the same
// e-mail is not handed over: whoever registered it did not have to show that the address
// is theirs, and would share what the identity's owner records from then on.
func (s *Service) registerIdentity(ctx context.Context, id Identity, address string) (User, error) {
	if _, err := s.Invited(ctx, ""); err != nil { // invitations are for those who register with a password
		return User{}, err
	}
	email, problem := cleanEmail(id.Email)
	if problem != "" || !id.EmailVerified {
		return User{}, ErrEmailNotVerified
	}
	user := s.blankUser()
	user.Email, user.EmailKey = email, emailkey.Of(email)
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

// Identities returns the identities with which a user logs in.
func (s *Service) Identities(ctx context.Context, userID int64) (_ []Identity, err error) {
	defer fault.Wrap(&err, "read identities")
	return s.store.Identities(ctx, userID)
}

// RemoveIdentities disconnects a user from the identity provider, so that only their
// password logs them in. It returns FieldErrors for a wrong password, fault.Throttled
// after several, ErrNoPassword, or ErrUnknownFactor.
func (s *Service) RemoveIdentities(ctx context.Context, userID int64, password string, by By) (err error) {
	defer fault.Wrap(&err, "remove identities")
	if _, err := s.confirm(ctx, userID, "password", password, by); err != nil {
		return err
	}
	return s.removeIdentities(ctx, userID, by)
}

// ResetIdentities disconnects a user from the identity provider, for the operator. It
// returns ErrUnknownUser or ErrUnknownFactor.
func (s *Service) ResetIdentities(ctx context.Context, email string, by By) (err error) {
	defer fault.Wrap(&err, "remove identities")
	user, err := s.userByEmail(ctx, email)
	if err != nil {
		return err
	}
	return s.removeIdentities(ctx, user.ID, by)
}

func (s *Service) removeIdentities(ctx context.Context, userID int64, by By) error {
	if err := s.store.DeleteIdentities(ctx, userID); err != nil {
		return err
	}
	s.Note(ctx, IdentitiesRemoved, userID, by, "")
	return nil
}

// HasProvider reports whether an identity provider is set.
func (s *Service) HasProvider() bool { return s.provider != nil }

// nameOrNone returns a name, or "" for one that people could not enter here either.
func nameOrNone(raw string) string {
	name, problem := cleanName(raw)
	if problem != "" {
		return ""
	}
	return name
}
