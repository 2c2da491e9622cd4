package store

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// AddSecurityEvent implements account.Store.
func (s *Store) AddSecurityEvent(ctx context.Context, e account.SecurityEvent) error {
	return wrapped(s.write.AddSecurityEvent(ctx, securityEventColumns(e)), "adding to the security log")
}

func securityEventColumns(e account.SecurityEvent) queries.AddSecurityEventParams {
	return queries.AddSecurityEventParams{
		UserID: e.UserID, At: int64(e.At), ID: e.ID, ActorID: e.ActorID,
		Kind: string(e.Kind), Address: e.Address, Detail: e.Detail,
	}
}

func toSecurityEvent(r queries.SecurityLog) account.SecurityEvent {
	return account.SecurityEvent{
		ID: r.ID, At: timeline.Instant(r.At), Kind: account.SecurityKind(r.Kind),
		UserID: r.UserID, ActorID: r.ActorID, Address: r.Address, Detail: r.Detail,
	}
}

// SecurityEvents implements account.Store.
func (s *Store) SecurityEvents(ctx context.Context, userID int64, most int) ([]account.SecurityEvent, error) {
	rows, err := s.read.SecurityEvents(ctx, queries.SecurityEventsParams{UserID: userID, MaxRows: int32(most)})
	return each(rows, toSecurityEvent), wrapped(err, "reading the security log")
}

// DeleteSecurityEvents implements account.Store.
func (s *Store) DeleteSecurityEvents(ctx context.Context, before, strangersBefore timeline.Instant) error {
	err := errors.Join(
		s.write.DeleteSecurityEvents(ctx, int64(before)),
		s.write.DeleteStrangersEvents(ctx, int64(strangersBefore)),
	)
	return wrapped(err, "deleting from the security log")
}
