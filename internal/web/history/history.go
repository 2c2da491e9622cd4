// Package history is where a person reads the log of a session and corrects it: presses are
// added, moved, removed and restored, and work is entered that was done without the clock.
// What would change is shown before it is saved, and can be taken back after that.
package history

import (
	"net/http"
	"net/url"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// Options are what these pages need.
type Options struct {
	*site.Site
	Tracker *tracker.Tracker
	Rater   func(account.User) tracker.Rater // the user as the tracker knows them
	// Offering returns a path whose page says what was done, and offers to undo it. The value
	// is one that Pages.Notice understands; "" says nothing.
	Offering func(path, value string) string
}

// Pages are the pages and forms of a session's history.
type Pages struct{ Options }

// Register adds the pages to mux.
func Register(mux httpx.Mux, o Options) *Pages {
	p := &Pages{o}
	const session = "/dashboard/sessions/{session_id}/presses"
	const press = session + "/{event_id}"
	for _, k := range []struct {
		path string
		kind kind
	}{{session + "/new", adding}, {press + "/move", moving}, {press + "/remove", removing}} {
		mux.HandleFunc("GET "+k.path, p.Reading(p.considering(k.kind)))
		mux.HandleFunc("POST "+k.path, p.Member(p.Form(p.Correcting(p.saving(k.kind)), p.savingAgain(k.kind))))
	}
	mux.HandleFunc("POST "+press+"/restore", p.Member(p.Form(p.Correcting(p.restore), nil)))
	mux.HandleFunc("POST "+press+"/resume", p.Member(p.Form(p.Correcting(p.resume), nil)))
	mux.HandleFunc("GET /dashboard/work", p.Member(p.considerWork))
	mux.HandleFunc("POST /dashboard/work", p.Member(p.Form(p.Correcting(p.enterWork), p.enterWorkAgain)))
	return p
}

// subject is what the path of a form names: a session and, unless press is "", one of its
// presses.
type subject struct{ session, press string }

// subjectOf reads the path. For an id that is not a UUID it returns tracker.ErrUnknownSession
// or tracker.ErrUnknownPress.
func subjectOf(r *http.Request) (of subject, err error) {
	if of.session, err = httpx.ID(r.PathValue("session_id"), tracker.ErrUnknownSession); err != nil {
		return of, err
	}
	if press := r.PathValue("event_id"); press != "" {
		of.press, err = httpx.ID(press, tracker.ErrUnknownPress)
	}
	return of, err
}

func sessionAddress(id string) string { return "/dashboard/sessions/" + id }

func pressAddress(of subject, what string) string {
	return sessionAddress(of.session) + "/presses/" + of.press + "/" + what
}

// withNext returns an address whose forms lead back to a page.
func withNext(address, next string) string {
	return address + "?" + url.Values{"next": {next}}.Encode()
}

// stepOf returns the step of a press, or tracker.ErrUnknownPress.
func stepOf(h tracker.History, press string) (timeline.Step, error) {
	for _, s := range h.Steps {
		if s.ID == press && s.Type.IsPress() {
			return s, nil
		}
	}
	return timeline.Step{}, tracker.ErrUnknownPress
}

// read returns the history of the session in the path, by the clocks of the visitor.
func (p *Pages) read(r *http.Request, v site.Visitor) (of subject, h tracker.History, zone *time.Location, err error) {
	if of, err = subjectOf(r); err != nil {
		return of, h, nil, err
	}
	if zone, err = site.ZoneOf(v.User); err != nil {
		return of, h, nil, err
	}
	h, err = p.Tracker.History(r.Context(), p.Rater(v.User), of.session)
	return of, h, zone, err
}

// restore lets a removed press count again. A second tap finds it restored and changes nothing:
// it must not take back a move of the press, too.
func (p *Pages) restore(s site.Submission) error {
	of, h, _, err := p.read(s.R, s.Visitor)
	if err != nil {
		return err
	}
	press, err := stepOf(h, of.press)
	if err != nil {
		return err
	}
	if press.Removed {
		event := timeline.Event{Type: timeline.RestorePress, PressID: of.press}
		if _, err := p.Tracker.Correct(s.R.Context(), p.Rater(s.User), tracker.Correction{SessionID: of.session, Event: event}); err != nil {
			return err
		}
	}
	site.GoOn(s.W, s.R, p.Offering(s.Next(LogAddress(of.session)), pressNotice(restored, of)))
	return nil
}

// resume takes back the end of the newest session.
func (p *Pages) resume(s site.Submission) error {
	of, err := subjectOf(s.R)
	if err != nil {
		return err
	}
	answer, err := p.Tracker.Resume(s.R.Context(), p.Rater(s.User), of.press)
	if err != nil {
		return err
	}
	of.session = answer.SessionID
	site.GoOn(s.W, s.R, p.Offering(s.Next(sessionAddress(of.session)), pressNotice(resumed, of)))
	return nil
}
