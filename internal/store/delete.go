package store

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// userTables are the tables that have a column user_id, except users. A new one needs a
// line here; TestEveryTableOfUsersIsDeleted finds those that are missing.
func userTables() []string {
	return []string{
		"sessions", "events", "questions",
		"tokens", "ceremonies", "identities", "devices",
		"password_history", "totp", "recovery_codes", "passkeys",
		"security_log",
	}
}

// longTables are those of userTables in which one user may have a million rows, with
// the columns that tell a user's rows apart. Sessions come last: while a session exists,
// a repeated press finds it.
func longTables() []struct{ name, key string } {
	return []struct{ name, key string }{
		{"security_log", "at, id"}, {"questions", "started_at, id"}, {"events", "id"}, {"sessions", "id"},
	}
}

// deletedAtOnce is how many rows one transaction deletes. Presses wait for it about as
// long as for a group of presses.
const deletedAtOnce = 2000

// DeleteSome implements account.Store. It returns false when so little is left that
// EndDeletion can delete it. It does not wait until nothing is left, because the user may
// go on pressing.
func (s *Store) DeleteSome(ctx context.Context, userID int64) (more bool, _ error) {
	for _, table := range longTables() {
		// user_id is the first column of each of these keys, so both sides read an index.
		rows, err := s.exec(ctx, fmt.Sprintf(
			`DELETE FROM %[1]s WHERE user_id = $1 AND (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE user_id = $2 LIMIT $3)`, table.name, table.key,
		), userID, userID, deletedAtOnce)
		if err != nil {
			return false, fmt.Errorf("deleting from %s: %w", table.name, err)
		}
		if rows == deletedAtOnce {
			return true, nil
		}
	}
	return false, nil
}

// EndDeletion implements account.Store.
//
// It deletes the user's row first, and with it the sessions, which refer to it. On
// PostgreSQL that waits for the presses that are being written, and later presses fail
// because their user is gone. The statements after it see what those presses wrote,
// because the transaction is READ COMMITTED.
func (s *Store) EndDeletion(ctx context.Context, d account.Deletion, last account.SecurityEvent) error {
	return s.withAdminsHeld(ctx, func(w writeTx) error {
		if err := w.DeleteUser(ctx, d.UserID); err != nil {
			return fmt.Errorf("deleting a user: %w", err)
		}
		for _, table := range userTables() {
			if _, err := w.tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE user_id = $1`, d.UserID); err != nil { //nolint:gosec // our own names
				return fmt.Errorf("deleting from %s: %w", table, err)
			}
		}
		if err := w.ForgetActor(ctx, d.UserID); err != nil {
			return fmt.Errorf("forgetting addresses: %w", err)
		}
		return wrapped(w.AddSecurityEvent(ctx, securityEventColumns(last)), "adding to the security log")
	})
}
