package store

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func createToken(ctx context.Context, q *queries.Queries, t account.Token) (err error) {
	defer fault.Wrap(&err, "recording a token")
	return q.CreateToken(ctx, queries.CreateTokenParams{
		UserID: t.UserID, ID: t.ID, ExpiresAt: int64(t.ExpiresAt), DeviceID: t.DeviceID,
		StartedAt: int64(t.IssuedAt), Address: t.Address, Browser: t.Browser,
	})
}

// DeleteToken implements account.Store.
func (s *Store) DeleteToken(ctx context.Context, ref account.TokenRef) (err error) {
	defer fault.Wrap(&err, "deleting a token")
	return s.write.DeleteToken(ctx, queries.DeleteTokenParams{UserID: ref.UserID, ID: ref.ID})
}

// EndOtherLogins implements account.Store. The order is that of endLogins.
func (s *Store) EndOtherLogins(ctx context.Context, kept account.TokenRef) error {
	return s.writes(ctx, func(w writeTx) error {
		err := errors.Join(
			w.DeleteDevicesOf(ctx, kept.UserID),
			w.DeleteOtherTokens(ctx, queries.DeleteOtherTokensParams{UserID: kept.UserID, ID: kept.ID}),
			w.DeleteCeremoniesOf(ctx, kept.UserID),
		)
		return wrapped(err, "ending other logins")
	})
}

// DeleteExpiredTokens implements account.Store.
func (s *Store) DeleteExpiredTokens(ctx context.Context, before timeline.Instant) (err error) {
	defer fault.Wrap(&err, "deleting expired tokens")
	return s.write.DeleteExpiredTokens(ctx, int64(before))
}

func toLogin(r queries.LoginsRow) account.Login {
	return account.Login{
		ID: r.ID, StartedAt: timeline.Instant(r.StartedAt), ExpiresAt: timeline.Instant(r.ExpiresAt),
		Client: account.Client{Address: r.Address, Browser: r.Browser},
	}
}

// Logins implements account.Store.
func (s *Store) Logins(ctx context.Context, userID int64, at timeline.Instant, most int) (_ []account.Login, err error) {
	defer fault.Wrap(&err, "reading logins")
	rows, err := s.read.Logins(ctx, queries.LoginsParams{UserID: userID, At: int64(at), MaxRows: int32(most)})
	return each(rows, toLogin), err
}

// DeleteLogin implements account.Store.
func (s *Store) DeleteLogin(ctx context.Context, userID int64, id string) (account.Login, error) {
	row, err := s.write.DeleteLogin(ctx, queries.DeleteLoginParams{UserID: userID, ID: id})
	return toLogin(queries.LoginsRow(row)), found(err, account.ErrUnknownLogin, "ending a login")
}
