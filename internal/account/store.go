package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/invitation"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// TokenRef names an access token.
type TokenRef = token.Ref

// Ceremony is a login or registration of several steps that waits for its next one.
type Ceremony = ceremony.Ceremony

// Token is an access token that was issued and not revoked.
type Token struct {
	TokenRef
	ExpiresAt timeline.Instant
	Client    // of a login
}

// Store keeps users, what they log in with, and the security log. Every string that it
// is given is valid UTF-8 without NUL. Methods may return other errors than the named
// ones, which mean that the store failed.
type Store interface {
	UserStore
	FactorStore
	IdentityStore
	ceremony.Store
	invitation.Store
	DeviceStore
	AdminStore

	// AddSecurityEvent adds an entry to the security log.
	AddSecurityEvent(ctx context.Context, e SecurityEvent) error

	// SecurityEvents returns a user's newest events, at most that many, newest first.
	SecurityEvents(ctx context.Context, userID int64, most int) ([]SecurityEvent, error)

	// DeleteSecurityEvents removes the events before an instant, and those of no user
	// before another.
	DeleteSecurityEvents(ctx context.Context, before, strangersBefore timeline.Instant) error
}

// UserStore keeps users, their passwords, and the list of valid tokens.
type UserStore interface {
	// CreateUser adds u with every field as given. It returns ErrEmailTaken if
	// another user has the e-mail or the key, or has the key as their e-mail.
	CreateUser(ctx context.Context, u User) error

	// CreateInvitedUser does what CreateUser does, and uses the invitation with this ID up,
	// in one transaction: of concurrent calls one succeeds, and if the user cannot be added,
	// the invitation stays. It returns ErrInvitation if there is none that is valid at an
	// instant. It returns ErrHasAdmin if the invitation makes an admin and there is an
	// active one; otherwise no other such invitation is left.
	CreateInvitedUser(ctx context.Context, u User, invitation string, at timeline.Instant) error

	// UserByEmail returns the user with this normalised e-mail, or else with its key, or
	// ErrUnknownUser.
	UserByEmail(ctx context.Context, email, key string) (User, error)

	// UserByID returns the user with this ID, or ErrUnknownUser.
	UserByID(ctx context.Context, id int64) (User, error)

	// UpdateProfile stores what c names, and nothing else, and returns the user as
	// stored, or ErrUnknownUser. Two changes of different fields at once both stay.
	UpdateProfile(ctx context.Context, userID int64, c ProfileChange) (User, error)

	// UpdateRole sets the role. The open invitations of a user who is no admin any more end. It returns ErrUnknownUser, or ErrLastAdmin if nobody else
	// is an active admin. Concurrent calls count each other: of two admins who demote each
	// other at once, one stays.
	UpdateRole(ctx context.Context, userID int64, role Role) error

	// UpgradePasswordHash replaces the hash from by to, a hash of the same password by
	// today's parameters. It does nothing if the user's hash is no longer from, because
	// another login or a password change came first.
	UpgradePasswordHash(ctx context.Context, userID int64, from, to string) error

	// UpdateActive sets whether the user is active, or returns ErrUnknownUser, or
	// ErrLastAdmin as UpdateRole does. A user who is not active has no valid token, no
	// ceremony, no device and no open invitation afterwards.
	UpdateActive(ctx context.Context, userID int64, active bool) error

	// ReplacePassword replaces the user's hash From by To, keeps From among the old
	// hashes, and removes all ceremonies, devices and valid tokens except r.Token, in one
	// transaction. It returns ErrPasswordChanged if the user's hash is not From.
	ReplacePassword(ctx context.Context, r PasswordReplacement) error

	// OldPasswords returns the hashes before the present one, newest first, at most that
	// many.
	OldPasswords(ctx context.Context, userID int64, most int) ([]string, error)

	// RecordLogin adds t to the valid tokens and sets its user's last login to at, in
	// one transaction. It returns ErrUnknownUser unless the user exists, is active, and
	// still has the password of passwordChangedAt, which was verified.
	RecordLogin(ctx context.Context, t Token, passwordChangedAt, at timeline.Instant) error

	// Logins returns the logins of a user that are valid at an instant, newest first, at
	// most that many.
	Logins(ctx context.Context, userID int64, at timeline.Instant, most int) ([]Login, error)

	// DeleteLogin revokes the token of a login and returns the login as it was, or
	// returns ErrUnknownLogin. A device's token is no login.
	DeleteLogin(ctx context.Context, userID int64, id string) (Login, error)

	// DeleteToken revokes a token. It returns nil for one that does not exist.
	DeleteToken(ctx context.Context, ref TokenRef) error

	// EndOtherLogins revokes all tokens of a user except this one, and removes their
	// devices and ceremonies, in one transaction.
	EndOtherLogins(ctx context.Context, kept TokenRef) error

	// DeleteExpiredTokens removes the tokens that expired before this instant.
	DeleteExpiredTokens(ctx context.Context, before timeline.Instant) error

	// UsersOfTokens returns, in one query, the user of each of refs that exists,
	// whether the user is active or not and whether or not the token is expired.
	// A ref that does not exist is absent from the map. refs holds no duplicate, no
	// DeviceID, no IssuedAt, and at most 256 entries.
	UsersOfTokens(ctx context.Context, refs []TokenRef) (map[TokenRef]User, error)
}

