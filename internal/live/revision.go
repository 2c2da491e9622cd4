package tracker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// revised is how many of the newest sessions a revision covers besides the active one.
const revised = 10

// Revision is a text that changes with the log of a user's active session and of their
// newest ones: a cheap look at whether there is something new. A correction of an older
// session leaves it as it is.
func (t *Tracker) Revision(ctx context.Context, userID int64) (string, error) {
	sessions, err := t.store.RecentSessions(ctx, userID, revised)
	if err != nil {
		return "", err
	}
	active, err := t.store.ActiveSession(ctx, userID)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return "", err
	}
	sum := sha256.New()
	for _, s := range append(sessions, active) {
		_, _ = fmt.Fprintf(sum, "%s %d\n", s.ID, s.Version) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
