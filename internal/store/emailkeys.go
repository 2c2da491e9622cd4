package store

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
)

// keyIsFree returns account.ErrEmailTaken if a user has a key, or has it as their address.
// Without a key there is nothing that could be taken.
func keyIsFree(ctx context.Context, q *queries.Queries, key string) error {
	if key == "" {
		return nil
	}
	owners, err := q.CountKeyOwners(ctx, key)
	if err == nil && owners > 0 {
		return account.ErrEmailTaken
	}
	return wrapped(err, "looking for an e-mail key")
}

// OwnersWithoutKey implements emailkey.Store.
func (s *Store) OwnersWithoutKey(ctx context.Context, after int64, most int) (_ []emailkey.Owner, err error) {
	defer fault.Wrap(&err, "reading users without an e-mail key")
	rows, err := s.read.OwnersWithoutKey(ctx, queries.OwnersWithoutKeyParams{After: after, MaxRows: int32(most)})
	return each(rows, func(r queries.OwnersWithoutKeyRow) emailkey.Owner {
		return emailkey.Owner{UserID: r.ID, Email: r.Email}
	}), err
}

// keyRaces is how often SetEmailKeys tries, when others take the keys at the same moment.
const keyRaces = 3

// SetEmailKeys implements emailkey.Store.
func (s *Store) SetEmailKeys(ctx context.Context, owners []emailkey.Owner) (taken []int64, err error) {
	defer fault.Wrap(&err, "setting e-mail keys")
	for range keyRaces {
		taken = nil
		err = s.writes(ctx, func(w writeTx) (err error) {
			taken, err = setEmailKeys(ctx, w, owners)
			return err
		})
		if err == nil || !s.isTaken(err) {
			break
		}
	}
	return taken, err
}

func setEmailKeys(ctx context.Context, w writeTx, owners []emailkey.Owner) (taken []int64, err error) {
	for _, o := range owners {
		rows, err := w.SetEmailKey(ctx, queries.SetEmailKeyParams{Key: o.Key, UserID: o.UserID})
		if err != nil {
			return nil, fmt.Errorf("of user %d: %w", o.UserID, err)
		}
		if rows > 0 {
			continue
		}
		// Another replica may have set it, or the user may be gone.
		left, err := w.CountWithoutKey(ctx, o.UserID)
		if err != nil {
			return nil, fmt.Errorf("of user %d: %w", o.UserID, err)
		}
		if left > 0 {
			taken = append(taken, o.UserID)
		}
	}
	return taken, nil
}
