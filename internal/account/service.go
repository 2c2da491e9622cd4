package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DefaultTokenLifetime is how long a token is valid unless Options says otherwise.
const DefaultTokenLifetime = 1440 * time.Minute

// Options is what a Service is made of.
type Options struct {
	Store    Store            // required
	Counters limit.Counters   // of failed logins, codes and confirmations; required
	Keys     *token.Keys      // required
	Now      func() time.Time // required
	Log      *slog.Logger     // required; the security log goes there too

	Breaches Breaches       // where new passwords are looked up; nil: nowhere
	Provider Provider       // of identities; nil: none
	Passkeys PasskeyOptions // required

	TokenLifetime time.Duration  // 0 means DefaultTokenLifetime
	Pool          *password.Pool // in which passwords are hashed; nil means password.NewPool(0)
	Composition   bool           // passwords need four character classes; otherwise length alone
}

// Service is the use cases on people. It is safe for concurrent use.
type Service struct {
	store   Store
	now     func() time.Time
	tokens  *token.Access
	hasher  *password.Hasher
	policy  password.Policy
	lookups *lookups
	log     *slog.Logger

	breaches      Breaches // nil: nothing is looked up
	provider      Provider // nil: there is none
	sealer        *token.Sealer
	passkeys      *passkeys // nil: the server's address cannot have any
	browsers      *knownBrowsers
	refreshes     *token.RefreshTokens
	guards        *guards
	confirmations *limit.Throttle // of passwords that are asked for again, by user
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
	sealer, err := token.NewSealer(o.Keys)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	passkeys, err := newPasskeys(o.Passkeys)
	if err != nil { // an address of numbers, say, for which browsers have none
		o.Log.Warn("passkeys are off: PUBLIC_URL needs the name of a host", "error", err)
	}
	browsers := newKnownBrowsers(o.Keys, o.Now)
	return &Service{
		store:   o.Store,
		now:     o.Now,
		tokens:  token.NewAccess(o.Keys, o.TokenLifetime, o.Now),
		hasher:  password.NewHasher(o.Pool),
		policy:  password.NewPolicy(o.Composition),
		lookups: newLookups(o.Store),
		log:     o.Log,

		breaches: o.Breaches,
		provider: o.Provider,
		sealer:   sealer,
		passkeys: passkeys,
		browsers: browsers,

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

// Authenticate returns the active user whom a token speaks for and which token
// it is, or ErrUnauthenticated. A token with a DeviceID is a widget's: the caller must
// let it do no more than is declared for widgets. It is as fresh as the call: a token revoked
// before it is refused.
func (s *Service) Authenticate(ctx context.Context, signed string) (User, TokenRef, error) {
	ref, err := s.tokens.Read(signed)
	if err != nil {
		return User{}, TokenRef{}, fmt.Errorf("authenticate: %w: %w", ErrUnauthenticated, err)
	}
	user, err := s.lookups.find(ctx, ref)
	if err != nil {
		return User{}, TokenRef{}, fmt.Errorf("authenticate: %w", err)
	}
	if !user.Active {
		return User{}, TokenRef{}, fmt.Errorf("authenticate: %w: user is disabled", ErrUnauthenticated)
	}
	return user, ref, nil
}

// Logout revokes a token; one that is revoked already is no error.
func (s *Service) Logout(ctx context.Context, ref TokenRef, address string) error {
	if err := s.store.DeleteToken(ctx, ref); err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	s.Note(ctx, LoggedOut, ref.UserID, By{UserID: ref.UserID, Address: address}, "")
	return nil
}

// LogoutOthers ends all logins of a user but the one of this token, those that are under
// way, and their devices: who fears a thief does not want to think of each way in. It
// returns the errors of Confirm.
func (s *Service) LogoutOthers(ctx context.Context, ref TokenRef, password string, by By) error {
	err := s.reconfirm(ctx, password, by)
	if err == nil {
		err = s.store.EndOtherLogins(ctx, ref)
	}
	if err != nil {
		return fmt.Errorf("log out everywhere else: %w", err)
	}
	s.Note(ctx, LoggedOutOthers, ref.UserID, by, "")
	return nil
}

// DeleteExpired removes what is past: tokens, devices and ceremonies that no longer read as
// valid anyway, and old entries of the security log; for a timer.
func (s *Service) DeleteExpired(ctx context.Context) error {
	now := s.now()
	expired := timeline.InstantOf(now.Add(-token.ClockLeeway)) // another replica's clock may be behind
	err := errors.Join(
		s.store.DeleteExpiredTokens(ctx, expired),
		s.store.DeleteCeremonies(ctx, expired),
		s.store.DeleteUnusedDevices(ctx, s.devicesUsedSince().Add(-timeline.Micros(token.ClockLeeway.Microseconds()))),
		s.store.DeleteSecurityEvents(ctx, timeline.InstantOf(now.Add(-SecurityRetention)), timeline.InstantOf(now.Add(-strangersRetention))),
	)
	if err != nil {
		return fmt.Errorf("delete what has expired: %w", err)
	}
	return nil
}

// User returns the user with this ID, or ErrUnknownUser.
func (s *Service) User(ctx context.Context, id int64) (User, error) {
	user, err := s.store.UserByID(ctx, id)
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return user, nil
}
