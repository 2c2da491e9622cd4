package account

// SecurityKind says what happened to an account. The texts are stored and shown, so a
// kind keeps its text.
type SecurityKind string

// The kinds of security events.
const (
	Registered         SecurityKind = "registered"
	RegisteredAgain    SecurityKind = "registration refused" // of this account's e-mail
	LoginSucceeded     SecurityKind = "login"
	LoginFailed        SecurityKind = "login failed"
	PasswordAccepted   SecurityKind = "password accepted" // but a second factor is needed
	LockedOut          SecurityKind = "locked out"
	LoggedOut          SecurityKind = "logout"
	LoggedOutOthers    SecurityKind = "logout everywhere else"
	LoginEnded         SecurityKind = "login ended" // from another login; the detail is its browser
	PasswordChanged    SecurityKind = "password changed"
	PasswordReset      SecurityKind = "password reset"
	ReauthFailed       SecurityKind = "confirmation failed" // of the password, when it was asked for again
	RoleChanged        SecurityKind = "role changed"
	Activated          SecurityKind = "activated"
	Deactivated        SecurityKind = "deactivated"
	TOTPAdded          SecurityKind = "authenticator app added"
	TOTPRemoved        SecurityKind = "authenticator app removed"
	RecoveryCodesMade  SecurityKind = "recovery codes made"
	RecoveryCodeUsed   SecurityKind = "recovery code used"
	PasskeyAdded       SecurityKind = "passkey added"
	PasskeyRemoved     SecurityKind = "passkey removed"
	FactorsReset       SecurityKind = "second factors removed"
	IdentityConnected  SecurityKind = "identity connected"
	IdentitiesRemoved  SecurityKind = "identities removed"
	SessionDeleted     SecurityKind = "session deleted"
	SessionRestored    SecurityKind = "session restored"
	QuestionDeleted    SecurityKind = "question deleted"
	QuestionRestored   SecurityKind = "question restored"
	SecondFactorFailed SecurityKind = "second factor failed"
	DeviceConnected    SecurityKind = "device connected"
	DeviceDisconnected SecurityKind = "device disconnected"
	DeviceReused       SecurityKind = "device token reused" // which disconnected the device
	DataExported       SecurityKind = "data exported"       // the detail says which file, and of which days
	InvitationMade     SecurityKind = "invitation made"
	InvitationUsed     SecurityKind = "invitation used"
	InvitationRevoked  SecurityKind = "invitation revoked"
	UserCreated        SecurityKind = "account created" // by an admin
	LookedAt           SecurityKind = "looked at by an admin"
	AccountDeleted     SecurityKind = "account deleted"
)

// SecurityKinds returns all kinds, in the order in which a form lists them.
func SecurityKinds() []SecurityKind {
	return []SecurityKind{
		Registered, RegisteredAgain, InvitationMade, InvitationUsed, InvitationRevoked, UserCreated, LoginSucceeded, LoginFailed, PasswordAccepted, LockedOut, LoggedOut,
		PasswordChanged, PasswordReset, ReauthFailed, RoleChanged, Activated, Deactivated, LookedAt, AccountDeleted,
		TOTPAdded, TOTPRemoved, RecoveryCodesMade, RecoveryCodeUsed, PasskeyAdded, PasskeyRemoved, FactorsReset,
		SecondFactorFailed, IdentityConnected, IdentitiesRemoved, LoggedOutOthers, LoginEnded,
		DeviceConnected, DeviceDisconnected, DeviceReused,
		SessionDeleted, SessionRestored, QuestionDeleted, QuestionRestored, DataExported,
	}
}
