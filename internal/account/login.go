package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Attempt is one try to log in.
type Attempt struct {
	Email, Password string
	Address         string // of the client, as limits count it
	KnownBrowser    string // LoggedIn.KnownBrowser of an earlier login, or ""
}

// LoggedIn is what a login gives.
type LoggedIn struct {
	User         User
	Token        string // access token for the requests that follow
	KnownBrowser string // stamp for later attempts from the same browser
}

// Login checks a password and issues a token. It returns fault.Throttled when the
// address must wait, SecondFactorRequired when the password is right and more is
// needed, and ErrBadCredentials, after the same work, for an unknown e-mail, a wrong
// password, an account that must wait and a user who is disabled (SPEC section 6).
func (s *Service) Login(ctx context.Context, a Attempt) (LoggedIn, error) {
	login, err := s.login(ctx, a)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("log in: %w", err)
	}
	return login, nil
}

func (s *Service) login(ctx context.Context, a Attempt) (LoggedIn, error) {
	user, known, err := s.userByEmail(ctx, a.Email)
	if err != nil {
		return LoggedIn{}, err
	}
	guard, err := s.guards.begin(ctx, a, user)
	if err != nil {
		return LoggedIn{}, err
	}
	reason, err := s.verify(ctx, &user, known, a.Password, guard.locked())
	if err != nil { // no password was checked
		return LoggedIn{}, errors.Join(err, guard.forgive(ctx))
	}
	if reason != "" {
		s.noteFailure(ctx, user, a.Address, reason, guard)
		return LoggedIn{}, ErrBadCredentials
	}
	factors, err := s.store.Factors(ctx, user.ID)
	if err == nil && factors.any() {
		err = s.awaitSecondFactor(ctx, user, factors, a.Address)
	}
	var login LoggedIn
	if err == nil {
		login, err = s.start(ctx, user)
	}
	if err != nil {
		return LoggedIn{}, errors.Join(err, guard.forgive(ctx))
	}
	s.note(ctx, SecurityEvent{Kind: LoginSucceeded, UserID: user.ID, ActorID: user.ID, Address: a.Address, Detail: "password"})
	s.warn(ctx, "clearing the failures of a login", guard.succeed(ctx, a.Email))
	return login, nil
}

// warn notes what went wrong after what matters was done.
func (s *Service) warn(ctx context.Context, operation string, err error) {
	if err != nil {
		s.log.WarnContext(ctx, operation, "error", err)
	}
}

// verify is the reason why a user may not log in with a password, for the log alone,
// or "". Every way through it takes the same work: what may not or cannot be checked
// is checked against a hash of no password. Only an error means that nothing was.
func (s *Service) verify(ctx context.Context, user *User, known bool, raw string, locked bool) (reason string, _ error) {
	hash := user.PasswordHash // "" of an unknown user costs the same as any
	if locked {
		hash = ""
	}
	typed, problem := password.ReadTyped(raw)
	ok, outdated, err := s.hasher.Verify(ctx, typed, hash)
	switch {
	case err != nil:
		return "", err
	case locked:
		return "the account must wait", nil
	case !known:
		return "unknown", nil
	case !ok || problem != "":
		return "wrong password", nil
	case !user.Active:
		return "disabled", nil
	case outdated:
		return "", s.upgradeHash(ctx, user, typed.Normalised)
	}
	return "", nil
}

// userByEmail returns the user with this e-mail as a person types it, and whether there
// is one. A text that is not an address never reaches the store.
func (s *Service) userByEmail(ctx context.Context, email string) (_ User, known bool, _ error) {
	email, problem := cleanEmail(email)
	if problem != "" {
		return User{}, false, nil
	}
	user, err := s.store.UserByEmail(ctx, email)
	switch {
	case errors.Is(err, ErrUnknownUser):
		return User{}, false, nil
	case err != nil:
		return User{}, false, err
	}
	return user, true, nil
}

// upgradeHash replaces a hash of older parameters while the password is known.
func (s *Service) upgradeHash(ctx context.Context, u *User, normalised string) error {
	hash, err := s.hasher.Hash(ctx, normalised)
	if err != nil {
		return err
	}
	if err := s.store.UpgradePasswordHash(ctx, u.ID, u.PasswordHash, hash); err != nil {
		return fmt.Errorf("upgrade password hash: %w", err)
	}
	u.PasswordHash = hash
	return nil
}

// start issues a token, stores its row and notes the time of the login. It returns
// ErrBadCredentials if the user was deleted or disabled or their password was
// changed since they were read.
func (s *Service) start(ctx context.Context, u User) (LoggedIn, error) {
	now := s.now()
	issued, err := s.tokens.Issue(u.holder(), now)
	if err != nil {
		return LoggedIn{}, err
	}
	at := timeline.InstantOf(now)
	err = s.store.RecordLogin(ctx, tokenOf(issued), u.PasswordChangedAt, at)
	if errors.Is(err, ErrUnknownUser) {
		return LoggedIn{}, ErrBadCredentials
	}
	if err != nil {
		return LoggedIn{}, fmt.Errorf("record login: %w", err)
	}
	u.LastLoginAt = at
	return LoggedIn{User: u, Token: issued.Signed, KnownBrowser: s.browsers.stamp(u)}, nil
}

// holder is the user as an access token names them.
func (u User) holder() token.Holder {
	return token.Holder{ID: u.ID, Email: u.Email, Role: string(u.Role)}
}

// tokenOf is what the store keeps of a new access token.
func tokenOf(issued token.Issued) Token {
	return Token{TokenRef: issued.Ref, ExpiresAt: issued.ExpiresAt}
}