// AdminStore lists users and entries of the log for admins, and deletes accounts. A user
// whose deletion has begun is unknown to every other method.
type AdminStore interface {
	// HasAdmin reports whether there is an active admin.
	HasAdmin(ctx context.Context) (bool, error)

	// Users returns users in the order of their e-mail addresses: the first ones after
	// q.After, or the last ones before q.Before, at most that many.
	Users(ctx context.Context, q UserQuery, most int) ([]User, error)

	// CountUsers counts the users of q on all pages.
	CountUsers(ctx context.Context, q UserQuery) (int, error)

	// SecurityLog returns entries of everybody, newest first, at most that many.
	SecurityLog(ctx context.Context, q LogQuery, most int) ([]SecurityEvent, error)

	// BeginDeletion removes a user's personal data, every way to log in, and the invitations
	// that they made or that are for their address, in one transaction.
	// It returns ErrUnknownUser, or ErrLastAdmin as UpdateRole does.
	BeginDeletion(ctx context.Context, userID, actorID int64, at timeline.Instant) error

	// DeleteSome removes a part of what a user recorded, and reports whether too much is
	// left for EndDeletion.
	DeleteSome(ctx context.Context, userID int64) (more bool, _ error)

	// EndDeletion removes the user and everything that is left of the user's data,
	// including what is being recorded at the moment, and adds the last entry to the
	// security log, in one transaction. Entries about others lose the user's address.
	EndDeletion(ctx context.Context, d Deletion, last SecurityEvent) error

	// Deletions returns the deletions that have begun and not ended.
	Deletions(ctx context.Context) ([]Deletion, error)
}

// FactorStore keeps what users log in with besides their password.
type FactorStore interface {
	// Factors returns a user's second factors, which may be none.
	Factors(ctx context.Context, userID int64) (Factors, error)

	// PutTOTP stores an authenticator app that is not confirmed, replacing one that is not
	// confirmed either. It returns ErrFactorExists if the user has a confirmed one.
	PutTOTP(ctx context.Context, userID int64, secret string) error

	// UseTOTP stores that a code of this step was accepted for this secret, which
	// confirms the app. In the same transaction the hashes of recovery codes, unless nil,
	// replace all others. It returns ErrCode if this or a later step was used before, or
	// if the secret has been replaced.
	UseTOTP(ctx context.Context, userID int64, secret string, step int64, recovery []string) error

	// ResealTOTP replaces the sealed secret from by to. It does nothing if the user's
	// sealed secret is no longer from.
	ResealTOTP(ctx context.Context, userID int64, from, to string) error

	// NextTOTP returns the apps of users with larger IDs than after, in the order of the
	// IDs, at most that many.
	NextTOTP(ctx context.Context, after int64, most int) ([]TOTP, error)

	// DeleteTOTP removes the app, or returns ErrUnknownFactor.
	DeleteTOTP(ctx context.Context, userID int64) error

	// ReplaceRecoveryCodes replaces all hashes of recovery codes by these.
	ReplaceRecoveryCodes(ctx context.Context, userID int64, hashes []string) error

	// UseRecoveryCode removes a hash. It returns ErrCode if the user does not have it.
	UseRecoveryCode(ctx context.Context, userID int64, hash string) error

	// AddPasskey stores a passkey, and in the same transaction the hashes of recovery
	// codes, unless nil. It returns ErrFactorExists if the user has the passkey already.
	AddPasskey(ctx context.Context, p Passkey, recovery []string) error

	// UsePasskey replaces the credential from of a passkey. It returns ErrPasskey if the
	// credential is no longer from, because another login has used it in the meantime.
	UsePasskey(ctx context.Context, p Passkey, from []byte) error

	// DeletePasskey removes a passkey, or returns ErrUnknownFactor.
	DeletePasskey(ctx context.Context, userID int64, id string) error

	// DeleteFactors removes all second factors and recovery codes of a user.
	DeleteFactors(ctx context.Context, userID int64) error
}

