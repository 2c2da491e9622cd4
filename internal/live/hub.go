// Package live tells open pages that something changed, but not what: the page then loads
// itself again. It knows whose pages are open, tells other replicas of changes that this
// one made, and hears of theirs.
package live

import (
	"context"
	"log/slog"
)

// Options are what a Hub needs.
type Options struct {
	Versions Versions
	Log      *slog.Logger
	// Signals reach the other replicas; nil when there are none.
	Signals Signals
}

// Hub joins those who change logs to those who watch them. It is safe for concurrent use.
type Hub struct {
	versions Versions
	log      *slog.Logger
	watches  *watches
	signals  Signals
	outbox   *outbox
}

// New makes a Hub. Other replicas hear of changes, and are heard, while Share runs.
func New(o Options) *Hub {
	return &Hub{versions: o.Versions, log: o.Log, watches: newWatches(), signals: o.Signals, outbox: newOutbox()}
}

// Announce says that the logs of these users changed: it wakes their watches here at once,
// and those of other replicas soon. It never waits.
func (h *Hub) Announce(users []int64) {
	if len(users) == 0 {
		return
	}
	h.watches.wake(users)
	if h.signals != nil {
		h.outbox.add(users)
	}
}

// Watch follows the changes of a user's log, whichever replica makes them. It returns
// ErrTooManyWatches, or ErrShuttingDown after EndWatches.
func (h *Hub) Watch(userID int64) (*Watch, error) { return h.watches.open(userID) }

// EndWatches ends all watches and refuses new ones, so that a server that shuts down does
// not wait for open pages. It may be called more than once.
func (h *Hub) EndWatches() { h.watches.end() }

// Revision returns a text that changes whenever the log of one of the user's newest
// sessions does. It is a cheap way to see whether there is something new. What happens to an
// older session does not change it.
func (h *Hub) Revision(ctx context.Context, userID int64) (string, error) {
	versions, err := h.versions.LogVersions(ctx, userID, revisedSessions)
	if err != nil {
		return "", err
	}
	return revisionOf(versions), nil
}
