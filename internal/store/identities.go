package store

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// UserOfIdentity implements account.Store.
func (s *Store) UserOfIdentity(ctx context.Context, issuer, subject string) (account.User, error) {
	return user(ctx, s.rows, "UserOfIdentity", issuer, subject)
}

// CreateUserWithIdentity implements account.Store.
func (s *Store) CreateUserWithIdentity(ctx context.Context, u account.User, id account.Identity) error {
	return s.writes(ctx, func(w writeTx) error {
		if err := s.createUser(ctx, w, u); err != nil {
			return err
		}
		return s.addIdentity(ctx, w.Queries, u.ID, id)
	})
}

// AddIdentity implements account.Store.
func (s *Store) AddIdentity(ctx context.Context, userID int64, passwordChangedAt timeline.Instant, id account.Identity) error {
	return s.writes(ctx, func(w writeTx) error {
		rows, err := w.HoldUser(ctx, queries.HoldUserParams{ID: userID, PasswordChangedAt: int64(passwordChangedAt)})
		if err := changed(rows, err, account.ErrUnknownUser, "holding a user"); err != nil {
			return err
		}
		return s.addIdentity(ctx, w.Queries, userID, id)
	})
}

// Identities implements account.Store.
func (s *Store) Identities(ctx context.Context, userID int64) (_ []account.Identity, err error) {
	defer fault.Wrap(&err, "reading identities")
	rows, err := s.read.Identities(ctx, userID)
	return each(rows, func(r queries.Identity) account.Identity {
		return account.Identity{Issuer: r.Issuer, Subject: r.Subject}
	}), err
}

// DeleteIdentities implements account.Store.
func (s *Store) DeleteIdentities(ctx context.Context, userID int64) error {
	rows, err := s.write.DeleteIdentities(ctx, userID)
	return changed(rows, err, account.ErrUnknownFactor, "deleting identities")
}

func (s *Store) addIdentity(ctx context.Context, q *queries.Queries, userID int64, id account.Identity) error {
	err := q.AddIdentity(ctx, queries.AddIdentityParams{Issuer: id.Issuer, Subject: id.Subject, UserID: userID})
	if err != nil && s.isTaken(err) {
		return account.ErrIdentityTaken
	}
	return wrapped(err, "connecting an identity")
}

func toCeremony(r queries.Ceremony) account.Ceremony {
	return account.Ceremony{ID: r.ID, Kind: r.Kind, UserID: r.UserID, Data: r.Data, ExpiresAt: timeline.Instant(r.ExpiresAt)}
}

// AddCeremony implements account.Store.
func (s *Store) AddCeremony(ctx context.Context, c account.Ceremony) (err error) {
	defer fault.Wrap(&err, "storing a ceremony")
	return s.write.AddCeremony(ctx, queries.AddCeremonyParams{
		ID: c.ID, Kind: c.Kind, UserID: c.UserID, Data: c.Data, ExpiresAt: int64(c.ExpiresAt),
	})
}

// Ceremony implements account.Store.
func (s *Store) Ceremony(ctx context.Context, id string) (account.Ceremony, error) {
	row, err := s.read.Ceremony(ctx, id)
	return toCeremony(row), found(err, account.ErrUnknownCeremony, "reading a ceremony")
}

// UseCeremony implements account.Store.
func (s *Store) UseCeremony(ctx context.Context, id string) (account.Ceremony, error) {
	var row queries.Ceremony
	err := s.writes(ctx, func(w writeTx) (err error) {
		row, err = w.UseCeremony(ctx, id)
		return found(err, account.ErrUnknownCeremony, "using a ceremony up")
	})
	return toCeremony(row), err
}

// DeleteCeremonies implements account.Store.
func (s *Store) DeleteCeremonies(ctx context.Context, before timeline.Instant) (err error) {
	defer fault.Wrap(&err, "deleting ceremonies")
	return s.write.DeleteCeremonies(ctx, int64(before))
}
