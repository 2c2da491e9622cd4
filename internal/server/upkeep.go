package server

import (
	"context"
	"errors"
	"time"
)

// cleanEvery is how often what has expired is removed.
const cleanEvery = time.Hour

// reseal seals with the present key what the previous one sealed, so that the latter
// can be taken away. It is not worth stopping the server for.
func (s *Server) reseal(ctx context.Context) error {
	if err := s.Accounts.Reseal(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("sealing secrets with the present key", "error", err)
	}
	return nil
}

// clean removes what has expired, now and then.
func (s *Server) clean(ctx context.Context) error {
	ticker := time.NewTicker(cleanEvery)
	defer ticker.Stop()
	for {
		err := errors.Join(s.Accounts.DeleteExpired(ctx), s.Accounts.ResumeDeletions(ctx), s.store.DeleteExpiredCounters(ctx, s.now().Add(-cleanEvery).UnixMicro()))
		if err != nil && ctx.Err() == nil {
			s.log.Warn("removing what has expired", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
