package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/invitation"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/passkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DefaultTokenLifetime is how long a login's access token is valid unless Options says
// otherwise.
const DefaultTokenLifetime = 1440 * time.Minute

// Options are the parts of a Service.
type Options struct {
	Store    Store            // required
	Counters limit.Counters   // of failed logins, codes and confirmations; required
	Keys     *token.Keys      // required
	Now      func() time.Time // required
	Log      *slog.Logger     // required; the security log goes there too

	Breaches Breaches        // where new passwords are looked up; nil means nowhere
	Provider Provider        // of identities; nil means none
	Passkeys passkey.Options // required

	Door          Door           // who may register; the zero Door is everybody
	TokenLifetime time.Duration  // of a login's access token; 0 means DefaultTokenLifetime
	Pool          *password.Pool // in which passwords are hashed; nil means password.NewPool(0)
	Cost          password.Cost  // of a hash of a password; the zero Cost means password.DefaultCost
	Composition   bool           // passwords need four character classes; otherwise length alone
}

// Service is the use cases on people. It is safe for concurrent use.
type Service struct {
	store   Store
	now     func() time.Time
	tokens  *token.Access
	hasher  *password.Hasher
	policy  password.Policy
	door    Door
	lookups *lookups
	log     *slog.Logger

	breaches      Breaches // nil: nothing is looked up
	provider      Provider // nil: there is none
	sealer        *token.Sealer
	passkeys      *passkey.Site // nil: browsers allow none at the server's address
	ceremonies    *ceremony.Ceremonies
	invitations   *invitation.Desk
	browsers      *knownBrowsers
	refreshes     *token.RefreshTokens
	guards        *guards
	confirmations *limit.Throttle // of passwords that are asked for again, by user and login
	codes         *limit.Throttle // of second factors, by user
}

// New returns a Service. It starts nothing and needs no closing. It returns an error
// for options that cannot work.
func New(o Options) (*Service, error) {
	if o.TokenLifetime <= 0 {
		o.TokenLifetime = DefaultTokenLifetime
	}
	if o.Pool == nil {
		o.Pool = password.NewPool(0)
	}
	if o.Cost == (password.Cost{}) {
		o.Cost = password.DefaultCost()
	}
	sealer, err := token.NewSealer(o.Keys)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	passkeys, err := passkey.New(o.Passkeys)
	if err != nil { // browsers allow none at a numeric address, for example
		o.Log.Warn("passkeys are off: PUBLIC_URL needs a host name", "error", err)
	}
	browsers := newKnownBrowsers(o.Keys, o.Now)
	return &Service{
		store:   o.Store,
		now:     o.Now,
		tokens:  token.NewAccess(o.Keys, o.TokenLifetime, o.Now),
		hasher:  password.NewHasher(o.Pool, o.Cost),
		policy:  password.NewPolicy(o.Composition),
		door:    o.Door,
		lookups: newLookups(o.Store),
		log:     o.Log,

		breaches: o.Breaches,
		provider: o.Provider,
		sealer:   sealer,
		passkeys: passkeys,
		browsers: browsers,

		ceremonies:  ceremony.New(o.Store, o.Now),
		invitations: invitation.NewDesk(o.Store, o.Now),

		refreshes: token.NewRefreshTokens(o.Keys),
		guards: &guards{
			addresses: limit.NewThrottle("login-address", o.Counters, o.Now),
			accounts:  limit.NewThrottle("login-account", o.Counters, o.Now),
			browsers:  limit.NewThrottle("login-browser", o.Counters, o.Now),
			known:     browsers,
		},
		confirmations: limit.NewThrottle("confirmation", o.Counters, o.Now),
		codes:         limit.NewThrottle("second-factor", o.Counters, o.Now),
	}, nil
}

// Authenticate returns the active user to whom an access token was issued, and which
// token it is, or ErrUnauthenticated. A token with a DeviceID is a device's: the caller
// must allow it only what is declared for devices. A token that was revoked before the
// call is refused.
func (s *Service) Authenticate(ctx context.Context, signed string) (_ User, _ TokenRef, err error) {
	defer fault.Wrap(&err, "authenticate")
	ref, err := s.ReadToken(signed)
	if err != nil {
		return User{}, TokenRef{}, err
	}
	user, err := s.lookups.find(ctx, ref)
	if err != nil {
		return User{}, TokenRef{}, err
	}
	if !user.Active {
		return User{}, TokenRef{}, fmt.Errorf("%w: user is disabled", ErrUnauthenticated)
	}
	return user, ref, nil
}

// ReadToken returns which token an access token is, or ErrUnauthenticated. Whether it was
// revoked, and whether its user is active, is for the caller to find out.
func (s *Service) ReadToken(signed string) (TokenRef, error) {
	ref, err := s.tokens.Read(signed)
	if err != nil {
		return TokenRef{}, fmt.Errorf("%w: %w", ErrUnauthenticated, err)
	}
	return ref, nil
}

// User returns the user with this ID, or ErrUnknownUser.
func (s *Service) User(ctx context.Context, id int64) (_ User, err error) {
	defer fault.Wrap(&err, "read user")
	return s.store.UserByID(ctx, id)
}

// UserByEmail returns the user with this e-mail as a person types it, or
// ErrUnknownUser.
func (s *Service) UserByEmail(ctx context.Context, email string) (_ User, err error) {
	defer fault.Wrap(&err, "read user")
	return s.userByEmail(ctx, email)
}

// userByEmail returns the user with this e-mail as a person types it, or else with one that
// counts as the same, or ErrUnknownUser. A text that is not an address never reaches the store.
func (s *Service) userByEmail(ctx context.Context, email string) (User, error) {
	cleaned, problem := cleanEmail(email)
	if problem != "" {
		return User{}, ErrUnknownUser
	}
	return s.store.UserByEmail(ctx, cleaned, emailkey.Of(cleaned))
}

// DeleteExpired removes what has expired: access tokens, devices, ceremonies and invitations
// that are no longer valid anyway, and old entries of the security log. Call it at regular
// intervals.
func (s *Service) DeleteExpired(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "delete what has expired")
	now := s.now()
	expired := timeline.InstantOf(now.Add(-token.ClockLeeway)) // another replica's clock may be behind
	return errors.Join(
		s.store.DeleteExpiredTokens(ctx, expired),
		s.store.DeleteCeremonies(ctx, expired),
		s.store.DeleteExpiredInvitations(ctx, expired),
		s.store.DeleteUnusedDevices(ctx, s.devicesUsedSince().Add(-timeline.Micros(token.ClockLeeway.Microseconds()))),
		s.store.DeleteSecurityEvents(ctx, timeline.InstantOf(now.Add(-SecurityRetention)), timeline.InstantOf(now.Add(-strangersRetention))),
	)
}

// warn logs what went wrong after the operation itself was done.
func (s *Service) warn(ctx context.Context, operation string, err error) {
	if err != nil {
		s.log.WarnContext(ctx, operation, "error", err)
	}
}
