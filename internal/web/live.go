package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"
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

// errPanic ends a stream.
var errPanic = errors.New("a panic, which is in the log")

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
	revision, err := f.Live.Revision(r.Context(), v.User.ID) // after Watch, so that no change is missed
	if err != nil {
		watch.Close()
		return err
	}
	out, err := httpx.StartEvents(w, liveRetry)
	if err != nil {
		watch.Close()
		return err
	}
	s := &follower{
		face: f, userID: v.User.ID, token: strings.Clone(httpx.TokenOf(r)), out: out,
		revision: strings.Clone(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("since"))),
	}
	// It outlives the request, so that nothing of the request is kept.
	go s.follow(context.WithoutCancel(r.Context()), watch, revision)
	return nil
}

// follower is an open page that follows a user's log.
type follower struct {
	face     *face
	userID   int64
	token    string // of the login
	out      *httpx.EventStream
	revision string // the one that the page shows
}

// follow returns when the client is gone, the server stops or the login ends.
func (s *follower) follow(ctx context.Context, watch *live.Watch, revision string) {
	defer s.out.Close()
	defer watch.Close()
	if s.tell(revision) != nil {
		return
	}
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	for {
		woken := false
		select {
		case <-watch.Changed():
			woken = true
		case <-heartbeat.C:
		case <-s.out.Gone():
			return
		case <-watch.Ended():
			return
		}
		if s.look(ctx, woken) != nil {
			return
		}
	}
}

// look reports a change, if the login is still valid. Some changes do not alter the
// revision; being woken is then enough to report one.
func (s *follower) look(ctx context.Context, woken bool) error {
	// A query needs a large stack. One of its own is given back at once; this goroutine would
	// keep it for as long as the page is open.
	asked := make(chan answered, 1)
	go func() { asked <- s.ask(ctx) }()
	now := <-asked
	if now.err != nil {
		return now.err
	}
	if woken {
		s.revision = ""
	}
	return s.tell(now.revision)
}

type answered struct {
	revision string
	err      error
}

// ask returns the revision of the user's log, or an error if the login has ended. A panic ends
// this stream, and not the server, as it would in a request.
func (s *follower) ask(ctx context.Context) (a answered) {
	defer func() {
		if p := recover(); p != nil {
			s.face.Log.ErrorContext(ctx, "panic in a stream", "panic", p, "stack", string(debug.Stack()))
			a.err = errPanic
		}
	}()
	if _, err := s.face.VisitorWith(ctx, s.token); err != nil {
		return answered{err: err}
	}
	revision, err := s.face.Live.Revision(ctx, s.userID)
	return answered{revision, err}
}

// tell sends an event if the page shows another revision, and a heartbeat otherwise.
func (s *follower) tell(revision string) error {
	if revision == s.revision {
		return s.out.Heartbeat()
	}
	s.revision = revision
	return s.out.Send("changed", revision)
}
