package history

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// kind is what is done to a press.
type kind int

const (
	adding kind = iota
	moving
	removing
)

// The fields of the forms. timestamp is also the tracker's name for it.
const (
	timestamp = "timestamp" // as it was typed
	whichTime = "which"     // theFirst or theSecond, if the clocks showed it twice
	exactTime = "exact"     // in microseconds since 1970, instead of what was typed
	pressType = "type"      // key of typesOfPress
)

// change is a change of a press that somebody considers or saves.
type change struct {
	kind    kind
	of      subject
	history tracker.History
	press   timeline.Step // what is moved or removed
	zone    *time.Location
	form    url.Values
}

func (p *Pages) changeIn(r *http.Request, v site.Visitor, k kind, form url.Values) (c change, err error) {
	c = change{kind: k, form: form}
	if c.of, c.history, c.zone, err = p.read(r, v); err != nil || k == adding {
		return c, err
	}
	c.press, err = stepOf(c.history, c.of.press)
	return c, err
}

// considering shows what a change would change, once the query says what it is. Nothing is
// recorded.
func (p *Pages) considering(k kind) site.MemberHandler {
	return func(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
		asked := site.Submission{W: w, R: r, Visitor: v, Values: r.URL.Query()}
		c, err := p.changeIn(r, v, k, asked.Values)
		if err != nil {
			return err
		}
		m, status := c.page(asked), http.StatusOK
		if k == removing || asked.Has(timestamp) {
			if status, err = p.consider(asked, c, &m); err != nil {
				return err
			}
		}
		return p.showChange(asked, status, m)
	}
}

// consider adds to the page what would change, or why the change is refused.
func (p *Pages) consider(asked site.Submission, c change, m *view.PressChange) (status int, _ error) {
	event, err := c.event()
	if err == nil {
		var would tracker.Corrected
		would, err = p.preview(asked, tracker.Correction{SessionID: c.of.session, Event: event})
		if err == nil {
			m.Preview = previewOf(would, c.zone)
			if would.Changed {
				c.offerToSave(event, m)
			}
			return http.StatusOK, nil
		}
	}
	refused, ok := site.Refused(asked, err)
	if !ok {
		return 0, err
	}
	c.refuse(refused, m)
	return refused.Status, nil
}

func (p *Pages) preview(asked site.Submission, c tracker.Correction) (tracker.Corrected, error) {
	if err := p.CountCorrection(asked.R, asked.Visitor); err != nil {
		return tracker.Corrected{}, err
	}
	return p.Tracker.Preview(asked.R.Context(), p.Rater(asked.User), c)
}

// offerToSave fills in the form that makes the change that is shown.
func (c change) offerToSave(e timeline.Event, m *view.PressChange) {
	switch c.kind {
	case removing:
		m.Save = "Remove"
	case moving:
		m.Save, m.Exact = "Move", strconv.FormatInt(int64(e.MovedTo), 10)
	case adding:
		m.Save, m.Exact = "Add", strconv.FormatInt(int64(e.At), 10)
		m.Type, m.EventID = c.form.Get(pressType), uuid.Must(uuid.NewV7()).String()
	}
}

func (p *Pages) saving(k kind) func(site.Submission) error {
	return func(s site.Submission) error {
		c, err := p.changeIn(s.R, s.Visitor, k, s.Values)
		if err != nil {
			return err
		}
		event, err := c.event()
		if err != nil {
			return err
		}
		made, err := p.Tracker.Correct(s.R.Context(), p.Rater(s.User), tracker.Correction{SessionID: c.of.session, Event: event})
		if err != nil {
			return err
		}
		site.GoOn(s.W, s.R, p.Offering(s.Next(LogAddress(c.of.session)), c.notice(event, made)))
		return nil
	}
}

// notice returns what the next page says.
func (c change) notice(e timeline.Event, made tracker.Corrected) string {
	switch {
	case c.kind == removing:
		return pressNotice(removed, c.of)
	case c.kind == moving && made.Changed:
		return movedNotice(c.of, c.press.CountsAt)
	case c.kind == moving:
		return ""
	}
	if c.of.press = made.EventID; !made.Changed { // a second tap
		c.of.press = e.ID
	}
	return pressNotice(added, c.of)
}

// savingAgain shows the page again, with the problem beside what was typed.
func (p *Pages) savingAgain(k kind) func(site.Submission, site.Refusal) error {
	return func(s site.Submission, refused site.Refusal) error {
		c, err := p.changeIn(s.R, s.Visitor, k, s.Values)
		if err != nil {
			return err
		}
		m := c.page(s)
		c.refuse(refused, &m)
		return p.showChange(s, refused.Status, m)
	}
}

// refuse adds to the page why the change is refused.
func (c change) refuse(refused site.Refusal, m *view.PressChange) {
	shown := []string{pressType}
	if m.Fields.Time != nil {
		shown = append(shown, timestamp)
		m.Fields.Time.Problem = refused.With(timestamp)
	}
	m.Refused = refusedOf(refused, c.zone, shown...)
}

// refusedOf says why a change was refused, unless the problem is beside one of these fields.
// The session that is in the way is named by the clocks of zone.
func refusedOf(refused site.Refusal, zone *time.Location, fields ...string) view.Refused {
	overlap, ok := errors.AsType[*tracker.Overlap](refused.Cause)
	if !ok {
		return view.Refused{Problem: words.Sentence(refused.Above(fields...))}
	}
	with := overlap.With
	return view.Refused{
		Problem: "This would overlap another session, and no time counts twice.",
		Other: &view.Link{
			Label:   "Session of " + with.StartedAt.Time().In(zone).Format("2 Jan 2006, ") + words.SessionSpan(with, zone),
			Address: sessionAddress(with.ID),
		},
	}
}

// event returns what the form asks for. It returns a fault.FieldErrors of timestamp or of
// pressType.
func (c change) event() (timeline.Event, error) {
	e := timeline.Event{PressID: c.of.press, Type: timeline.RemovePress}
	if c.kind == removing {
		return e, nil
	}
	at, problem := c.time()
	var errs fault.FieldErrors
	errs.Add(timestamp, problem)
	if c.kind == moving {
		e.Type, e.MovedTo = timeline.MovePress, at
		return e, errs.OrNil()
	}
	e, ok := typeOfPress(c.form.Get(pressType))
	if !ok {
		errs.Add(pressType, "must be Next, Pause, Resume, Undo or End")
	}
	e.At = at
	if id, ok := httpx.CanonicalUUID(c.form.Get("event_id")); ok {
		e.ID = id
	}
	return e, errs.OrNil()
}

// time reads the time of the form. A press that is moved back to the second in which it is
// stays where it is, and one that is moved to the second of the press before it follows that
// press at once.
func (c change) time() (timeline.Instant, string) {
	if c.form.Has(exactTime) {
		exact, err := strconv.ParseInt(c.form.Get(exactTime), 10, 64)
		if err != nil {
			return 0, "must be a time in microseconds"
		}
		return timeline.Instant(exact), ""
	}
	t := readTime(c.form.Get(timestamp), c.form.Get(whichTime), c.zone, c.shown()...)
	return t.at, t.problem
}

// shown returns the instants that a typed time may mean exactly.
func (c change) shown() []timeline.Instant {
	if c.kind != moving {
		return nil
	}
	shown := []timeline.Instant{c.press.CountsAt}
	var before timeline.Instant
	for _, s := range c.history.Steps {
		if s.ID == c.press.ID {
			break
		}
		if s.Type.IsPress() && !s.Removed {
			before = s.CountsAt
		}
	}
	if before != 0 {
		shown = append(shown, before)
	}
	return shown
}