// IdentityStore keeps which user an identity of the identity provider belongs to.
type IdentityStore interface {
	// UserOfIdentity returns the user to whom an identity is connected, or
	// ErrUnknownUser.
	UserOfIdentity(ctx context.Context, issuer, subject string) (User, error)

	// CreateUserWithIdentity adds a user and the identity in one transaction. It returns
	// ErrEmailTaken or ErrIdentityTaken.
	CreateUserWithIdentity(ctx context.Context, u User, id Identity) error

	// AddIdentity connects an identity to a user. It returns ErrIdentityTaken if the
	// identity is already connected to a user, and ErrUnknownUser unless the user is
	// active and has the password of passwordChangedAt.
	AddIdentity(ctx context.Context, userID int64, passwordChangedAt timeline.Instant, id Identity) error

	// Identities returns the identities connected to a user; only issuer and subject are
	// kept.
	Identities(ctx context.Context, userID int64) ([]Identity, error)

	// DeleteIdentities removes all of them, or returns ErrUnknownFactor if there is none.
	DeleteIdentities(ctx context.Context, userID int64) error
}

// NewDevice is a device that is being connected.
type NewDevice struct {
	Device
	PasswordChangedAt timeline.Instant // of the password that was verified
	Token             Token            // its first access token
	Most              int              // devices that a user may have
	UsedSince         timeline.Instant // devices that were last used before do not count
}

// DeviceRefresh is a refresh token that was presented.
type DeviceRefresh struct {
	UserID            int64
	DeviceID          string
	Presented, Parent string           // hashes of the token and of its parent
	UsedSince         timeline.Instant // a device that was not used since has ended
	At                timeline.Instant
	Address           string
	Token             Token // for the requests that follow
}

// DeviceStore keeps the connected devices.
type DeviceStore interface {
	// AddDevice stores a device and its token in one transaction. It returns
	// ErrUnknownUser unless the user is active and has the password of
	// PasswordChangedAt, and ErrTooManyDevices if they have Most devices already.
	AddDevice(ctx context.Context, d NewDevice) error

	// Devices returns a user's devices that were used since an instant, newest first.
	Devices(ctx context.Context, userID int64, usedSince timeline.Instant) ([]Device, error)

	// RefreshDevice takes one step of the table at token.RefreshTokens, in one
	// transaction. Either it stores what was presented and the access token, and returns
	// the device as it is then; or it removes the device with its tokens, and returns
	// the device as it was and ErrRefreshReused. It returns ErrDeviceCredential if there
	// is no such device, or if it was last used before UsedSince.
	RefreshDevice(ctx context.Context, r DeviceRefresh) (Device, error)

	// DeleteDevice removes a device and its tokens in one transaction, and returns it as
	// it was, or ErrUnknownDevice.
	DeleteDevice(ctx context.Context, userID int64, id string) (Device, error)

	// DeleteUnusedDevices removes the devices that were last used before an instant.
	DeleteUnusedDevices(ctx context.Context, before timeline.Instant) error
}
