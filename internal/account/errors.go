package account

import (
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/passkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// The failures that a caller can do something about. Bad input is a fault.FieldErrors.
var (
	// ErrUnknownUser is returned when no user has this ID or e-mail.
	ErrUnknownUser = fault.New(fault.NotFound, "no such user")
	// ErrEmailTaken is returned when another user has this e-mail.
	ErrEmailTaken = fault.New(fault.Conflict, "this e-mail address is registered already")
	// ErrBadCredentials is returned for an unknown e-mail, a wrong password, an account
	// that must wait after failures, and a disabled user: a caller must not learn which.
	ErrBadCredentials = fault.New(fault.Unauthenticated, "wrong e-mail address or password; after several tries, wait 15 minutes")
	// ErrNoPassword is returned when a user logs in with an identity provider only.
	ErrNoPassword = fault.New(fault.Refused, "this account has no password: log in with the identity provider")
	// ErrLogInAgain is returned when a user without a password must show again who they
	// are.
	ErrLogInAgain = fault.New(fault.Refused, "this account has no password: log out, log in again at the identity provider, and repeat this within ten minutes")
	// ErrLastAdmin is returned when nobody else is an admin who may log in.
	ErrLastAdmin = fault.New(fault.Refused, "this is the last admin: make somebody else an admin first")
	// ErrOwnAccount is returned when an admin would lose the right to undo the change.
	ErrOwnAccount = fault.New(fault.Refused, "this is your own account: only another admin can do this")
	// ErrPasswordChanged is returned when another change of the password came first.
	ErrPasswordChanged = fault.New(fault.Conflict, "the password was changed in the meantime: log in again")
	// ErrUnknownCeremony is returned when no login or registration waits under this
	// name, or no longer.
	ErrUnknownCeremony = ceremony.ErrUnknown
	// ErrFactorExists is returned when the user already has the second factor.
	ErrFactorExists = fault.New(fault.Conflict, "this second factor is already set up")
	// ErrUnknownFactor is returned when the user has no such second factor.
	ErrUnknownFactor = fault.New(fault.NotFound, "no such second factor")
	// ErrTooManyPasskeys is returned when the user already has the most passkeys allowed.
	ErrTooManyPasskeys = fault.New(fault.Refused, "you have 20 passkeys, the maximum: remove one first")
	// ErrNoPasskeys is returned when browsers allow no passkeys at the server's address.
	ErrNoPasskeys = fault.New(fault.Refused, "this server cannot use passkeys: its PUBLIC_URL must have a host name")
	// ErrIdentityTaken is returned when the provider's user is already connected to an
	// account.
	ErrIdentityTaken = fault.New(fault.Conflict, "this identity is already connected to an account")
	// ErrNoProvider is returned when no identity provider is set.
	ErrNoProvider = fault.New(fault.NotFound, "this server has no identity provider")
	// ErrEmailNotVerified is returned when the provider does not vouch for an e-mail
	// address.
	ErrEmailNotVerified = fault.New(fault.Refused, "the identity provider has not verified your e-mail address")
	// ErrConnectFirst is returned when an account has the identity's e-mail but is not
	// connected to the identity.
	ErrConnectFirst = fault.New(fault.Conflict, "an account with this e-mail address exists: log in with its password, then connect the identity provider")
	// ErrDeviceCredential is returned for a pairing code or a refresh token that is wrong,
	// used, expired, or of a device that has ended: a caller must not learn which.
	ErrDeviceCredential = fault.New(fault.Unauthenticated, "the code or token is wrong, used or too old: connect the widget again")
	// ErrRefreshReused is returned by a Store for a refresh token that was used up: see
	// token.RefreshTokens.
	ErrRefreshReused = errors.New("the refresh token was already used")
	// ErrUnknownDevice is returned when the user has no such device.
	ErrUnknownDevice = fault.New(fault.NotFound, "no such device")
	// ErrUnknownLogin is returned when the user has no such login, or no longer.
	ErrUnknownLogin = fault.New(fault.NotFound, "no such login: it has ended already")
	// ErrTooManyDevices is returned when the user already has the most devices allowed.
	ErrTooManyDevices = fault.New(fault.Refused, "you have 20 devices, the maximum: disconnect one first")
	// ErrDisabled is returned when an account may not log in. Only somebody who has shown
	// that the account is theirs is told so.
	ErrDisabled = fault.New(fault.Forbidden, "this account is disabled")
	// ErrUnauthenticated is returned for an access token that is missing, malformed,
	// forged, expired, revoked, or of a user who is disabled or gone.
	ErrUnauthenticated = fault.New(fault.Unauthenticated, "log in first: the token is missing, expired or revoked")
	// ErrCode is returned for an authenticator or recovery code that is wrong, used, or
	// unreadable. A caller must not learn which.
	ErrCode = fault.New(fault.Unauthenticated, "the code is wrong or was used before")
	// ErrPasskey, ErrPasskeyCopied and ErrNoPasskey are returned for passkeys that prove
	// nothing.
	ErrPasskey       = passkey.ErrRefused
	ErrPasskeyCopied = passkey.ErrCopied
	ErrNoPasskey     = passkey.ErrNone
)
