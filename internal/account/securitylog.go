package account

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// SecurityKind is what happened to an account.
type SecurityKind string

// The kinds of security events.
const (
	Registered         SecurityKind = "registered"
	RegisteredAgain    SecurityKind = "registration refused" // the e-mail is this account's
	LoginSucceeded     SecurityKind = "login"
	LoginFailed        SecurityKind = "login failed"
	PasswordAccepted   SecurityKind = "password accepted" // and a second factor is needed
	LockedOut          SecurityKind = "locked out"
	LoggedOut          SecurityKind = "logout"
	LoggedOutOthers    SecurityKind = "logout everywhere else"
	PasswordChanged    SecurityKind = "password changed"
	PasswordReset      SecurityKind = "password reset"
	ReauthFailed       SecurityKind = "confirmation failed" // the password was asked for again
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
	DeviceReused       SecurityKind = "device token reused" // and the device disconnected by that
	DataExported       SecurityKind = "data exported"       // the detail says which file, and of which days
	UserCreated        SecurityKind = "account created"     // by an admin
	LookedAt           SecurityKind = "looked at by an admin"
	AccountDeleted     SecurityKind = "account deleted"
)

// SecurityKinds are all kinds, in the order in which one looks for them.
func SecurityKinds() []SecurityKind {
	return []SecurityKind{
		Registered, RegisteredAgain, UserCreated, LoginSucceeded, LoginFailed, PasswordAccepted, LockedOut, LoggedOut,
		PasswordChanged, PasswordReset, ReauthFailed, RoleChanged, Activated, Deactivated, LookedAt, AccountDeleted,
		TOTPAdded, TOTPRemoved, RecoveryCodesMade, RecoveryCodeUsed, PasskeyAdded, PasskeyRemoved, FactorsReset,
		SecondFactorFailed, IdentityConnected, IdentitiesRemoved, LoggedOutOthers,
		DeviceConnected, DeviceDisconnected, DeviceReused,
		SessionDeleted, SessionRestored, QuestionDeleted, QuestionRestored, DataExported,
	}
}

// How long an event is kept. Those of no account are of strangers, who make as many
// as they like.
const (
	SecurityRetention  = 400 * 24 * time.Hour
	strangersRetention = 30 * 24 * time.Hour

	noteTimeout = 5 * time.Second // of writing one
)

// SecurityEvent is an entry of the security log. No secret is ever in it.
type SecurityEvent struct {
	ID      string // UUID
	At      timeline.Instant
	Kind    SecurityKind
	UserID  int64  // whose account; 0 if none is known
	ActorID int64  // who did it; 0 for nobody who was logged in
	Address string // of the client, as limits count it
	Detail  string
}

// By is who does something, for the security log.
type By struct {
	UserID  int64    // 0 for nobody who is logged in
	Login   TokenRef // by which they do it
	Address string   // of the client, as limits count it
}

// Note adds an event to the security log: the structured log first, then the table.
// What happened has happened, so a table that cannot be written is an error of the
// log alone.
func (s *Service) Note(ctx context.Context, kind SecurityKind, userID int64, by By, detail string) {
	s.note(ctx, SecurityEvent{Kind: kind, UserID: userID, ActorID: by.UserID, Address: by.Address, Detail: detail})
}

func (s *Service) note(ctx context.Context, e SecurityEvent) {
	e.ID, e.At = uuid.NewString(), timeline.InstantOf(s.now())
	// The caller may be gone; what they did is noted all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	s.logEvent(ctx, e)
	if err := s.store.AddSecurityEvent(ctx, e); err != nil {
		s.log.ErrorContext(ctx, "writing the security log", "event", string(e.Kind), "error", err)
	}
}

// logEvent is the line of the structured log.
func (s *Service) logEvent(ctx context.Context, e SecurityEvent) {
	s.log.LogAttrs(ctx, slog.LevelInfo, "security", slog.String("event", string(e.Kind)), slog.Int64("user_id", e.UserID),
		slog.Int64("actor_id", e.ActorID), slog.String("address", e.Address), slog.String("detail", e.Detail))
}

// noteFailure notes a failed login, and what it locked.
func (s *Service) noteFailure(ctx context.Context, u User, address, reason string, guard *guard) {
	s.note(ctx, SecurityEvent{Kind: LoginFailed, UserID: u.ID, Address: address, Detail: reason})
	if guard.account.Locks() {
		s.note(ctx, SecurityEvent{Kind: LockedOut, UserID: u.ID, Address: address, Detail: reason})
	}
	if guard.address != nil && guard.address.Locks() {
		s.note(ctx, SecurityEvent{Kind: LockedOut, Address: address, Detail: "the address"})
	}
}

// SecurityEvents are the newest events of a user, at most that many.
func (s *Service) SecurityEvents(ctx context.Context, userID int64, most int) ([]SecurityEvent, error) {
	events, err := s.store.SecurityEvents(ctx, userID, most)
	if err != nil {
		return nil, fmt.Errorf("read the security log: %w", err)
	}
	return events, nil
}
