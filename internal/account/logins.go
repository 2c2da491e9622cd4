package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// mostLogins is how many logins are listed. All the others end with LogoutOthers.
const mostLogins = 100

// Login is a login that has not ended.
type Login struct {
	ID        string           // of its access token
	StartedAt timeline.Instant // 0 if a version of the program began it that did not keep this
	ExpiresAt timeline.Instant
	Client
}

// Logins returns the newest logins of a user, newest first.
func (s *Service) Logins(ctx context.Context, userID int64) (_ []Login, err error) {
	defer fault.Wrap(&err, "read logins")
	return s.store.Logins(ctx, userID, timeline.InstantOf(s.now()), mostLogins)
}

// EndLogin ends one login of the user who asks, from its next request on. It returns
// FieldErrors for a wrong password, fault.Throttled after several, ErrLogInAgain, or
// ErrUnknownLogin.
func (s *Service) EndLogin(ctx context.Context, id, password string, by By) (err error) {
	defer fault.Wrap(&err, "end a login")
	if err := s.reconfirm(ctx, password, by); err != nil {
		return err
	}
	ended, err := s.store.DeleteLogin(ctx, by.UserID, id)
	if err != nil {
		return err
	}
	s.Note(ctx, LoginEnded, by.UserID, by, ended.Browser)
	return nil
}
