package account

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// fakeStore is a Store in memory that keeps the promises of the interface, for what
// concerns passwords, tokens and devices; the rest is tested on a real one.
type fakeStore struct {
	FactorStore
	IdentityStore
	AdminStore

	mu     sync.Mutex
	users  map[int64]User
	tokens map[TokenRef]Token
	old    map[int64][]string // hashes before the present one, newest first

	ceremonies map[string]Ceremony
	devices    map[string]Device // by ID
	events     []SecurityEvent
	lookups    [][]TokenRef // the refs of each UsersOfTokens, in order
	failure    error        // what every method returns, unless nil

	// beforeLookup and afterLookup run around what UsersOfTokens reads, without
	// the lock, so that a test can hold a query in flight.
	beforeLookup, afterLookup func(context.Context) error
}

func newFakeStore() *fakeStore {
	pass := func(context.Context) error { return nil }
	return &fakeStore{
		users:        map[int64]User{},
		tokens:       map[TokenRef]Token{},
		old:          map[int64][]string{},
		ceremonies:   map[string]Ceremony{},
		devices:      map[string]Device{},
		beforeLookup: pass,
		afterLookup:  pass,
	}
}

func (f *fakeStore) CreateUser(_ context.Context, u User) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failure != nil {
		return f.failure
	}
	for _, other := range f.users {
		if other.Email == u.Email {
			return ErrEmailTaken
		}
	}
	f.users[u.ID] = u
	return nil
}

func (f *fakeStore) UserByEmail(_ context.Context, email string) (User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failure != nil {
		return User{}, f.failure
	}
	for _, u := range f.users {
		if u.Email == email {
			return u, nil
		}
	}
	return User{}, ErrUnknownUser
}

func (f *fakeStore) UserByID(_ context.Context, id int64) (user User, err error) {
	err = f.update(id, func(u *User) { user = *u })
	return user, err
}

func (f *fakeStore) UpdateProfile(_ context.Context, id int64, c ProfileChange) (user User, err error) {
	err = f.update(id, func(u *User) {
		if c.FirstName != nil {
			u.FirstName = *c.FirstName
		}
		if c.Timezone != nil {
			u.Timezone = *c.Timezone
		}
		user = *u
	})
	return user, err
}

func (f *fakeStore) UpdateRole(_ context.Context, userID int64, role Role) error {
	return f.update(userID, func(u *User) { u.Role = role })
}

func (f *fakeStore) UpgradePasswordHash(_ context.Context, userID int64, from, to string) error {
	return f.update(userID, func(u *User) {
		if u.PasswordHash == from {
			u.PasswordHash = to
		}
	})
}

func (f *fakeStore) UpdateActive(_ context.Context, userID int64, active bool) error {
	return f.update(userID, func(u *User) {
		u.Active = active
		if !active {
			f.endLogins(userID)
		}
	})
}

func (f *fakeStore) ReplacePassword(_ context.Context, r PasswordReplacement) error {
	changed := false
	err := f.update(r.UserID, func(u *User) {
		if changed = u.PasswordHash == r.From; !changed {
			return
		}
		u.PasswordHash, u.PasswordChangedAt = r.To, r.At
		f.old[u.ID] = append([]string{r.From}, f.old[u.ID]...)
		f.old[u.ID] = f.old[u.ID][:min(r.Remember, len(f.old[u.ID]))]
		f.endLogins(u.ID)
		if r.Token != nil {
			f.tokens[r.Token.Key()] = *r.Token
		}
	})
	if err == nil && !changed {
		err = ErrPasswordChanged
	}
	return err
}

// endLogins holds mu.
func (f *fakeStore) endLogins(userID int64) {
	maps.DeleteFunc(f.tokens, func(ref TokenRef, _ Token) bool { return ref.UserID == userID })
	maps.DeleteFunc(f.ceremonies, func(_ string, c Ceremony) bool { return c.UserID == userID })
	maps.DeleteFunc(f.devices, func(_ string, d Device) bool { return d.UserID == userID })
}

