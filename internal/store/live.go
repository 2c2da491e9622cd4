package store

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// LogVersions implements live.Versions.
func (s *Store) LogVersions(ctx context.Context, userID int64, newest int) (_ []live.LogVersion, err error) {
	defer fault.Wrap(&err, "reading the versions of logs")
	sessions, err := s.RecentSessions(ctx, userID, newest)
	if err != nil {
		return nil, err
	}
	active, err := s.ActiveSession(ctx, userID)
	if err != nil && !errors.Is(err, tracker.ErrUnknown) {
		return nil, err
	}
	return each(append(sessions, active), func(s tracker.StoredSession) live.LogVersion {
		return live.LogVersion{SessionID: s.ID, Version: s.Version}
	}), nil
}
