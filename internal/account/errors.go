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
	// ErrCSRF means that a CSRF token is missing, forged, expired, or not the one
	// of the cookie.
	ErrCSRF = fault.New(fault.Refused, "bad CSRF token: get a fresh one from /auth/csrf")
	// ErrCode means a wrong, used, or unreadable code: of an authenticator app or
	// for recovery. A caller must not learn which.
	ErrCode = fault.New(fault.Unauthenticated, "wrong or used code")
	// ErrPasskey means that what a browser answered is no proof of a passkey:
	// unreadable, late, of another ceremony, site or user, or signed wrongly.
	ErrPasskey = fault.New(fault.Refused, "the passkey was not accepted: try again")
	// ErrPasskeyCopied means that a passkey's counter did not advance: another
	// copy of it may be in use.
	ErrPasskeyCopied = fault.New(fault.Refused, "this passkey may have been copied: remove it and add a new one")
	// ErrNoPasskey means that the user has no passkey to prove.
	ErrNoPasskey = fault.New(fault.Refused, "there is no passkey to log in with")
)
