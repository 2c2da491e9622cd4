package account

import (
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// The failures that a caller can do something about. Bad input is a
// fault.FieldErrors.
var (
	// ErrUnknownUser means that no user has this ID or e-mail.
	ErrUnknownUser = fault.New(fault.NotFound, "no such user")
	// ErrEmailTaken means that another user has this e-mail.
	ErrEmailTaken = fault.New(fault.Conflict, "this e-mail address is registered already")
	// ErrBadCredentials means unknown e-mail, wrong password, an account that must wait
	// after failures, or a disabled user: a caller must not learn which.
	ErrBadCredentials = fault.New(fault.Unauthenticated, "wrong e-mail address or password; after several tries, wait 15 minutes")
	// ErrNoPassword means that a user logs in with an identity provider only.
	ErrNoPassword = fault.New(fault.Refused, "this account has no password: it logs in with the identity provider")
	// ErrLogInAgain means that a user without a password must show who they are anew.
	ErrLogInAgain = fault.New(fault.Refused, "this account has no password: log out, log in at the identity provider, and do this within ten minutes")
	// ErrLastAdmin means that nobody else is an admin who may log in.
	ErrLastAdmin = fault.New(fault.Refused, "this is the last admin: make somebody else an admin first")
	// ErrOwnAccount means that an admin would take away what they need to take it back.
	ErrOwnAccount = fault.New(fault.Refused, "this is your own account: another admin can do that")
	// ErrPasswordChanged means that somebody else was first.
	ErrPasswordChanged = fault.New(fault.Conflict, "the password was changed meanwhile: log in again")
	// ErrUnknownCeremony means that no login or registration waits under this name, or
	// no longer.
	ErrUnknownCeremony = fault.New(fault.Refused, "this took too long, or was done before: start again")
	// ErrFactorExists means that a second factor is there already.
	ErrFactorExists = fault.New(fault.Conflict, "this second factor is set up already")
	// ErrUnknownFactor means that the user has no such second factor.
	ErrUnknownFactor = fault.New(fault.NotFound, "no such second factor")
	// ErrTooManyPasskeys means that the user has as many as one may have.
	ErrTooManyPasskeys = fault.New(fault.Refused, "there are 20 passkeys: remove one first")
	// ErrNoPasskeys means that the server's address cannot have any.
	ErrNoPasskeys = fault.New(fault.Refused, "this server has no passkeys: they need a PUBLIC_URL with the name of a host")
	// ErrIdentityTaken means that the provider's user is connected to an account.
	ErrIdentityTaken = fault.New(fault.Conflict, "this identity is connected to an account already")
	// ErrNoProvider means that no identity provider is set.
	ErrNoProvider = fault.New(fault.NotFound, "this server has no identity provider")
	// ErrEmailNotVerified means that the provider does not vouch for an e-mail address.
	ErrEmailNotVerified = fault.New(fault.Refused, "the identity provider does not say that your e-mail address is yours")
	// ErrConnectFirst means that an account has the identity's e-mail and is not connected.
	ErrConnectFirst = fault.New(fault.Conflict, "an account with this e-mail address exists: log in with its password, then connect the identity provider")
	// ErrDeviceCredential means that a pairing code or a refresh token is wrong, used,
	// past, or of a device that has ended: a caller must not learn which.
	ErrDeviceCredential = fault.New(fault.Unauthenticated, "this is wrong, used or too old: connect the widget again")
	// ErrRefreshReused means that a refresh token was used up: see token.RefreshTokens.
	ErrRefreshReused = errors.New("the refresh token was used up")
	// ErrUnknownDevice means that the user has no such device.
	ErrUnknownDevice = fault.New(fault.NotFound, "no such device")
	// ErrTooManyDevices means that the user has as many as one may have.
	ErrTooManyDevices = fault.New(fault.Refused, "there are 20 connected devices: disconnect one first")
	// ErrDisabled means that an account may not log in. Only who has shown that it is
	// theirs is told.
	ErrDisabled = fault.New(fault.Forbidden, "this account is disabled")
	// ErrUnauthenticated means that a token is missing, malformed, forged,
	// expired, revoked, or of a user who is disabled or gone.
	ErrUnauthenticated = fault.New(fault.Unauthenticated, "log in first: the token is missing, expired or revoked")
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
