package account

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DefaultTokenLifetime is how long a token is valid unless Options says otherwise.
const DefaultTokenLifetime = 1440 * time.Minute

// Options is what a Service is made of.
type Options struct {
	Store Store            // required
	Keys  *Keys            // required
	Now   func() time.Time // required

	TokenLifetime time.Duration // 0 means DefaultTokenLifetime
	HashPool      int           // passwords hashed at a time; 0 means one for each processor
	Composition   bool          // passwords need four character classes; otherwise length alone
	Breaches      Breaches      // where new passwords are looked up; nil means nowhere
	Log           *slog.Logger  // told when a look-up fails; nil means nobody is
}

// Service is the use cases on people. It is safe for concurrent use.
type Service struct {
	store   Store
	now     func() time.Time
	tokens  *tokens
	hasher  *hasher
	policy  passwordPolicy
	lookups *lookups

	breaches Breaches // nil means no look-up
	log      *slog.Logger
}

// New returns a Service. It starts nothing and needs no closing.
func New(o Options) *Service {
	if o.TokenLifetime <= 0 {
		o.TokenLifetime = DefaultTokenLifetime
	}
	if o.HashPool <= 0 {
		o.HashPool = runtime.GOMAXPROCS(0)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		store:   o.Store,
		now:     o.Now,
		tokens:  newTokens(o.Keys, o.TokenLifetime, o.Now),
		hasher:  newHasher(o.HashPool),
		policy:  newPolicy(o.Composition),
		lookups: newLookups(o.Store),

		breaches: o.Breaches,
		log:      o.Log,
	}
}

// Registration is what a person gives to register.
type Registration struct {
	Email, Password     string
	FirstName, LastName string // optional
}

// Register adds a user and logs them in. It returns FieldErrors, ErrEmailTaken or
// ErrBusy.
func (s *Service) Register(ctx context.Context, r Registration) (token string, _ User, _ error) {
	user, password, err := s.newUser(ctx, r)
	if err != nil {
		return "", User{}, fmt.Errorf("register: %w", err)
	}
	user.PasswordHash, err = s.hasher.hash(ctx, password)
	if err != nil {
		return "", User{}, fmt.Errorf("register: %w", err)
	}
	if err := s.store.CreateUser(ctx, user); err != nil {
		return "", User{}, fmt.Errorf("register: %w", err)
	}
	token, err = s.startToken(ctx, &user)
	if err != nil {
		return "", User{}, fmt.Errorf("register: %w", err)
	}
	return token, user, nil
}

// newUser is a user without password hash, and their normalised password.
func (s *Service) newUser(ctx context.Context, r Registration) (_ User, password string, _ error) {
	var errs fault.FieldErrors
	u := User{
		ID:        newUserID(),
		Active:    true,
		Role:      RoleUser,
		Timezone:  "UTC",
		WeekStart: time.Monday,
		CreatedAt: timeline.InstantOf(s.now()),
	}
	set(&errs, "email", &u.Email, &r.Email, cleanEmail)
	set(&errs, "first_name", &u.FirstName, &r.FirstName, cleanName)
	set(&errs, "last_name", &u.LastName, &r.LastName, cleanName)
	set(&errs, "password", &password, &r.Password, func(raw string) (string, string) {
		return s.newPassword(ctx, u, raw) // last: it must not contain the others' words
	})
	return u, password, errs.OrNil()
}

// Login checks a password and issues a token. It returns ErrBadCredentials,
// after the same work, for an unknown e-mail, a wrong password and a user who is
// disabled; or ErrBusy.
func (s *Service) Login(ctx context.Context, email, password string) (token string, _ User, _ error) {
	user, err := s.verified(ctx, email, password)
	if err != nil {
		return "", User{}, fmt.Errorf("log in: %w", err)
	}
	token, err = s.startToken(ctx, &user)
	if errors.Is(err, ErrUnknownUser) { // deleted while the password was verified
		err = ErrBadCredentials
	}
	if err != nil {
		return "", User{}, fmt.Errorf("log in: %w", err)
	}
	return token, user, nil
}

