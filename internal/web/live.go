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
	// liveRetry is when a browser comes back after it lost the stream.
	liveRetry = time.Second
	// heartbeatEvery is shorter than what proxies wait for, and how late a change is seen
	// whose notification was lost.
	heartbeatEvery = 15 * time.Second
)

// errNoStream is for who opens the address of the stream like a page.
var errNoStream = fault.New(fault.Malformed, "this address is a stream of events: ask for text/event-stream")

// revision is what the frame of a page about now is marked with. It is asked for before
// the page's content is read: what comes between them is told.
func (f *face) revision(r *http.Request, v site.Visitor, isNow bool) (string, error) {
	if !isNow {
		return "", nil
	}
	return f.Live.Revision(r.Context(), v.User.ID)
}

// live tells an open page when there is something new, and not what: the page asks for
// itself again, so there is one way to draw it. The stream ends with the login.
func (f *face) live(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	if !httpx.AcceptsEvents(r) {
		return errNoStream
	}
	watch, err := f.Live.Watch(v.User.ID)
	if err != nil {
		return err
	}
	defer watch.Close()
	revision, err := f.Live.Revision(r.Context(), v.User.ID) // after Watch: nothing is between them
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
	return nil // too late for another answer
}

// follower is one page that follows a user's log.
type follower struct {
	face     *face
	request  *http.Request
	out      *httpx.EventStream
	revision string // what the page has
}

// follow ends when the client is gone, the server stops, or the login does.
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

// look sends what there is to say, if the login still holds. When something that the
// revision does not cover changed, a waking alone says so.
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

// tell sends an event if the page has another revision, and a heartbeat if not.
func (s *follower) tell(revision string) error {
	if revision == s.revision {
		return s.out.Heartbeat()
	}
	s.revision = revision
	return s.out.Send("changed", revision)
}
