package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

const (
	// liveRetry is how long a browser waits before it reconnects to a lost stream.
	liveRetry = time.Second
	// heartbeatEvery is shorter than the idle timeout of proxies. It also bounds how late
	// a page sees a change whose notification was lost.
	heartbeatEvery = 15 * time.Second
)

// errNoStream is returned when a client opens the address of the stream like a page.
var errNoStream = fault.New(fault.Malformed, "this address is a stream of events: ask for text/event-stream")

// revision returns the revision that the frame of a page about now carries. Ask for it
// before reading the page's content: a change in between is then reported as new.
func (f *face) revision(r *http.Request, v site.Visitor, isNow bool) (string, error) {
	if !isNow {
		return "", nil
	}
	return f.Live.Revision(r.Context(), v.User.ID)
}

// live tells an open page that something changed, and not what: the page requests itself
// again, so it is drawn in one way only. The stream ends with the login.
func (f *face) live(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	if !httpx.AcceptsEvents(r) {
		return errNoStream
	}
	watch, err := f.Live.Watch(v.User.ID)
	if err != nil {
		return err
	}
	defer watch.Close()
	revision, err := f.Live.Revision(r.Context(), v.User.ID) // after Watch, so that no change is missed
	if err != nil {
		return err
	}
	out, err := httpx.StartEvents(w, liveRetry)
	if err != nil {
		return err
	}
	known := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("since"))
	s := follower{face: f, request: r, out: out, revision: known}
	if s.tell(revision) == nil {
		s.follow(r.Context(), watch, v.User.ID)
	}
	return nil // the answer has begun, so a failure cannot be reported
}

// follower is an open page that follows a user's log.
type follower struct {
	face     *face
	request  *http.Request
	out      *httpx.EventStream
	revision string // the one that the page shows
}

// follow returns when the client is gone, the server stops or the login ends.
func (s *follower) follow(ctx context.Context, watch *live.Watch, userID int64) {
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	for {
		woken := false
		select {
		case <-watch.Changed():
			woken = true
		case <-heartbeat.C:
		case <-ctx.Done():
			return
		case <-watch.Ended():
			return
		}
		if s.look(ctx, userID, woken) != nil {
			return
		}
	}
}

// look reports a change, if the login is still valid. Some changes do not alter the
// revision; being woken is then enough to report one.
func (s *follower) look(ctx context.Context, userID int64, woken bool) error {
	if _, err := s.face.VisitorOf(s.request); err != nil {
		return err
	}
	revision, err := s.face.Live.Revision(ctx, userID)
	if err != nil {
		return err
	}
	if woken {
		s.revision = ""
	}
	return s.tell(revision)
}

// tell sends an event if the page shows another revision, and a heartbeat otherwise.
func (s *follower) tell(revision string) error {
	if revision == s.revision {
		return s.out.Heartbeat()
	}
	s.revision = revision
	return s.out.Send("changed", revision)
}