// verified is the active user with this e-mail and password, or ErrBadCredentials.
func (s *Service) verified(ctx context.Context, email, password string) (User, error) {
	user, known, err := s.userOf(ctx, email)
	if err != nil {
		return User{}, err
	}
	typed, problem := readTyped(password)
	ok, outdated, err := s.hasher.verify(ctx, typed, user.PasswordHash) // "" of an unknown user costs the same
	if err != nil {
		return User{}, err
	}
	if !ok || !known || problem != "" || !user.Active {
		return User{}, ErrBadCredentials
	}
	if outdated {
		err = s.upgradeHash(ctx, &user, typed.normalised)
	}
	return user, err
}

// userOf is the user with this e-mail as a person types it, if there is one. What
// is no address never reaches the store.
func (s *Service) userOf(ctx context.Context, email string) (_ User, known bool, _ error) {
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
func (s *Service) upgradeHash(ctx context.Context, u *User, password string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := s.store.UpgradePasswordHash(ctx, u.ID, u.PasswordHash, hash); err != nil {
		return fmt.Errorf("upgrade password hash: %w", err)
	}
	u.PasswordHash = hash
	return nil
}

// startToken issues a token, stores its row and notes the login.
func (s *Service) startToken(ctx context.Context, u *User) (string, error) {
	now := s.now()
	signed, token, err := s.tokens.issue(*u, now)
	if err != nil {
		return "", err
	}
	at := timeline.InstantOf(now)
	if err := s.store.RecordLogin(ctx, token, at); err != nil {
		return "", fmt.Errorf("record login: %w", err)
	}
	u.LastLoginAt = at
	return signed, nil
}

// Authenticate returns the active user whom a token speaks for and which token
// it is, or ErrUnauthenticated. It is as fresh as the call: a token revoked
// before it is refused.
func (s *Service) Authenticate(ctx context.Context, token string) (User, TokenRef, error) {
	ref, err := s.tokens.read(token)
	if err != nil {
		return User{}, TokenRef{}, fmt.Errorf("authenticate: %w", err)
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
func (s *Service) Logout(ctx context.Context, ref TokenRef) error {
	if err := s.store.DeleteToken(ctx, ref); err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	return nil
}

// UpdateProfile changes the profile of a user and returns them as they are then.
// It returns FieldErrors or ErrUnknownUser, and changes nothing.
func (s *Service) UpdateProfile(ctx context.Context, userID int64, change ProfileChange) (User, error) {
	user, err := s.store.UserByID(ctx, userID)
	if err != nil {
		return User{}, fmt.Errorf("update profile: %w", err)
	}
	if err := change.applyTo(&user); err != nil {
		return User{}, fmt.Errorf("update profile: %w", err)
	}
	if err := s.store.UpdateProfile(ctx, user); err != nil {
		return User{}, fmt.Errorf("update profile: %w", err)
	}
	return user, nil
}

// SetRole changes what a user may do, from their next request on. It returns
// FieldErrors or ErrUnknownUser.
func (s *Service) SetRole(ctx context.Context, email string, role Role) error {
	if !role.Valid() {
		return fmt.Errorf("set role: %w", fault.FieldErrors{{Field: "role", Problem: `must be "user" or "admin"`}})
	}
	user, known, err := s.userOf(ctx, email)
	if err == nil && !known {
		err = ErrUnknownUser
	}
	if err == nil {
		err = s.store.UpdateRole(ctx, user.ID, role)
	}
	if err != nil {
		return fmt.Errorf("set role: %w", err)
	}
	return nil
}

// DeleteExpiredTokens removes the rows of tokens that no longer read as valid
// anyway; for a timer.
func (s *Service) DeleteExpiredTokens(ctx context.Context) error {
	before := timeline.InstantOf(s.now().Add(-clockLeeway)) // another replica's clock may be behind
	if err := s.store.DeleteExpiredTokens(ctx, before); err != nil {
		return fmt.Errorf("delete expired tokens: %w", err)
	}
	return nil
}

const maxUserID = 1<<53 - 1

// newUserID is random, so that an ID says nothing about how many users there are
// or who came first.
func newUserID() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails, as documented
	return 1 + int64(binary.BigEndian.Uint64(b[:])%maxUserID)
}

func validUserID(id int64) bool { return id >= 1 && id <= maxUserID }

// User returns the user with this ID, or ErrUnknownUser.
func (s *Service) User(ctx context.Context, id int64) (User, error) {
	user, err := s.store.UserByID(ctx, id)
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return user, nil
}
