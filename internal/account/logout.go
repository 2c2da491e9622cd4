package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Logout revokes a token. It returns nil for one that is already revoked.
func (s *Service) Logout(ctx context.Context, ref TokenRef, address string) (err error) {
	defer fault.Wrap(&err, "log out")
	if err := s.store.DeleteToken(ctx, ref); err != nil {
		return err
	}
	s.Note(ctx, LoggedOut, ref.UserID, By{UserID: ref.UserID, Address: address}, "")
	return nil
}

// LogoutOthers ends all logins of a user except that of this token, the logins under
// way, and the user's devices: somebody who fears a thief should not have to think of
// each way in. It returns the errors of Confirm.
func (s *Service) LogoutOthers(ctx context.Context, ref TokenRef, password string, by By) (err error) {
	defer fault.Wrap(&err, "log out everywhere else")
	if err := s.reconfirm(ctx, password, by); err != nil {
		return err
	}
	if err := s.store.EndOtherLogins(ctx, ref); err != nil {
		return err
	}
	s.Note(ctx, LoggedOutOthers, ref.UserID, by, "")
	return nil
}
