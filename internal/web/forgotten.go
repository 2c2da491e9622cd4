package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// The reasons for which the time is refused at which a forgotten session is to have ended.
var (
	errTimeUnreadable = fault.New(fault.Invalid, "the time cannot be read")
	errTimeSkipped    = fault.New(fault.Invalid, "the clocks skipped this time")
	errTimeTwice      = fault.New(fault.Invalid, "the clocks showed this time twice")
	errTimeFuture     = fault.New(fault.Invalid, "this time has not come yet")
)

// wallMinute is how browsers write the value of a field for a date and a time.
const wallMinute = "2006-01-02T15:04"

// forgotten offers what can be done about a session whose end was probably forgotten.
func (f *face) forgotten(r *http.Request, zone *time.Location, q report.Running, next string) *view.Forgotten {
	now := timeline.InstantOf(f.Now())
	since := momentOf(q.PressedAt, now, zone)
	m := &view.Forgotten{
		Since: since, Idle: words.Clock(now.Since(q.PressedAt)), Zone: zone.String(),
		Last: newPress("last", timeline.Exit, "End at "+since+", the last press", "End at "+since+", the last press", next),
		Then: newPress("then", timeline.Exit, "End then", "End then: at the time that the field says", next),
		Keep: keepButton(q, next),
		Time: view.Field{Value: wallOf(q.PressedAt, zone)},
	}
	m.Last.At, m.Last.Main = toTheMicrosecond(q.PressedAt), true
	if q.StartedAt == q.PressedAt {
		m.OnlyBegun = "Question " + strconv.Itoa(q.Number) + " had only begun then: an end at that press leaves it out."
	}
	if first, last := wallOf(q.PressedAt, zone), wallOf(now, zone); first <= last { // not so when the clocks went back
		m.Min, m.Max = first, last
	}
	if _, typed, isTime := refusedIn(r); isTime {
		f.repeatTime(m, typed, zone, q.PressedAt, now, next)
	}
	return m
}

// repeatTime shows the time that was refused and, if it came twice, both of its instants.
func (f *face) repeatTime(m *view.Forgotten, typed string, zone *time.Location, pressedAt, now timeline.Instant, next string) {
	wall, err := time.Parse(wallMinute, typed)
	if err != nil {
		return
	}
	m.Time.Value = typed
	instants := within(report.InstantsOf(wall, zone), pressedAt, now)
	if len(instants) < 2 {
		return
	}
	for i, at := range instants {
		label := "End at " + at.Time().In(zone).Format("15:04 MST") + ", the " + []string{"first", "second"}[i] + " time"
		p := newPress(strconv.Itoa(i+1), timeline.Exit, label, label, next)
		p.At = toTheMicrosecond(at)
		m.Twice = append(m.Twice, p)
	}
}

// keepButton asks for the state that the session has already. That changes nothing, but it is
// a press, so the session is no longer without one.
func keepButton(q report.Running, next string) view.Press {
	keep := newPress("keep", timeline.Pause, "Keep it running", "Keep it running", next)
	if q.IsPaused {
		keep.Label, keep.About = "Keep it paused", "Keep it paused"
	}
	keep.Paused, keep.Keeps = strconv.FormatBool(q.IsPaused), true
	return keep
}

// endIn reads the time at which a forgotten session ended, by the clocks of zone. The field
// has minutes, so the minute of the last press means that press.
func (f *face) endIn(s site.Submission, zone *time.Location) (timeline.Instant, error) {
	wall, err := time.Parse(wallMinute, s.Get("at"))
	if err != nil {
		return 0, errTimeUnreadable
	}
	newest, err := f.Tracker.Recent(s.R.Context(), f.Rater(s.User), 1)
	if err != nil {
		return 0, err
	}
	if len(newest) == 0 {
		return 0, tracker.ErrNoSession
	}
	instants := report.InstantsOf(wall, zone)
	if state := newest[0].State; !state.Active() { // nothing runs, or the form was sent before
		if len(within(instants, state.EndedAt, state.EndedAt)) == 0 {
			return 0, tracker.ErrNoSession
		}
		return state.EndedAt, nil
	}
	earliest, now := newest[0].State.Current.PressedAt, timeline.InstantOf(f.Now())
	possible := within(instants, earliest, now)
	switch {
	case len(instants) == 0:
		return 0, errTimeSkipped
	case len(possible) == 1:
		return max(possible[0], earliest), nil
	case len(possible) > 1:
		return 0, errTimeTwice
	case instants[0] > now:
		return 0, errTimeFuture
	}
	return 0, tracker.ErrPressedSince
}

// within returns the minutes that have begun before now and were not over at earliest.
func within(minutes []timeline.Instant, earliest, now timeline.Instant) []timeline.Instant {
	var possible []timeline.Instant
	for _, at := range minutes {
		if at.Add(timeline.Minute) > earliest && at <= now {
			possible = append(possible, at)
		}
	}
	return possible
}

// toTheMicrosecond writes an instant to the microsecond.
func toTheMicrosecond(at timeline.Instant) string { return at.Time().Format(time.RFC3339Nano) }

func wallOf(at timeline.Instant, zone *time.Location) string {
	return at.Time().In(zone).Format(wallMinute)
}

// momentOf writes an instant as the time of the day; one of another date has its date.
func momentOf(at, now timeline.Instant, zone *time.Location) string {
	then, today := at.Time().In(zone), now.Time().In(zone).Format(time.DateOnly)
	if then.Format(time.DateOnly) != today {
		return then.Format("2 Jan 15:04")
	}
	return then.Format("15:04")
}

// markForgotten marks the session of a day whose end was probably forgotten.
func (f *face) markForgotten(r *http.Request, rater tracker.Rater, day report.Day, lines []view.Session) error {
	for i, s := range day.Sessions {
		forgotten, err := f.Tracker.IsForgotten(r.Context(), rater, s.PressedAt)
		if err != nil {
			return err
		}
		if forgotten {
			lines[i].Forgotten = momentOf(s.PressedAt, timeline.InstantOf(f.Now()), day.Zone)
		}
	}
	return nil
}
