package server

import (
	"context"
	"errors"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
)

// cleanEvery is how often clean does its work.
const cleanEvery = time.Hour

// reseal seals the secrets that the previous key sealed again with the present key, so that
// the previous key can be removed from the settings. A failure does not stop the server.
func (s *Server) reseal(ctx context.Context) error {
	if err := s.Accounts.Reseal(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("sealing secrets with the present key", "error", err)
	}
	return nil
}

// fillEmailKeys gives keys to the users whom an earlier version has stored, and tells the
// operator, once, whose key another user has.
func (s *Server) fillEmailKeys(ctx context.Context, told map[int64]bool) error {
	taken, err := emailkey.Fill(ctx, s.store)
	for _, id := range taken {
		if !told[id] {
			told[id] = true
			s.log.Warn("a user's e-mail address looks like another user's; both can log in, each with the exact address", "user_id", id)
		}
	}
	return err
}

// clean gives users e-mail keys, removes expired rows and resumes deletions of accounts, every
// cleanEvery until ctx ends.
func (s *Server) clean(ctx context.Context) error {
	ticker := time.NewTicker(cleanEvery)
	defer ticker.Stop()
	told := make(map[int64]bool)
	for {
		err := errors.Join(s.fillEmailKeys(ctx, told), s.Accounts.DeleteExpired(ctx), s.Accounts.ResumeDeletions(ctx), s.store.DeleteExpiredCounters(ctx, s.now().Add(-cleanEvery).UnixMicro()))
		if err != nil && ctx.Err() == nil {
			s.log.Warn("keeping the database in order", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
