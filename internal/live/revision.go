package live

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// revisedSessions is how many of the newest sessions a revision covers. The active session is
// the newest.
const revisedSessions = 10

// Versions says how far the logs of a user have grown.
type Versions interface {
	// LogVersions returns the versions of the newest sessions, up to newest of them, always in
	// the same order while nothing changes.
	LogVersions(ctx context.Context, userID int64, newest int) ([]LogVersion, error)
}

// LogVersion is the number of events in the log of one session.
type LogVersion struct {
	SessionID string
	Version   int64
}

func revisionOf(versions []LogVersion) string {
	sum := sha256.New()
	for _, v := range versions {
		_, _ = fmt.Fprintf(sum, "%s %d\n", v.SessionID, v.Version) // a hash never fails
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
