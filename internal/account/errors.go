package account

import "github.com/raterhub-tracker/raterhub-tracker/internal/fault"

// The failures that a caller can do something about. Bad input is a
// fault.FieldErrors.
var (
	// ErrUnknownUser means that no user has this ID or e-mail.
	ErrUnknownUser = fault.New(fault.NotFound, "no such user")
	// ErrEmailTaken means that another user has this e-mail.
	ErrEmailTaken = fault.New(fault.Conflict, "this e-mail address is registered already")
	// ErrBadCredentials means unknown e-mail, wrong password or disabled user: a
	// caller must not learn which.
	ErrBadCredentials = fault.New(fault.Unauthenticated, "wrong e-mail address or password")
	// ErrUnauthenticated means that a token is missing, malformed, forged,
	// expired, revoked, or of a user who is disabled or gone.
	ErrUnauthenticated = fault.New(fault.Unauthenticated, "log in first: the token is missing, expired or revoked")
	// ErrBusy means that too many passwords wait to be hashed already.
	ErrBusy = fault.New(fault.Unavailable, "too many logins at once: try again in a moment")
	// ErrCSRF means that a CSRF token is missing, forged, expired, or not the one
	// of the cookie.
	ErrCSRF = fault.New(fault.Refused, "bad CSRF token: get a fresh one from /auth/csrf")
)
