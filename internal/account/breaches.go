package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
)

// Breaches knows passwords that were in data leaks.
type Breaches interface {
	// Contains reports whether a normalised password was in a leak. An error
	// means that it could not be found out; it goes to the log, so it names
	// neither the password nor any part of its hash.
	Contains(ctx context.Context, password string) (bool, error)
}

// newPassword normalises a password that u chooses, whether they register or
// change it. The problem completes a sentence that starts with "password" and
// never repeats it; "" means that it is good.
func (s *Service) newPassword(ctx context.Context, u User, raw string) (chosen, problem string) {
	chosen, problem = password.Normalise(raw)
	if problem != "" {
		return "", problem
	}
	problem = s.policy.Problem(password.Person{Email: u.Email, FirstName: u.FirstName, LastName: u.LastName}, chosen)
	if problem == "" && s.breached(ctx, chosen) { // last: nothing leaves for a password that is refused anyway
		problem = "was in a data leak, so it is among the first to be guessed: choose another one"
	}
	return chosen, problem
}

// breached reports whether password is known to have been in a leak. When that
// cannot be found out the offline list, which it has passed, decides alone.
func (s *Service) breached(ctx context.Context, password string) bool {
	if s.breaches == nil {
		return false
	}
	found, err := s.breaches.Contains(ctx, password)
	if err != nil {
		s.log.WarnContext(ctx, "a new password was checked against the offline list only", "error", err)
		return false
	}
	return found
}
