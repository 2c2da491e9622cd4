package server

import (
	"context"
	"errors"
	"time"
)

// cleanEvery is how often expired rows are removed.
const cleanEvery = time.Hour

// reseal seals the secrets that the previous key sealed again with the present key, so that
// the previous key can be removed from the settings. A failure does not stop the server.
func (s *Server) reseal(ctx context.Context) error {
	if err := s.Accounts.Reseal(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("sealing secrets with the present key", "error", err)
	}
	return nil
}

// clean removes expired rows and resumes deletions of accounts, every cleanEvery until
// ctx ends.
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
