package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
)

// Breaches knows passwords that were in data leaks.
type Breaches interface {
	// Contains reports whether a normalised password was in a leak. An error means
	// that this could not be found out; it goes to the log, so it contains neither the
	// password nor any part of its hash.
	Contains(ctx context.Context, password string) (bool, error)
}

// newPassword normalises a password that u chooses, at registration or later. The problem
// completes a sentence that starts with "password", and never contains the password; ""
// means that the password is good.
func (s *Service) newPassword(ctx context.Context, u User, raw string) (chosen, problem string) {
	chosen, problem = password.Normalise(raw)
	if problem != "" {
		return "", problem
	}
	problem = s.policy.Problem(password.Person{Email: u.Email, FirstName: u.FirstName, LastName: u.LastName}, chosen)
	if problem == "" && s.breached(ctx, chosen) { // last: nothing is sent about a password that is refused anyway
		problem = "was in a data leak, so attackers try it first: choose another one"
	}
	return chosen, problem
}

// breached reports whether a password is known to have been in a leak. If that cannot be
// found out, the password is accepted, because it has passed the offline list.
func (s *Service) breached(ctx context.Context, normalised string) bool {
	if s.breaches == nil {
		return false
	}
	found, err := s.breaches.Contains(ctx, normalised)
	if err != nil {
		s.log.WarnContext(ctx, "a new password was checked against the offline list only", "error", err)
		return false
	}
	return found
}
