package store

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/signals"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Signals implements database.
func (db *postgresDB) Signals() live.Signals { return signals.New(db.urgent, db.session) }

// Signals implements database: one process has the file.
func (db *sqliteDB) Signals() live.Signals { return nil }

// LogVersions implements live.Versions.
func (s *Store) LogVersions(ctx context.Context, userID int64, newest int) (_ []live.LogVersion, err error) {
	defer fault.Wrap(&err, "reading the versions of logs")
	sessions, err := s.RecentSessions(ctx, userID, newest)
	if err != nil {
		return nil, err
	}
	return each(sessions, func(s tracker.StoredSession) live.LogVersion {
		return live.LogVersion{SessionID: s.ID, Version: s.Version}
	}), nil
}
