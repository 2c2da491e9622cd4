package tracker

import (
	"context"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ahead is a log that was read and folded before its request stands in the queue, so that
// nobody's presses wait for that. Events are only ever added to a log: as long as the session
// has no more of them, this is what the transaction would read. Only who has a turn reads
// ahead, so there is one such log at a time.
type ahead struct {
	key   SessionKey // none unless the request will probably need this session's log
	log   []timeline.Event
	whole timeline.Session
}

// readAhead reads what a request that is apart will probably need. If that fails, the
// transaction reads it.
func (t *Tracker) readAhead(ctx context.Context, r *request) {
	if r.ahead.key == (SessionKey{}) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, groupTimeout)
	defer cancel()
	s, err := t.store.Session(ctx, r.ahead.key)
	if err != nil || s.Version > maxHistory {
		return
	}
	if log, err := t.events(ctx, s.SessionKey); err == nil {
		r.ahead.log, r.ahead.whole = log, timeline.Fold(log)
	}
}

// of returns the log and the session it gives if they are those of a session as it is stored
// now. The caller may change both.
func (a ahead) of(w *work) (log []timeline.Event, whole timeline.Session, ok bool) {
	if a.key != w.key || w.base == 0 || int64(len(a.log)) != w.base {
		return nil, timeline.Session{}, false
	}
	whole = a.whole
	whole.Questions = slices.Clone(whole.Questions)
	return slices.Clip(a.log), whole, true
}
