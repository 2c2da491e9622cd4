package store

import (
	"context"
	"errors"
)

// refusedUsers is the error of the tables when they refuse what waits of some users, or of one
// among them.
type refusedUsers struct {
	users []int64
	err   error
}

func (e *refusedUsers) Error() string { return "what waits in the journal: " + e.err.Error() }

func (e *refusedUsers) Unwrap() error { return e.err }

func isRefused(err error) bool {
	_, is := errors.AsType[*refusedUsers](err)
	return is
}

// setAside looks for the users because of whom the tables have refused what waits, and sets them
// aside, so that only they are kept from pressing and reading. It returns false if there are no
// new ones. The caller holds the journal.
func (db *sqliteDB) setAside(ctx context.Context, err error) (found bool) {
	refused, is := errors.AsType[*refusedUsers](err)
	if !is {
		return false
	}
	for _, id := range refused.users {
		if len(refused.users) > 1 {
			err = db.unsynced(ctx, func(t *sqliteTx) error { return t.settle(ctx, []int64{id}) })
		}
		if isRefused(err) && db.waiting.SetAside(id) {
			found = true
		}
	}
	return found
}
