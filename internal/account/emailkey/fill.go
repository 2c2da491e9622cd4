package emailkey

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Owner is a user and the key of their e-mail address.
type Owner struct {
	UserID int64
	Email  string
	Key    string
}

// Store is what Fill needs of a store.
type Store interface {
	// OwnersWithoutKey returns the users without a key with larger IDs than after, in the
	// order of the IDs, at most that many.
	OwnersWithoutKey(ctx context.Context, after int64, most int) ([]Owner, error)

	// SetEmailKeys gives users their keys, in one transaction. It returns the IDs of those
	// who still have none, because another user has the key, or has it as their address.
	SetEmailKeys(ctx context.Context, owners []Owner) (taken []int64, err error)
}

// filledAtOnce is how many users get their keys in one transaction. Others who write wait
// for it about as long as for a group of presses.
const filledAtOnce = 100

// Fill gives a key to every user who has none because an earlier version stored them, also
// while that version serves beside this one. It may be interrupted and called again. It
// returns the users whose key another user has. They stay without one: both log in with the
// addresses that they have.
func Fill(ctx context.Context, store Store) (taken []int64, err error) {
	defer fault.Wrap(&err, "give users the keys of their e-mail addresses")
	for after := int64(0); ; {
		owners, err := store.OwnersWithoutKey(ctx, after, filledAtOnce)
		if err != nil || len(owners) == 0 {
			return taken, err
		}
		for i := range owners {
			owners[i].Key = Of(owners[i].Email)
		}
		refused, err := store.SetEmailKeys(ctx, owners)
		if err != nil {
			return taken, err
		}
		taken = append(taken, refused...)
		after = owners[len(owners)-1].UserID
	}
}