func (f *fakeStore) OldPasswords(_ context.Context, userID int64, most int) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.old[userID][:min(most, len(f.old[userID]))]), f.failure
}

func (f *fakeStore) RecordLogin(_ context.Context, t Token, passwordChangedAt, at timeline.Instant) error {
	stale := false
	err := f.update(t.UserID, func(u *User) {
		if stale = !u.Active || u.PasswordChangedAt != passwordChangedAt; stale {
			return
		}
		u.LastLoginAt = at
		f.tokens[t.Key()] = t
	})
	if err == nil && stale {
		err = ErrUnknownUser
	}
	return err
}

func (f *fakeStore) Factors(context.Context, int64) (Factors, error) { return Factors{}, nil }

func (f *fakeStore) AddSecurityEvent(_ context.Context, e SecurityEvent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	return f.failure
}

func (f *fakeStore) SecurityEvents(_ context.Context, userID int64, most int) ([]SecurityEvent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var newest []SecurityEvent
	for _, e := range slices.Backward(f.events) {
		if e.UserID == userID && len(newest) < most {
			newest = append(newest, e)
		}
	}
	return newest, f.failure
}

func (f *fakeStore) DeleteSecurityEvents(_ context.Context, before, _ timeline.Instant) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = slices.DeleteFunc(f.events, func(e SecurityEvent) bool { return e.At < before })
	return f.failure
}

func (f *fakeStore) DeleteToken(_ context.Context, ref TokenRef) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tokens, ref.Key())
	return f.failure
}

func (f *fakeStore) EndOtherLogins(_ context.Context, kept TokenRef) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.devices, func(_ string, d Device) bool { return d.UserID == kept.UserID })
	for ref := range f.tokens {
		if ref.UserID == kept.UserID && ref != kept {
			delete(f.tokens, ref)
		}
	}
	return f.failure
}

func (f *fakeStore) DeleteExpiredTokens(_ context.Context, before timeline.Instant) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ref, t := range f.tokens {
		if t.ExpiresAt < before {
			delete(f.tokens, ref)
		}
	}
	return f.failure
}

func (f *fakeStore) UsersOfTokens(ctx context.Context, refs []TokenRef) (map[TokenRef]User, error) {
	if err := f.beforeLookup(ctx); err != nil {
		return nil, err
	}
	users := f.read(refs)
	if err := f.afterLookup(ctx); err != nil {
		return nil, err
	}
	return users, nil
}

func (f *fakeStore) read(refs []TokenRef) map[TokenRef]User {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lookups = append(f.lookups, refs)
	users := make(map[TokenRef]User, len(refs))
	for _, ref := range refs {
		if _, ok := f.tokens[ref]; ok {
			users[ref] = f.users[ref.UserID]
		}
	}
	return users
}

func (f *fakeStore) update(id int64, change func(*User)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failure != nil {
		return f.failure
	}
	u, ok := f.users[id]
	if !ok {
		return ErrUnknownUser
	}
	change(&u)
	f.users[id] = u
	return nil
}

// clock is a time that only the test moves.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 12, 0, 0, 123_456_000, time.UTC)} }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func mustKeys(t testing.TB, current, previous string) *token.Keys {
	t.Helper()
	keys, err := token.NewKeys(current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// newTestService is a Service on a store and a clock that the test holds.
func newTestService(t testing.TB) (*Service, *fakeStore, *clock) {
	t.Helper()
	store, clock := newFakeStore(), newClock()
	service, err := New(Options{
		Store: store, Keys: mustKeys(t, "secret", ""), Now: clock.now,
		Pool: password.NewPool(2), Composition: true,
		Counters: limit.NewMemory(clock.now), Log: slog.New(slog.DiscardHandler),
		Passkeys: PasskeyOptions{RPID: "localhost", RPName: "test", Origins: []string{"http://localhost"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return service, store, clock
}
