package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// errRunsAlready is returned for a Start beside a session that runs.
var errRunsAlready = fault.New(fault.Conflict, "a session runs already, so none was started")

// registerPresses adds the form with which a person presses on a page.
func (f *face) registerPresses(mux httpx.Mux) {
	mux.HandleFunc("POST /dashboard/press", f.Member(f.Form(f.press, f.pressAgain)))
}

// pressForm is a press as a page sends it.
type pressForm struct {
	tracker.Press
	starts  bool // a NEXT that only starts a session
	keeps   bool // a PAUSE that changes nothing
	hasSent bool // the script sent it, with the time of the tap
}

// press records a press. The page gave each of its forms an event id when it was drawn, so
// that a second tap, a repeat and a page that is loaded again count once.
func (f *face) press(s site.Submission) error {
	if err := f.Limits.Events.Take(s.R.Context(), httpx.UserKey(s.User.ID)); err != nil {
		return err
	}
	zone, err := site.ZoneOf(s.User)
	if err != nil {
		return err
	}
	form, err := f.pressIn(s, zone)
	if err != nil {
		return err
	}
	answer, err := f.record(s, form)
	if err != nil {
		return err
	}
	said := saidOf(form, answer)
	if !isScript(s.R) {
		site.GoOn(s.W, s.R, withNotice(s.Next(site.Home), pressedParameter, said))
		return nil
	}
	text, err := f.pressedText(s.R, s.Visitor, zone, said)
	if err != nil {
		return err
	}
	s.W.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(s.W).Encode(struct {
		Message string `json:"message"`
	}{text})
}

// isScript reports whether the script of our pages asks, which shows the answer itself.
func isScript(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// record puts a press into the log. An EXIT with a time, and without the clock of a script
// beside it, ends a forgotten session in the past.
func (f *face) record(s site.Submission, form pressForm) (tracker.Answer, error) {
	ctx, rater := s.R.Context(), f.Rater(s.User)
	if form.starts {
		if err := f.mayStart(ctx, rater, form.ID); err != nil {
			return tracker.Answer{}, err
		}
	}
	if form.At != 0 && !form.hasSent {
		return f.Tracker.EndForgotten(ctx, rater, form.Press)
	}
	outcomes, err := f.Tracker.Record(ctx, rater, []tracker.Press{form.Press}, 0)
	if err != nil {
		return tracker.Answer{}, err
	}
	return outcomes[0].Answer, outcomes[0].Err
}

// mayStart returns errRunsAlready if a session runs that this press did not start. A repeat
// of the press goes on, and is answered as such.
func (f *face) mayStart(ctx context.Context, rater tracker.Rater, id string) error {
	running, ok, err := f.Tracker.Running(ctx, rater)
	if err != nil || !ok {
		return err
	}
	isRepeat, err := f.Tracker.HasEvent(ctx, rater, running.SessionID, id)
	if err == nil && !isRepeat {
		err = errRunsAlready
	}
	return err
}

// pressIn reads a press. Its times are either those of a script's clock, which the recorder
// corrects, or the end of a forgotten session.
func (f *face) pressIn(s site.Submission, zone *time.Location) (pressForm, error) {
	var errs fault.FieldErrors
	p := pressForm{
		Press:  tracker.Press{Type: timeline.Type(s.Get("type")), WantPaused: wantedIn(s.Values, &errs)},
		starts: s.Get("starts") != "", keeps: s.Get("keeps") != "", hasSent: s.Get("sent_at") != "",
	}
	var ok bool
	if p.ID, ok = httpx.CanonicalUUID(s.Get("event_id")); !ok {
		errs.Add("event_id", "must be a UUID")
	}
	if !p.Type.IsPress() {
		errs.Add("type", "must be NEXT, PAUSE, UNDO or EXIT")
	}
	p.At, p.SentAt = instantIn(s.Values, "timestamp", &errs), instantIn(s.Values, "sent_at", &errs)
	if p.At != 0 && !p.hasSent && p.Type != timeline.Exit {
		errs.Add("sent_at", "must be beside a timestamp")
	}
	if err := errs.OrNil(); err != nil || !s.Has("at") {
		return p, err
	}
	if p.Type != timeline.Exit {
		return p, fault.Field("at", "is for an EXIT")
	}
	var err error
	p.At, err = f.endIn(s, zone)
	return p, err
}

// wantedIn reads the state that a PAUSE asks for, so that a page that is out of date does not
// toggle the wrong way.
func wantedIn(form url.Values, errs *fault.FieldErrors) *bool {
	switch form.Get("paused") {
	case "":
		return nil
	case "true", "false":
		wanted := form.Get("paused") == "true"
		return &wanted
	}
	errs.Add("paused", "must be true or false")
	return nil
}

// instantIn reads a time as in RFC 3339; 0 means that the form has none.
func instantIn(form url.Values, name string, errs *fault.FieldErrors) timeline.Instant {
	text := form.Get(name)
	if text == "" {
		return 0
	}
	at, err := time.Parse(time.RFC3339, text)
	if year := at.UTC().Year(); err != nil || year < 1 || year > 9999 { // as in 9999-12-31T23:59:59-01:00
		errs.Add(name, "must be a time such as 2026-01-31T17:05:09.123Z")
		return 0
	}
	if instant := timeline.InstantOf(at); instant != 0 {
		return instant
	}
	return -1 // the first microsecond of 1970 is refused as too old, like the one before it
}
