package account_test

import (
	"context"
	"slices"
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// heldStore wraps the real store, so that a test can make it fail, hold its calls, and see
// which ones were made.
type heldStore struct {
	*store.Store

	mu      sync.Mutex
	failure error // of the methods below, unless nil
	events  []account.SecurityEvent
	lookups [][]account.TokenRef // the refs of each UsersOfTokens, in order

	// Each is called by the method of its name, unless nil. An error that it returns is
	// the method's.
	beforeLookup, afterLookup   func(context.Context) error // around the query of UsersOfTokens
	beforeFactors, beforeRecord func() error
}

func newHeldStore(db *store.Store) *heldStore { return &heldStore{Store: db} }

// fail makes the store fail from now on, or work again.
func (s *heldStore) fail(failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = failure
}

func (s *heldStore) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// noted returns the entries of the security log in the order in which they were added.
// Their times may be equal.
func (s *heldStore) noted() []account.SecurityEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// queried returns the refs of each query of tokens.
func (s *heldStore) queried() [][]account.TokenRef {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lookups)
}

func (s *heldStore) CreateUser(ctx context.Context, u account.User) error {
	if err := s.failed(); err != nil {
		return err
	}
	return s.Store.CreateUser(ctx, u)
}

func (s *heldStore) UserByEmail(ctx context.Context, email, key string) (account.User, error) {
	if err := s.failed(); err != nil {
		return account.User{}, err
	}
	return s.Store.UserByEmail(ctx, email, key)
}

func (s *heldStore) UpdateProfile(ctx context.Context, userID int64, c account.ProfileChange) (account.User, error) {
	if err := s.failed(); err != nil {
		return account.User{}, err
	}
	return s.Store.UpdateProfile(ctx, userID, c)
}

func (s *heldStore) DeleteToken(ctx context.Context, ref account.TokenRef) error {
	if err := s.failed(); err != nil {
		return err
	}
	return s.Store.DeleteToken(ctx, ref)
}

func (s *heldStore) DeleteExpiredTokens(ctx context.Context, before timeline.Instant) error {
	if err := s.failed(); err != nil {
		return err
	}
	return s.Store.DeleteExpiredTokens(ctx, before)
}

func (s *heldStore) Factors(ctx context.Context, userID int64) (account.Factors, error) {
	if s.beforeFactors != nil {
		if err := s.beforeFactors(); err != nil {
			return account.Factors{}, err
		}
	}
	return s.Store.Factors(ctx, userID)
}

func (s *heldStore) RecordLogin(ctx context.Context, t account.Token, passwordChangedAt, at timeline.Instant) error {
	if s.beforeRecord != nil {
		if err := s.beforeRecord(); err != nil {
			return err
		}
	}
	return s.Store.RecordLogin(ctx, t, passwordChangedAt, at)
}

func (s *heldStore) AddSecurityEvent(ctx context.Context, e account.SecurityEvent) error {
	s.mu.Lock()
	s.events = append(s.events, e)
	s.mu.Unlock()
	if err := s.failed(); err != nil {
		return err
	}
	return s.Store.AddSecurityEvent(ctx, e)
}

func (s *heldStore) UsersOfTokens(ctx context.Context, refs []account.TokenRef) (map[account.TokenRef]account.User, error) {
	if err := s.failed(); err != nil {
		return nil, err
	}
	if s.beforeLookup != nil {
		if err := s.beforeLookup(ctx); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.lookups = append(s.lookups, refs)
	s.mu.Unlock()
	users, err := s.Store.UsersOfTokens(ctx, refs)
	if err == nil && s.afterLookup != nil {
		err = s.afterLookup(ctx)
	}
	if err != nil {
		return nil, err
	}
	return users, nil
}
