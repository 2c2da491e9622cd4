package storetest

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// LastAdmin removes both admins of an empty database at once, each in one of the possible
// ways, through stores that share the database. One of them must stay.
func LastAdmin(t *testing.T, stores ...Store) {
	s := &suite{Store: stores[0]}
	ways := []func(store Store, id int64) error{
		func(store Store, id int64) error { return store.UpdateRole(t.Context(), id, account.RoleUser) },
		func(store Store, id int64) error { return store.UpdateActive(t.Context(), id, false) },
		func(store Store, id int64) error { return store.BeginDeletion(t.Context(), id, 1, second(1)) },
	}
	admins := []account.User{s.newUser(t), s.newUser(t)}
	for round := range 12 {
		told := atOnce(2, func(i int) error {
			return ways[(round/(1+2*i))%len(ways)](stores[i%len(stores)], admins[i].ID)
		})
		kept := -1
		for i, err := range told {
			if errors.Is(err, account.ErrLastAdmin) {
				kept = i
			} else {
				done(t, err)
			}
		}
		if kept < 0 || told[1-kept] != nil {
			t.Fatalf("round %d: told %v, want one ErrLastAdmin", round, told)
		}
		for _, way := range ways {
			refused(t, "the last one", way(stores[0], admins[kept].ID), account.ErrLastAdmin)
		}
		admins = []account.User{admins[kept], s.newUser(t)}
	}
}
