package store

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// AddSecurityEvent implements account.Store.
func (s *Store) AddSecurityEvent(ctx context.Context, e account.SecurityEvent) (err error) {
	defer fault.Wrap(&err, "adding to the security log")
	return s.write.AddSecurityEvent(ctx, securityEventColumns(e))
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
func (s *Store) SecurityEvents(ctx context.Context, userID int64, most int) (_ []account.SecurityEvent, err error) {
	defer fault.Wrap(&err, "reading the security log")
	rows, err := s.read.SecurityEvents(ctx, queries.SecurityEventsParams{UserID: userID, MaxRows: int32(most)})
	return each(rows, toSecurityEvent), err
}

// DeleteSecurityEvents implements account.Store.
func (s *Store) DeleteSecurityEvents(ctx context.Context, before, strangersBefore timeline.Instant) (err error) {
	defer fault.Wrap(&err, "deleting from the security log")
	return errors.Join(
		s.write.DeleteSecurityEvents(ctx, int64(before)),
		s.write.DeleteStrangersEvents(ctx, int64(strangersBefore)),
	)
}
