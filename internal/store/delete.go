package store

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// userTables are the tables with rows of one user, by their column user_id. A new table
// needs a line here; TestEveryTableOfUsersIsDeleted says so.
func userTables() []string {
	return []string{
		"sessions", "events", "questions",
		"tokens", "ceremonies", "identities", "devices",
		"password_history", "totp", "recovery_codes", "passkeys",
		"security_log",
	}
}

// longTables are those of userTables in which one user may have a million rows, with
// what tells the rows of a user apart. Sessions come last: while one is there, a
// repeated press of it finds what it belongs to.
func longTables() []struct{ name, key string } {
	return []struct{ name, key string }{
		{"security_log", "at, id"}, {"questions", "started_at, id"}, {"events", "id"}, {"sessions", "id"},
	}
}

// deletedAtOnce is how many rows one transaction deletes: others wait no longer for it
// than for a group of presses.
const deletedAtOnce = 2000

// DeleteSome implements account.Store. It has done its part when little is left, which
// EndDeletion takes: to wait for nothing would be to wait for who goes on pressing.
func (s *Store) DeleteSome(ctx context.Context, userID int64) (more bool, _ error) {
	for _, table := range longTables() {
		// user_id leads every one of these keys: both sides are ranges of an index.
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
// The user's row goes first, and its sessions by their foreign key: that waits for the
// presses that are being written, and those that come later find no user to write for.
// Each statement after it sees what they wrote (PostgreSQL's READ COMMITTED).
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
