package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Client is what a person logs in with.
type Client struct {
	Address string // as limits count it
	Browser string // as a person calls it, such as "Firefox on Linux"; "" if that is not known
}

// Attempt is one try to log in.
type Attempt struct {
	Email, Password string
	Address         string // of the client, as limits count it
	Browser         string // see Client
	KnownBrowser    string // LoggedIn.KnownBrowser of an earlier login, or ""
}

// LoggedIn is the result of a login.
type LoggedIn struct {
	User         User
	Token        string // access token for the requests that follow
	KnownBrowser string // stamp for later attempts from the same browser
}

// Login checks a password and issues an access token. It returns fault.Throttled when
// the address must wait, and SecondFactorRequired when the password is right and more
// is needed. For an unknown e-mail, a wrong password, an account that must wait and a
// disabled user it returns ErrBadCredentials, after the same work.
func (s *Service) Login(ctx context.Context, a Attempt) (_ LoggedIn, err error) {
	defer fault.Wrap(&err, "log in")
	user, err := s.userByEmail(ctx, a.Email)
	known := !errors.Is(err, ErrUnknownUser)
	if err != nil && known {
		return LoggedIn{}, err
	}
	guard, err := s.guards.begin(ctx, a, user)
	if err != nil {
		return LoggedIn{}, err
	}
	reason, err := s.verify(ctx, &user, known, a, guard)
	if err != nil { // no password was checked
		return LoggedIn{}, errors.Join(err, guard.forgive(ctx))
	}
	if reason != "" {
		s.noteFailure(ctx, user, a.Address, reason, guard)
		return LoggedIn{}, ErrBadCredentials
	}
	login, err := s.enter(ctx, user, Client{Address: a.Address, Browser: a.Browser})
	if err != nil {
		return LoggedIn{}, errors.Join(err, guard.forgive(ctx))
	}
	s.note(ctx, SecurityEvent{Kind: LoginSucceeded, UserID: user.ID, ActorID: user.ID, Address: a.Address, Detail: "password"})
	s.warn(ctx, "clearing the failures of a login", guard.succeed(ctx))
	return login, nil
}

// verify returns the reason why a user may not log in with a password, for the log
// alone, or "". Every way through it takes the same work: a password that must not or
// cannot be checked is checked against a hash of no password. Only what no account can have
// costs nothing, because the answer to it tells nothing about any account. An error means
// that nothing was checked.
func (s *Service) verify(ctx context.Context, user *User, known bool, a Attempt, guard *guard) (reason string, _ error) {
	typed, problem := password.ReadTyped(a.Password)
	if _, unreadable := cleanEmail(a.Email); unreadable != "" || problem != "" {
		return "unreadable", nil
	}
	hash := user.PasswordHash // an unknown user's "" costs the same as any other
	if guard.locked() {
		hash = ""
	}
	turn := guard.turn()
	ok, outdated, err := s.hasher.Verify(ctx, turn, typed, hash)
	switch {
	case err != nil:
		return "", err
	case guard.locked():
		return "the account must wait", nil
	case !known:
		return "unknown", nil
	case !ok:
		return "wrong password", nil
	case !user.Active:
		return "disabled", nil
	case outdated:
		return "", s.upgradeHash(ctx, turn, user, typed.Normalised)
	}
	return "", nil
}

// upgradeHash replaces a hash of older parameters while the password is known.
func (s *Service) upgradeHash(ctx context.Context, turn password.Turn, u *User, normalised string) error {
	hash, err := s.hasher.Hash(ctx, turn, normalised)
	if err != nil {
		return err
	}
	if err := s.store.UpgradePasswordHash(ctx, u.ID, u.PasswordHash, hash); err != nil {
		return fmt.Errorf("upgrade password hash: %w", err)
	}
	u.PasswordHash = hash
	return nil
}

// enter logs in a user whose password was right. It returns SecondFactorRequired if
// they have a second factor.
func (s *Service) enter(ctx context.Context, u User, from Client) (LoggedIn, error) {
	factors, err := s.store.Factors(ctx, u.ID)
	if err != nil {
		return LoggedIn{}, err
	}
	if factors.any() {
		return LoggedIn{}, s.awaitSecondFactor(ctx, u, factors, from.Address)
	}
	return s.start(ctx, u, from)
}

// start issues an access token, stores its row and the time of the login. It returns
// ErrBadCredentials if the user was deleted or disabled or their password was changed
// since they were read.
func (s *Service) start(ctx context.Context, u User, from Client) (LoggedIn, error) {
	now := s.now()
	issued, err := s.tokens.Issue(u.holder(), now)
	if err != nil {
		return LoggedIn{}, err
	}
	at := timeline.InstantOf(now)
	err = s.store.RecordLogin(ctx, tokenOf(issued, from), u.PasswordChangedAt, at)
	if errors.Is(err, ErrUnknownUser) {
		return LoggedIn{}, ErrBadCredentials
	}
	if err != nil {
		return LoggedIn{}, fmt.Errorf("record login: %w", err)
	}
	u.LastLoginAt = at
	return LoggedIn{User: u, Token: issued.Signed, KnownBrowser: s.browsers.stamp(u)}, nil
}

// holder returns the user as an access token names them.
func (u User) holder() token.Holder {
	return token.Holder{ID: u.ID, Email: u.Email, Role: string(u.Role)}
}

// tokenOf returns what the store keeps of a new access token.
func tokenOf(issued token.Issued, from Client) Token {
	return Token{TokenRef: issued.Ref, ExpiresAt: issued.ExpiresAt, Client: from}
}
