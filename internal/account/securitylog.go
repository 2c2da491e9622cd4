package account

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// SecurityRetention is how long an event of an account is kept. Events of no account are
// caused by strangers, who can cause as many as they like, and are kept for a shorter
// time.
const (
	SecurityRetention  = 400 * 24 * time.Hour
	strangersRetention = 30 * 24 * time.Hour

	noteTimeout = 5 * time.Second // of writing one
)

// SecurityEvent is an entry of the security log. It never holds a secret.
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
	Login   TokenRef // the login they use
	Address string   // of the client, as limits count it
	Browser string   // see Client
}

// Note adds an event to the security log: first to the structured log, then to the
// table. The event has happened either way, so a table that cannot be written is only
// logged.
func (s *Service) Note(ctx context.Context, kind SecurityKind, userID int64, by By, detail string) {
	s.note(ctx, SecurityEvent{Kind: kind, UserID: userID, ActorID: by.UserID, Address: by.Address, Detail: detail})
}

func (s *Service) note(ctx context.Context, e SecurityEvent) {
	e.ID, e.At = uuid.NewString(), timeline.InstantOf(s.now())
	// The event is noted even if the caller has given up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	s.logEvent(ctx, e)
	if err := s.store.AddSecurityEvent(ctx, e); err != nil {
		s.log.ErrorContext(ctx, "writing the security log failed", "event", string(e.Kind), "error", err)
	}
}

// logEvent writes the line of the structured log.
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

// SecurityEvents returns the newest events of a user, at most that many.
func (s *Service) SecurityEvents(ctx context.Context, userID int64, most int) (_ []SecurityEvent, err error) {
	defer fault.Wrap(&err, "read the security log")
	return s.store.SecurityEvents(ctx, userID, most)
}

// LogQuery asks for entries of the security log of everybody, newest first.
type LogQuery struct {
	UserID int64        // 0 is everybody
	Kind   SecurityKind // "" is any

	BeforeAt timeline.Instant // of the entry before the page; 0 means begin with the newest
	BeforeID string
}

// SecurityLog returns a page of the security log of everybody, for admins, and whether
// there are older entries.
func (s *Service) SecurityLog(ctx context.Context, q LogQuery) (events []SecurityEvent, more bool, err error) {
	defer fault.Wrap(&err, "read the security log")
	if !PlainText(string(q.Kind) + q.BeforeID) {
		return nil, false, nil
	}
	if q.BeforeAt == 0 {
		q.BeforeAt = timeline.InstantOf(s.now().Add(token.ClockLeeway)) // another replica's clock may be ahead
	}
	events, err = s.store.SecurityLog(ctx, q, UsersPerPage+1)
	if err != nil {
		return nil, false, err
	}
	return events[:min(len(events), UsersPerPage)], len(events) > UsersPerPage, nil
}
